"""What the project should compute, written a second time in plain Python.

It follows the words of the seeds' descriptions and of the documentation, one client
and one criterion at a time, with fractions instead of rounded numbers and without
any SQL. Tests compare the project with it, digit by digit.

    verdicts = judge(versions, metrics, first_open_period)

gives one `Verdict` per scorecard, client and period: whether the client is eligible,
the points of each criterion, the score, the rule and the profile. What follows from
verdicts is beside it: `oracle_certainty` (what missing values could change),
`oracle_courses` (what is confirmed, month by month, and assigned) and
`oracle_population` (what the other clients do to one).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
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
    """A dated set of weights, bands and rules of a scorecard.

    Without an end it lasts until the next approved version begins.
    """

    scorecard: str
    name: str
    effective_from: date
    effective_to: date | None
    confirmation_periods: int
    minimum_tenure_months: int
    minimum_coverage: Decimal
    criteria: tuple[Criterion, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Override:
    """A decision to place a client in a profile by hand; its last day is not in it.

    It is known from the day on which it is entered.
    """

    scorecard: str
    client: str
    profile: str
    valid_from: date
    valid_to: date
    entered_on: date


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
class Facts:
    """What the conditions of rules look at."""

    score: Decimal
    points: dict[str, Decimal | None]
    values: Values


@dataclass(frozen=True)
class Verdict:
    """What a version of a scorecard says about a client in a period.

    The lowest and the highest score are those that the client could have if its
    missing values were known.
    """

    version: Version
    values: Values
    ineligibility_reason: str | None
    coverage: Decimal
    score: Decimal | None
    lowest_score: Decimal | None
    highest_score: Decimal | None
    rule: str | None
    profile: str
    judgements: dict[str, Judgement]


# By scorecard, client and period; those of candidates by scorecard, version, client
# and period. What comes before the period names one course of verdicts.
Verdicts = dict[tuple, Verdict]


# -- judging ----------------------------------------------------------------------


def judge(
    versions: list[Version], metrics: Metrics, first_open_period: date
) -> Verdicts:
    """Judge every client in every complete period that has a version in force.

    versions: the approved ones; first_open_period: the first that is not complete
    """
    return {
        (version.scorecard, client, period): verdict
        for version in versions
        for client, period, verdict in judge_history(
            version, metrics, version.effective_from,
            min(end_of(version, versions), first_open_period),
        )
    }


def judge_candidates(
    candidates: list[Version],
    versions: list[Version],
    metrics: Metrics,
    first_open_period: date,
) -> Verdicts:
    """Judge by candidate versions, whatever their dates are.

    Each judges all complete periods since the first approved version of its
    scorecard began.
    """
    return {
        (candidate.scorecard, candidate.name, client, period): verdict
        for candidate in candidates
        for client, period, verdict in judge_history(
            candidate, metrics,
            min(
                version.effective_from
                for version in versions
                if version.scorecard == candidate.scorecard
            ),
            first_open_period,
        )
    }


def end_of(version: Version, versions: list[Version]) -> date:
    """Give the day from which an approved version is no longer in force."""
    if version.effective_to is not None:
        return version.effective_to
    later = [
        each.effective_from
        for each in versions
        if each.scorecard == version.scorecard
        and each.effective_from > version.effective_from
    ]
    return min(later, default=date.max)


def judge_history(
    version: Version, metrics: Metrics, begins: date, ends: date
) -> Iterator[tuple[str, date, Verdict]]:
    """Judge all clients of all periods from one day to before another."""
    for period in sorted({period for _, period in metrics}):
        if begins <= period < ends:
            for client, verdict in judge_period(version, metrics, period).items():
                yield client, period, verdict


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
    coverage = cover(
        version, {name: (each.metric_value,) for name, each in judgements.items()}
    )
    if reason is not None:
        return Verdict(
            version, values, reason, coverage, None, None, None, None,
            NOT_YET_ELIGIBLE, judgements,
        )
    weights = {criterion.name: criterion.weight for criterion in version.criteria}
    shares = exact_contributions(weights, judgements)
    score = half_up(sum(shares.values(), Fraction(0)), 4)
    contributions = share_out(score, shares)
    judgements = {
        name: Judgement(**{**vars(each), "contribution": contributions[name]})
        for name, each in judgements.items()
    }
    points = {name: each.points for name, each in judgements.items()}
    rule = first_rule(version.rules, Facts(score, points, values))
    return Verdict(
        version, values, None, coverage, score,
        extreme_score(version, judgements, min), extreme_score(version, judgements, max),
        rule.name, rule.profile, judgements,
    )


def extreme_score(
    version: Version, judgements: dict[str, Judgement], extreme: Callable
) -> Decimal:
    """Give the score with each missing value in its worst or best band.

    extreme: min or max
    """
    points = {
        criterion.name: judgements[criterion.name].points
        if judgements[criterion.name].judged_value is not None
        else extreme(band.points for band in criterion.bands)
        for criterion in version.criteria
    }
    return full_score(version, points)


def full_score(version: Version, points: dict[str, Decimal]) -> Decimal:
    """Give the score of a client that has points for every criterion."""
    exact = sum(
        Fraction(criterion.weight) * Fraction(points[criterion.name])
        for criterion in version.criteria
    )
    return half_up(exact, 4)


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


def first_rule(rules: tuple[Rule, ...], facts: Facts) -> Rule:
    """Give the rule of lowest priority number whose conditions all hold."""
    return min(
        (rule for rule in rules if all(holds(each, facts) for each in rule.conditions)),
        key=lambda rule: rule.priority,
    )


def holds(condition: Condition, facts: Facts) -> bool:
    """Say whether a condition holds; what is missing meets no bound."""
    if condition.lower is None and condition.upper is None:
        return True
    if condition.subject == "score":
        value = facts.score
    elif condition.subject == "points":
        value = facts.points[condition.subject_name]
    else:
        value = facts.values[condition.subject_name]
    return value is not None and is_within(value, condition.lower, condition.upper)


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
