"""What would change a client's profile, in plain Python.

Nothing is solved here: values, weights and edges are tried one after the other, and
each is judged as `oracle` judges. Where the least value that reaches a place among
the other clients is asked for, it is found by halving.

    situation = Situation(version, verdicts_of_the_period)
    verdict = situation.what_if("C0001", {"margin_rate": Decimal("0.2")})
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

from oracle import (
    NOT_YET_ELIGIBLE,
    Criterion,
    Facts,
    Judgement,
    Verdict,
    Verdicts,
    Version,
    conclude,
    first_rule,
    half_up,
    judge_criterion,
    months_before,
    place,
    why_not_eligible,
)

MILLIONTH = Decimal("0.000001")


@dataclass(frozen=True)
class Trait:
    """What seed `criteria` says of a criterion."""

    metric: str
    direction: str
    is_actionable: bool
    effort: int

    @property
    def sign(self) -> int:
        """Say in which direction it improves: 1 for up."""
        return 1 if self.direction == "higher_is_better" else -1


class Option(NamedTuple):
    """A metric moved by whole steps; the value is the nearest one that does."""

    metric: str
    steps: int
    value: Decimal


class Path(NamedTuple):
    """Levers that lead to a profile together; paths sort by what is easier."""

    effort: int
    levers: int
    steps: int
    names: tuple[str, ...]
    steps_of_first: int
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Situation:
    """The clients of one period as a version judges them."""

    version: Version
    verdicts: dict[str, Verdict]

    @cached_property
    def population(self) -> dict[str, dict[str, tuple]]:
        """Give the known values of the eligible clients."""
        return {
            client: {
                name: (each.metric_value, each.age)
                for name, each in verdict.judgements.items()
            }
            for client, verdict in self.verdicts.items()
            if verdict.ineligibility_reason is None
        }

    @cached_property
    def metrics(self) -> list[str]:
        """List the metrics that the version looks at."""
        return sorted(
            {criterion.metric for criterion in self.version.criteria}
            | {name for name, _, _ in self.gates}
        )

    @cached_property
    def gates(self) -> list[tuple]:
        """List the bounds that rules set to metrics."""
        return [
            (each.subject_name, each.lower, each.upper)
            for rule in self.version.rules
            for each in rule.conditions
            if each.subject == "metric"
        ]

    def what_if(self, client: str, changes: dict[str, Decimal]) -> Verdict | None:
        """Judge a client with other values; None where it is not eligible then."""
        verdict = self.verdicts[client]
        values = {**verdict.values, **changes}
        changed = [each for each in self.version.criteria if each.metric in changes]
        known = {
            **self.population[client],
            **{each.name: (changes[each.metric], 0) for each in changed},
        }
        if why_not_eligible(self.version, known, values):
            return None
        population = {**self.population, client: known}
        judgements = {
            **verdict.judgements,
            **{
                each.name: judge_criterion(each, client, population, list(population))
                for each in changed
            },
        }
        return conclude(self.version, None, judgements, values)

    def value_now(self, client: str, metric: str) -> Decimal | None:
        """Give a metric's value, or the last known one where a criterion takes it."""
        verdict = self.verdicts[client]
        values = [verdict.values[metric]] + [
            verdict.judgements[each.name].metric_value
            for each in self.version.criteria
            if each.metric == metric
        ]
        return next((value for value in values if value is not None), None)

    def thresholds(self, client: str, metric: str) -> list[Decimal]:
        """List the numbers at which something changes for a client."""
        found = {
            bound
            for name, *bounds in self.gates
            if name == metric
            for bound in bounds
            if bound is not None
        }
        for criterion in self.version.criteria:
            if criterion.metric == metric:
                for band in criterion.bands:
                    if band.lower is not None:
                        found.add(self.least_value(client, criterion, band.lower))
        return sorted(found - {None})

    def least_value(
        self, client: str, criterion: Criterion, edge: Decimal
    ) -> Decimal | None:
        """Give the least value that an edge of the bands lets in; None for any or no."""
        if criterion.normalization == "none":
            return edge
        others = [
            known[criterion.name][0]
            for other, known in self.population.items()
            if other != client and known[criterion.name][0] is not None
        ]
        if not others:
            return None

        def reaches(millionths: int) -> bool:
            value = Decimal(millionths).scaleb(-6)
            return place(criterion.normalization, value, [*others, value]) >= edge

        low = int(min(others).scaleb(6)) - 1
        high = int(max(others).scaleb(6)) + 1
        if reaches(low) or not reaches(high):
            return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if reaches(middle) else (middle, high)
        return Decimal(high).scaleb(-6)

    def options(self, client: str) -> Iterator[Option]:
        """List every whole step of every known metric."""
        for metric in self.metrics:
            now = self.value_now(client, metric)
            if now is None:
                continue
            thresholds = self.thresholds(client, metric)
            above = [each for each in thresholds if each > now]
            below = [each - MILLIONTH for each in reversed(thresholds) if each <= now]
            for sign, values in ((1, above), (-1, below)):
                for number, value in enumerate(values, 1):
                    if self.what_if(client, {metric: value}):
                        yield Option(metric, sign * number, value)


def situations(verdicts: Verdicts) -> dict[str, Situation]:
    """Give the last period of every scorecard that has a version in force in it."""
    last = max((key[-1] for key in verdicts), default=None)
    found: dict[str, dict[str, Verdict]] = {}
    for (scorecard, client, period), verdict in verdicts.items():
        if period == last:
            found.setdefault(scorecard, {})[client] = verdict
    return {
        scorecard: Situation(next(iter(clients.values())).version, clients)
        for scorecard, clients in found.items()
    }


# -- paths ------------------------------------------------------------------------


def representative(version: Version, traits: dict[str, Trait], metric: str) -> str | None:
    """Give the criterion that speaks for a metric."""
    own = {criterion.name for criterion in version.criteria}
    names = [name for name, trait in traits.items() if trait.metric == metric]
    return min(
        names,
        key=lambda name: (not traits[name].is_actionable, name not in own, name),
        default=None,
    )


def levers(
    situation: Situation, client: str, traits: dict[str, Trait]
) -> list[tuple[str, int, Option]]:
    """List the options that help: name of the criterion, effort, option."""
    found = []
    for option in situation.options(client):
        name = representative(situation.version, traits, option.metric)
        if name and traits[name].is_actionable and option.steps * traits[name].sign > 0:
            found.append((name, traits[name].effort * abs(option.steps), option))
    return found


def easiest_paths(
    situation: Situation, client: str, traits: dict[str, Trait]
) -> dict[str, Path]:
    """Try all single levers and all pairs; give the easiest path to each profile."""
    best: dict[str, Path] = {}
    found = levers(situation, client, traits)
    for chosen in [*combinations(found, 1), *combinations(found, 2)]:
        chosen = sorted(chosen)
        if len({name for name, _, _ in chosen}) < len(chosen):
            continue
        path = Path(
            sum(effort for _, effort, _ in chosen),
            len(chosen),
            sum(abs(option.steps) for *_, option in chosen),
            tuple(name for name, _, _ in chosen),
            abs(chosen[0][2].steps),
            tuple(option for *_, option in chosen),
        )
        verdict = situation.what_if(
            client, {option.metric: option.value for option in path.options}
        )
        if verdict.profile not in best or path < best[verdict.profile]:
            best[verdict.profile] = path
    return best


# -- what a profile hangs on ------------------------------------------------------


def profile_of_score(verdict: Verdict, score: Decimal) -> str:
    """Give the profile that the rules lead to with another score, all else held."""
    points = {name: each.points for name, each in verdict.judgements.items()}
    return first_rule(verdict.version.rules, Facts(score, points, verdict.values)).profile


def profile_of_weight(verdict: Verdict, criterion: str, weight: Fraction) -> str:
    """Give the profile with another weight, the others being rescaled."""
    version = verdict.version
    [own] = [each.weight for each in version.criteria if each.name == criterion]
    factor = (1 - weight) / (1 - Fraction(own))
    weights = {
        each.name: weight if each.name == criterion else Fraction(each.weight) * factor
        for each in version.criteria
    }
    known = sum(
        weights[name]
        for name, each in verdict.judgements.items()
        if each.metric_value is not None
    )
    if known == 0 or known < Fraction(version.minimum_coverage):
        return NOT_YET_ELIGIBLE
    points = {
        name: each.points
        for name, each in verdict.judgements.items()
        if each.points is not None
    }
    exact = sum(weights[name] * Fraction(each) for name, each in points.items())
    return profile_of_score(
        verdict, half_up(exact / sum(weights[name] for name in points), 4)
    )


def profile_of_edge(
    verdict: Verdict, criterion: Criterion, edge: Decimal, moved: Decimal
) -> str:
    """Give the profile with one edge of a criterion's bands somewhere else."""
    bands = tuple(
        replace(
            band,
            lower=moved if band.lower == edge else band.lower,
            upper=moved if band.upper == edge else band.upper,
        )
        for band in criterion.bands
    )
    judged = verdict.judgements[criterion.name].judged_value
    [band] = [band for band in bands if band.contains(judged)]
    judgement = verdict.judgements[criterion.name]
    judgements: dict[str, Judgement] = {
        **verdict.judgements, criterion.name: replace(judgement, points=band.points),
    }
    return conclude(verdict.version, None, judgements, verdict.values).profile


# -- what similar clients did -----------------------------------------------------


def observed_rate(
    verdicts: Verdicts,
    scorecard: str,
    version: Version,
    profile: str,
    criterion: Criterion,
    sign: int,
    band_now: str,
    band_needed: str,
) -> tuple[int, Decimal | None]:
    """Count the clients that were in a profile and band, and which share got to another.

    sign: 1 where higher values are better
    """
    names = [band.name for band in criterion.bands]
    last = max(key[-1] for key in verdicts)

    def band_at(client: str, period: date) -> int | None:
        verdict = verdicts.get((scorecard, client, period))
        judgement = verdict and verdict.judgements.get(criterion.name)
        if not judgement:
            return None
        value = judgement.metric_value
        if criterion.normalization != "none":
            [then] = [
                each for each in verdict.version.criteria if each.name == criterion.name
            ]
            is_same = then.normalization == criterion.normalization
            value = judgement.judged_value if is_same else None
        if value is None:
            return None
        [band] = [each for each in criterion.bands if each.contains(value)]
        return names.index(band.name)

    clients = {key[1] for key in verdicts if key[0] == scorecard}
    similar, there = 0, 0
    for client in clients:
        periods = sorted(
            period for card, name, period in verdicts
            if (card, name) == (scorecard, client) and months_before(last, 6) >= period
        )
        for period in periods:
            if (
                verdicts[scorecard, client, period].profile == profile
                and band_at(client, period) == names.index(band_now)
            ):
                similar += 1
                later = [
                    band_at(client, months_before(period, -month)) for month in range(1, 7)
                ]
                there += any(
                    band is not None and sign * band >= sign * names.index(band_needed)
                    for band in later
                )
                break
    return similar, half_up(Fraction(there, similar), 4) if similar else None
