"""What changed a client's score from one scored month to the next, in plain Python.

It follows docs/movements.md to the letter: five kinds of change, one after the other,
in all 120 orders. Effects are exact fractions; only `rounded` makes ten-thousandths of
them. What else is among the drivers is beside it: conditions of rules that held in one
of the months only, decisions by hand, movements that had to wait.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import combinations, pairwise, permutations
from typing import Any

from oracle import Condition, Criterion, Facts, Version, holds
from oracle_histories import Clients, Histories, Month, first_periods_of

KINDS = ("metric", "missing_data", "population", "band", "weight")

# The kinds that are as they are after; the others are as they were before.
Mixture = frozenset[str]
# By kind and criterion.
Effects = dict[tuple[str, str], Fraction]
# Points by criterion; None does not count.
Points = dict[str, Decimal | None]
Weights = dict[str, Decimal]

BEFORE: Mixture = frozenset()
AFTER: Mixture = frozenset(KINDS)


def count_steps() -> Counter[tuple[Mixture, str]]:
    """Go through all orders of the kinds; count in how many each step is made.

    A step is the kind that changes next, and those that have changed until then.
    """
    steps: Counter[tuple[Mixture, str]] = Counter()
    for order in permutations(KINDS):
        for place, kind in enumerate(order):
            steps[frozenset(order[:place]), kind] += 1
    return steps


STEPS = count_steps()
ORDERS = math.factorial(len(KINDS))


# -- the score, taken apart ---------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """A client's scored month and its scored month before."""

    client: str
    before: Month
    after: Month
    clients: Clients

    @property
    def key(self) -> tuple[str, str, date]:
        """Scorecard, client and the later period."""
        return self.after.version.scorecard, self.client, self.after.period

    @cached_property
    def criteria(self) -> dict[str, tuple[Criterion | None, Criterion | None]]:
        """Each criterion as the version before and the one after judge it."""
        old, new = (by_name(month.version) for month in (self.before, self.after))
        return {name: (old.get(name), new.get(name)) for name in sorted({*old, *new})}

    def judge(self, name: str, mixture: Mixture) -> tuple[Version, Criterion]:
        """Give the version, and its criterion, that gives the points in a mixture.

        A criterion that only one version has is judged as that one says.
        """
        old, new = self.criteria[name]
        if new is None or (old is not None and "band" not in mixture):
            return self.before.version, old
        return self.after.version, new

    def values(self, name: str, mixture: Mixture) -> tuple[Decimal | None, Decimal | None]:
        """Give the client's own values before and after, as a mixture's rules know them."""
        _, criterion = self.judge(name, mixture)
        return tuple(
            self.clients.value(self.client, month.period, criterion)
            for month in (self.before, self.after)
        )

    def value(self, name: str, mixture: Mixture) -> Decimal | None:
        """Give the client's own value in a mixture."""
        values = self.values(name, mixture)
        kind = "missing_data" if None in values else "metric"
        return values[kind in mixture]

    def points(self, mixture: Mixture) -> Points:
        """Give the points of each criterion in a mixture."""
        return self._points[mixture - {"weight"}]

    @cached_property
    def _points(self) -> dict[Mixture, Points]:
        return {
            mixture: {
                name: self.clients.judgement(
                    *self.judge(name, mixture), self.client, self.value(name, mixture),
                    (self.after if "population" in mixture else self.before).period,
                ).points
                for name in self.criteria
            }
            for mixture in mixtures()
            if "weight" not in mixture
        }

    def weights(self, mixture: Mixture) -> Weights:
        """Give the weight of each criterion in a mixture."""
        return {
            name: pair["weight" in mixture].weight if pair["weight" in mixture] else Decimal(0)
            for name, pair in self.criteria.items()
        }

    @cached_property
    def effects(self) -> Effects:
        """What each kind of change did through each criterion, without zeros."""
        effects: Effects = {}
        for (mixture, kind), orders in STEPS.items():
            for name, share in self.shares(mixture, kind).items():
                effects[kind, name] = effects.get((kind, name), Fraction(0)) + orders * share
        return {key: effect / ORDERS for key, effect in effects.items() if effect}

    def shares(self, mixture: Mixture, kind: str) -> dict[str, Fraction]:
        """Share what a kind of change gains in a mixture among the criteria."""
        sides = mixture, mixture | {kind}
        points = [self.points(each) for each in sides]
        weights = [self.weights(each) for each in sides]
        if (points[0], weights[0]) == (points[1], weights[1]):
            return {}
        scores = [self.exact_score(each) for each in sides]
        if kind == "weight":
            return shares_of_weights(points[0], weights, scores)
        return shares_of_points(points, weights[0], scores)

    def exact_score(self, mixture: Mixture) -> Fraction:
        """Give the score of a mixture, unrounded."""
        return self._scores[mixture]

    @cached_property
    def _scores(self) -> dict[Mixture, Fraction]:
        return {each: mean(self.points(each), self.weights(each)) for each in mixtures()}


def mixtures() -> Iterator[Mixture]:
    """Give all sets of kinds that can be as after."""
    for size in range(len(KINDS) + 1):
        yield from map(frozenset, combinations(KINDS, size))


def by_name(version: Version) -> dict[str, Criterion]:
    """Give a version's criteria by name."""
    return {criterion.name: criterion for criterion in version.criteria}


def counted_weights(points: Points, weights: Weights) -> Weights:
    """Give the weights that count, 0 without points."""
    return {name: weights[name] * (points[name] is not None) for name in points}


def mean(points: Points, weights: Weights) -> Fraction:
    """Give the weighted mean of points, 0 where none counts."""
    whole = sum(counted_weights(points, weights).values())
    return divided(sum(weights[name] * (points[name] or 0) for name in points), whole)


def divided(part: Fraction | Decimal, whole: Decimal) -> Fraction:
    """Divide, nothing by nothing giving nothing."""
    return Fraction(part) / Fraction(whole) if whole else Fraction(0)


def shares_of_points(
    points: list[Points], weights: Weights, scores: list[Fraction]
) -> dict[str, Fraction]:
    """Share the gain of a step among the criteria whose points it changes.

    A criterion without points stands in the sum with the score itself.
    """
    before, after = points
    counted = [
        name for name in before if before[name] is not None or after[name] is not None
    ]
    whole = sum(weights[name] for name in counted)
    return {
        name: divided(
            Fraction(weights[name])
            * (or_else(after[name], scores[1]) - or_else(before[name], scores[0])),
            whole,
        )
        for name in counted
        if after[name] != before[name]
    }


def shares_of_weights(
    points: Points, weights: list[Weights], scores: list[Fraction]
) -> dict[str, Fraction]:
    """Share the gain of a step that changes the weights."""
    counted = [counted_weights(points, each) for each in weights]
    wholes = [sum(each.values()) for each in counted]
    middle = sum(scores) / 2 if all(wholes) else Fraction(0)
    return {
        name: (divided(counted[1][name], wholes[1]) - divided(counted[0][name], wholes[0]))
        * (Fraction(points[name]) - middle)
        for name in points
        if points[name] is not None
    }


def or_else(points: Decimal | None, score: Fraction) -> Fraction:
    """Give points as a fraction, the score where there are none."""
    return score if points is None else Fraction(points)


def rounded(effects: Effects, difference: Decimal) -> dict[tuple[str, str], Decimal]:
    """Round effects to four decimals so that they sum to a difference.

    All are rounded down. What is then missing goes to the largest remainders, one
    ten-thousandth each; where they are equal the criterion and then the kind decide.
    """
    units = {key: math.floor(effect * 10_000) for key, effect in effects.items()}
    missing = int(difference * 10_000) - sum(units.values())
    by_remainder = sorted(
        effects,
        key=lambda key: (
            units[key] - effects[key] * 10_000, key[1], KINDS.index(key[0])
        ),
    )
    assert 0 <= missing <= len(effects)
    for key in by_remainder[:missing]:
        units[key] += 1
    return {key: Decimal(count).scaleb(-4) for key, count in units.items()}


class OneOf(frozenset):
    """Equals each of its members."""

    def __eq__(self, other: object) -> bool:
        return any(other == member for member in self)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = frozenset.__hash__


# The project computes in hundred-millionths, so of two remainders that are nearer to
# each other than this, in ten-thousandths, either may be the larger one.
NOISE = Fraction(1, 1000)


def possible_roundings(
    effects: Effects, difference: Decimal
) -> dict[tuple[str, str], OneOf]:
    """Give what `rounded` could give if remainders were a little different."""
    units = {key: math.floor(effect * 10_000) for key, effect in effects.items()}
    remainders = {key: effect * 10_000 - units[key] for key, effect in effects.items()}
    missing = int(difference * 10_000) - sum(units.values())
    by_size = sorted(remainders.values(), reverse=True)
    last_up = by_size[missing - 1] if missing else Fraction(1)
    first_down = by_size[missing] if missing < len(by_size) else Fraction(0)
    return {
        key: OneOf(
            Decimal(units[key] + up).scaleb(-4)
            for up, is_possible in (
                (1, missing and remainder >= last_up - NOISE),
                (0, missing < len(by_size) and remainder <= first_down + NOISE),
            )
            if is_possible
        )
        for key, remainder in remainders.items()
    }


# -- pairs and rows -----------------------------------------------------------------


Row = dict[str, Any]

DRIVER_KEY = (
    "scorecard", "client_id", "period_start", "driver", "criterion", "rule", "subject",
    "metric",
)


def pairs(found: Histories, clients: Clients) -> Iterator[Pair]:
    """Give each scored month of each client with its scored month before."""
    for (_, client), months in found.items():
        scored = [month for month in months if month.score is not None]
        for before, after in pairwise(scored):
            yield Pair(client, before, after, clients)


def pair_rows(pair: Pair) -> dict[tuple, Row]:
    """Give the rows about what changed between two scored months.

    The key is what DRIVER_KEY has from the driver on.
    """
    common = {
        "from_version": pair.before.version.name,
        "to_version": pair.after.version.name,
        "score_before": pair.before.score,
        "score_after": pair.after.score,
        "period_before": pair.before.period,
    }
    return {
        key: {**common, **row}
        for key, row in (*effect_rows(pair), *gate_rows(pair))
    }


def effect_rows(pair: Pair) -> Iterator[tuple[tuple, Row]]:
    """Give a row for each kind and criterion with an effect."""
    effects = possible_roundings(
        pair.effects, pair.after.score - pair.before.score
    )
    for (kind, name), effect in effects.items():
        if effect != 0:
            values = values_of(pair, kind, name)
            yield (kind, name, None, None, metric_of(pair, name)), {
                "effect": effect,
                "value_before": values[0],
                "value_after": values[1],
                "is_before": None,
                "is_after": None,
            }


def values_of(pair: Pair, kind: str, name: str) -> tuple[Decimal | None, Decimal | None]:
    """Give what people want to see beside an effect, before and after.

    Bands and other clients are shown by what they make of today's value, or of the
    last one where there is none today.
    """
    if kind == "weight":
        return tuple(pair.weights(mixture)[name] for mixture in (BEFORE, AFTER))
    if kind == "band":
        return tuple(pair.points(mixture)[name] for mixture in (AFTER - {kind}, AFTER))
    own = tuple(pair.value(name, mixture) for mixture in (BEFORE, AFTER))
    if kind != "population":
        return own
    for mixture in (AFTER, BEFORE):
        known = pair.values(name, mixture)
        value = known[1] if known[1] is not None else known[0]
        places = tuple(
            pair.clients.position(
                *pair.judge(name, mixture), pair.client, value, month.period
            )
            for month in (pair.before, pair.after)
        )
        if None not in places:
            return places
    raise ValueError(f"no place of {name} is known in {pair.key}")


def metric_of(pair: Pair, name: str) -> str:
    """Give the metric that a criterion judges."""
    return next(each.metric for each in pair.criteria[name] if each)


def gate_rows(pair: Pair) -> Iterator[tuple[tuple, Row]]:
    """Give a row for each condition that held in one of the months only.

    Rules of the same name are compared; a condition that one version does not have
    counts as held.
    """
    months = (pair.before, pair.after)
    conditions = [conditions_of(month.version) for month in months]
    rules = set.intersection(*({key[0] for key in each} for each in conditions))
    for key in sorted(conditions[0].keys() | conditions[1].keys(), key=str):
        rule, subject, subject_name = key
        held = tuple(
            key not in each or holds(each[key], facts_of(month))
            for each, month in zip(conditions, months)
        )
        if rule in rules and held[0] != held[1]:
            criterion = subject_name if subject == "points" else None
            metric = metric_of(pair, criterion) if criterion else subject_name
            values = tuple(
                gate_value(pair, mixture, month, subject, subject_name)
                for mixture, month in zip((BEFORE, AFTER), months)
            )
            yield ("gate", criterion, rule, subject, metric), {
                "effect": None,
                "value_before": values[0],
                "value_after": values[1],
                "is_before": held[0],
                "is_after": held[1],
            }


def conditions_of(version: Version) -> dict[tuple[str, str, str | None], Condition]:
    """Give a version's conditions by rule, subject and the subject's name."""
    return {
        (rule.name, condition.subject, condition.subject_name): condition
        for rule in version.rules
        for condition in rule.conditions
    }


def facts_of(month: Month) -> Facts:
    """Give what the conditions looked at in a month."""
    points = {name: each.points for name, each in month.verdict.judgements.items()}
    return Facts(month.score, points, month.verdict.values)


def gate_value(
    pair: Pair, mixture: Mixture, month: Month, subject: str, name: str | None
) -> Decimal | None:
    """Give what a condition looks at in a month."""
    if subject == "score":
        return month.score
    return pair.points(mixture)[name] if subject == "points" else month.verdict.values[name]


def other_rows(client: str, months: list[Month]) -> Iterator[tuple[tuple, Row]]:
    """Give a row for each decision by hand that is another, and each wait that is over.

    A client's month is compared with the one before in which it was a client, whether
    it had a score or not.
    """
    for before, after in pairwise([None, *months]):
        common = {
            "from_version": before.version.name if before else None,
            "to_version": after.version.name,
            "score_before": before.score if before else None,
            "score_after": after.score,
            "period_before": before.period if before else None,
            "effect": None,
            "value_before": None,
        }
        key = after.version.scorecard, client, after.period
        profiles = tuple(
            month.decision.profile if month and month.decision else None
            for month in (before, after)
        )
        if profiles[0] != profiles[1]:
            yield (*key, "override", None, None, None, None), {
                **common,
                "value_after": None,
                "is_before": profiles[0] is not None,
                "is_after": profiles[1] is not None,
            }
        if before and has_waited(before, after):
            yield (*key, "confirmation", None, None, None, None), {
                **common, "value_after": after.computed_periods,
            }


def has_waited(before: Month, after: Month) -> bool:
    """Say whether a client moved because the rules had said the same for long enough."""
    return (
        before.source == after.source == "rules"
        and before.profile != after.profile
        and after.computed_periods > 1
    )


def driver_rows(found: Histories, clients: Clients) -> dict[tuple, Row]:
    """Give all rows of fct_movement_drivers, by the columns of DRIVER_KEY."""
    rows = {
        (*pair.key, *key): row
        for pair in pairs(found, clients)
        for key, row in pair_rows(pair).items()
    }
    first_periods = first_periods_of(found)
    for (scorecard, client), months in found.items():
        for key, row in other_rows(client, months):
            if key[2] > first_periods[scorecard]:
                rows[key] = row
    return rows
