"""What the project should compute, written a second time in plain Python.

It follows the words of the seeds' descriptions and of the documentation, one client
and one criterion at a time, with fractions instead of rounded numbers and without
any SQL. Tests compare the project with it, digit by digit.

    verdicts = judge(versions, metrics, first_open_period)

gives one `Verdict` per scorecard, client and period: whether the client is eligible,
the points of each criterion, the score, the rule and the profile.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

NOT_YET_ELIGIBLE = "not_yet_eligible"


# -- the rules, as a company writes them ------------------------------------------


@dataclass(frozen=True)
class Band:
    """A range of values, `lower` in it and `upper` not; None is no limit."""

    name: str
    lower: Decimal | None
    upper: Decimal | None
    points: Decimal

    def contains(self, value: Decimal) -> bool:
        """Say whether the value lies in the band."""
        return is_within(value, self.lower, self.upper)


@dataclass(frozen=True)
class Criterion:
    """A metric as a version of a scorecard judges it."""

    name: str
    metric: str
    weight: Decimal
    normalization: str
    missing_value_policy: str
    maximum_age_months: int
    bands: tuple[Band, ...]


@dataclass(frozen=True)
class Condition:
    """A bound that the score, a criterion's points or a metric has to meet."""

    subject: str
    subject_name: str | None
    lower: Decimal | None
    upper: Decimal | None


@dataclass(frozen=True)
class Rule:
    """Conditions that lead to a profile together."""

    name: str
    priority: int
    profile: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Version:
    """A dated set of weights, bands and rules of a scorecard."""

    scorecard: str
    name: str
    effective_from: date
    effective_to: date | None
    minimum_tenure_months: int
    minimum_coverage: Decimal
    criteria: tuple[Criterion, ...]
    rules: tuple[Rule, ...]


# Metrics of a client in a period, by name; None is missing.
Values = dict[str, Decimal | None]
# By client and by the first day of the period.
Metrics = dict[tuple[str, date], Values]


# -- what comes out ---------------------------------------------------------------


@dataclass(frozen=True)
class Judgement:
    """What one criterion says about a client in a period."""

    metric_value: Decimal | None
    age: int | None
    judged_value: Decimal | None
    band: str | None
    points: Decimal | None
    contribution: Decimal | None


@dataclass(frozen=True)
class Verdict:
    """What a scorecard says about a client in a period."""

    version: str
    ineligibility_reason: str | None
    coverage: Decimal
    score: Decimal | None
    rule: str | None
    profile: str
    judgements: dict[str, Judgement]


# By scorecard, client and period.
Verdicts = dict[tuple[str, str, date], Verdict]


# -- judging ----------------------------------------------------------------------


def judge(
    versions: list[Version], metrics: Metrics, first_open_period: date
) -> Verdicts:
    """Judge every client in every complete period that has a version in force.

    versions: the approved ones; first_open_period: the first that is not complete
    """
    verdicts = {}
    periods = sorted({period for _, period in metrics if period < first_open_period})
    for version in versions:
        for period in periods:
            if is_within(period, version.effective_from, version.effective_to):
                for client, verdict in judge_period(version, metrics, period).items():
                    verdicts[version.scorecard, client, period] = verdict
    return verdicts


def judge_period(
    version: Version, metrics: Metrics, period: date
) -> dict[str, Verdict]:
    """Judge all clients of one period, by client."""
    clients = sorted(client for client, month in metrics if month == period)
    known = {
        client: {
            criterion.name: last_known(metrics, client, period, criterion)
            for criterion in version.criteria
        }
        for client in clients
    }
    reasons = {
        client: why_not_eligible(version, known[client], metrics[client, period])
        for client in clients
    }
    eligible = [client for client in clients if reasons[client] is None]
    verdicts = {}
    for client in clients:
        judgements = {
            criterion.name: judge_criterion(criterion, client, known, eligible)
            for criterion in version.criteria
        }
        verdicts[client] = conclude(
            version, reasons[client], judgements, metrics[client, period]
        )
    return verdicts


def last_known(
    metrics: Metrics, client: str, period: date, criterion: Criterion
) -> tuple[Decimal | None, int | None]:
    """Give the value that counts in a period and how many months old it is.

    It is the period's own value or, where that is missing, the latest earlier one
    that is not too old. Both are None when there is none.
    """
    for age in range(criterion.maximum_age_months + 1):
        value = metrics.get((client, months_before(period, age)), {}).get(criterion.metric)
        if value is not None:
            return value, age
    return None, None


def why_not_eligible(
    version: Version, known: dict[str, tuple], values: Values
) -> str | None:
    """Give the first requirement that a client does not meet, None if it meets all."""
    coverage = cover(version, known)
    if values["tenure_months"] < version.minimum_tenure_months:
        return "tenure"
    if coverage == 0:
        return "nothing_known"
    if coverage < version.minimum_coverage:
        return "coverage"
    return None


def cover(version: Version, known: dict[str, tuple]) -> Decimal:
    """Add up the weights of the criteria whose value is known."""
    return sum(
        (
            criterion.weight
            for criterion in version.criteria
            if known[criterion.name][0] is not None
        ),
        Decimal(0),
    )


def judge_criterion(
    criterion: Criterion,
    client: str,
    known: dict[str, dict[str, tuple]],
    eligible: list[str],
) -> Judgement:
    """Give a client's value, position, band and points, without the contribution."""
    value, age = known[client][criterion.name]
    judged = value
    if criterion.normalization != "none" and value is not None:
        judged = None
        if client in eligible:
            population = [known[other][criterion.name][0] for other in eligible]
            judged = place(
                criterion.normalization,
                value,
                [other for other in population if other is not None],
            )
    if judged is None:
        return Judgement(value, age, None, None, missing_points(criterion), None)
    [band] = [band for band in criterion.bands if band.contains(judged)]
    return Judgement(value, age, judged, band.name, band.points, None)


def place(normalization: str, value: Decimal, population: list[Decimal]) -> Decimal:
    """Give the position of a value among those of all scored clients, 0 to 1.

    It is 0 for a client alone, and where all are equal.
    """
    if normalization == "percent_rank":
        part = sum(other < value for other in population)
        whole = len(population) - 1
    else:
        part = Fraction(value) - Fraction(min(population))
        whole = Fraction(max(population)) - Fraction(min(population))
    return half_up(Fraction(part) / Fraction(whole), 6) if whole else Decimal(0)


def missing_points(criterion: Criterion) -> Decimal | None:
    """Give the points for a missing value, None where it is excluded."""
    return {
        "exclude": None,
        "worst": min(band.points for band in criterion.bands),
        "neutral": Decimal(50),
    }[criterion.missing_value_policy]


def conclude(
    version: Version,
    reason: str | None,
    judgements: dict[str, Judgement],
    values: Values,
) -> Verdict:
    """Go from the points of the criteria to score, rule, profile and contributions."""
    weights = {criterion.name: criterion.weight for criterion in version.criteria}
    coverage = cover(
        version, {name: (each.metric_value,) for name, each in judgements.items()}
    )
    if reason is not None:
        return Verdict(
            version.name, reason, coverage, None, None, NOT_YET_ELIGIBLE, judgements
        )
    shares = exact_contributions(weights, judgements)
    score = half_up(sum(shares.values(), Fraction(0)), 4)
    contributions = share_out(score, shares)
    judgements = {
        name: Judgement(**{**vars(each), "contribution": contributions[name]})
        for name, each in judgements.items()
    }
    rule = first_rule(version.rules, score, judgements, values)
    return Verdict(
        version.name, None, coverage, score, rule.name, rule.profile, judgements
    )


def exact_contributions(
    weights: dict[str, Decimal], judgements: dict[str, Judgement]
) -> dict[str, Fraction]:
    """Give each criterion's part of the weighted mean of points, unrounded."""
    available = sum(
        weights[name] for name, each in judgements.items() if each.points is not None
    )
    return {
        name: Fraction(weights[name]) * Fraction(each.points or 0) / Fraction(available)
        for name, each in judgements.items()
    }


def share_out(score: Decimal, shares: dict[str, Fraction]) -> dict[str, Decimal]:
    """Round contributions to four decimals so that they sum to the score.

    All are rounded down. What is then missing goes to the largest remainders, one
    ten-thousandth each; where they are equal the first name by alphabet comes first.
    """
    units = {name: math.floor(share * 10_000) for name, share in shares.items()}
    missing = int(score * 10_000) - sum(units.values())
    by_remainder = sorted(
        shares, key=lambda name: (units[name] - shares[name] * 10_000, name)
    )
    for name in by_remainder[:missing]:
        units[name] += 1
    return {name: Decimal(count).scaleb(-4) for name, count in units.items()}


def first_rule(
    rules: tuple[Rule, ...],
    score: Decimal,
    judgements: dict[str, Judgement],
    values: Values,
) -> Rule:
    """Give the rule of lowest priority number whose conditions all hold."""

    def holds(condition: Condition) -> bool:
        if condition.lower is None and condition.upper is None:
            return True
        if condition.subject == "score":
            value = score
        elif condition.subject == "points":
            value = judgements[condition.subject_name].points
        else:
            value = values[condition.subject_name]
        return value is not None and is_within(value, condition.lower, condition.upper)

    return min(
        (rule for rule in rules if all(holds(each) for each in rule.conditions)),
        key=lambda rule: rule.priority,
    )


# -- small tools ------------------------------------------------------------------


def is_within(value, lower, upper) -> bool:
    """Say whether lower <= value < upper, where None is no limit."""
    return (lower is None or value >= lower) and (upper is None or value < upper)


def half_up(value: Fraction, decimals: int) -> Decimal:
    """Round a number that is not negative, a half going up."""
    return Decimal(math.floor(value * 10**decimals + Fraction(1, 2))).scaleb(-decimals)


def months_before(period: date, months: int) -> date:
    """Give the first day of the month that lies so many months earlier."""
    index = period.year * 12 + period.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)
