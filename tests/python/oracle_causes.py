"""Which of the changes made a client move, in plain Python.

It follows docs/movements.md: what changed since the period compared with is taken back,
set by set, and the smallest set that gives the profile before is the cause. Movements
themselves are found month by month, as somebody with a calendar would do it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import combinations
from typing import Any

from oracle import (
    NOT_YET_ELIGIBLE,
    Criterion,
    Override,
    Verdict,
    Version,
    months_before,
)
from oracle_histories import Clients, Histories, Month, first_periods_of

TRIED_ONE_BY_ONE = 10

# The changes that are no metrics, in the order in which they are tried.
POPULATION, RULES, OVERRIDE = "the others", "the rules", "the decision by hand"


@dataclass(frozen=True)
class Movement:
    """A change of profile between two months; None is a month away.

    earlier: the months before it, those away left out
    """

    client: str
    scorecard: str
    category: str
    period: date
    before: Month | None
    after: Month | None
    earlier: tuple[Month, ...]

    @property
    def key(self) -> tuple[str, str, date]:
        """Scorecard, client and period."""
        return self.scorecard, self.client, self.period


# -- movements ------------------------------------------------------------------------


def movements(found: Histories, ranks: dict[str, int]) -> Iterator[Movement]:
    """Give all movements, those into a scorecard's first period left out.

    ranks: of the profiles
    """
    first_periods = first_periods_of(found)
    last_period = max(months[-1].period for months in found.values())
    for (scorecard, client), months in found.items():
        by_period = {month.period: month for month in months}
        period = max(months[0].period, months_before(first_periods[scorecard], -1))
        while period <= last_period:
            before = by_period.get(months_before(period, 1))
            after = by_period.get(period)
            earlier = tuple(month for month in months if month.period < period)
            category = category_of(before, after, earlier, ranks)
            if category:
                yield Movement(
                    client, scorecard, category, period, before, after, earlier
                )
            period = months_before(period, -1)


def category_of(
    before: Month | None,
    after: Month | None,
    earlier: tuple[Month, ...],
    ranks: dict[str, int],
) -> str | None:
    """Name the movement from one month to the next, None if there is none."""
    was_placed = any(is_placed(month) for month in earlier)
    if is_placed(after) and not is_placed(before):
        return "returned" if was_placed else "new"
    if after is None:
        return "left" if before is not None and was_placed else None
    if not is_placed(before) or before.profile == after.profile:
        return None
    if not is_placed(after):
        return "reassigned"
    difference = ranks[after.profile] - ranks[before.profile]
    return "promoted" if difference < 0 else "demoted" if difference > 0 else "reassigned"


def is_placed(month: Month | None) -> bool:
    """Say whether a client has a profile in a month."""
    return month is not None and month.source != NOT_YET_ELIGIBLE


# -- causes ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Cause:
    """Why a client moved.

    chosen: the changes of the smallest set, in their order; None where the movement
    has another reason than the score
    """

    cause: str
    chosen: tuple[str, ...] | None
    changes: int | None
    equally_small_sets: int | None
    is_smallest: bool | None
    compared_with: date | None

    @property
    def row(self) -> dict[str, Any]:
        """The columns of fct_movement_causes that it decides."""
        chosen = self.chosen or ()
        by_hand = self.cause == "override"
        metrics = [each for each in chosen if each not in (POPULATION, RULES, OVERRIDE)]
        return {
            "cause": self.cause,
            "cause_changes": None if self.chosen is None else len(chosen),
            "cause_metrics": ", ".join(sorted(metrics)) or None,
            "has_population": POPULATION in chosen,
            "has_rules": RULES in chosen,
            "has_override": OVERRIDE in chosen or by_hand,
            "changes": self.changes,
            "equally_small_sets": self.equally_small_sets,
            "is_smallest": self.is_smallest,
            "compared_with": self.compared_with,
        }


def find_cause(movement: Movement, clients: Clients) -> Cause:
    """Give the cause of a movement."""
    before, after = movement.before, movement.after
    if is_placed(before) and is_placed(after):
        return Comparison(movement, clients).cause()
    by_hand = any(month and month.decision for month in (before, after))
    if after is None:
        word = "exit"
    elif by_hand:
        word = "override"
    else:
        word = "requirements" if before else "entry"
    return Cause(word, None, None, None, None, None)


@dataclass(frozen=True)
class Comparison:
    """A movement from one profile to another, beside the period that it is compared
    with."""

    movement: Movement
    clients: Clients

    @property
    def profile_before(self) -> str:
        """The profile that the reversal of the cause gives back."""
        return self.movement.before.profile

    @property
    def now(self) -> Month:
        """The month in which the client moved."""
        return self.movement.after

    @cached_property
    def then(self) -> Month | None:
        """The month compared with: none where there is no score now or then.

        It is the last one in which the rules led to the profile before or, where that
        was a decision by hand, the last one with a score.
        """
        by_hand = self.movement.before.decision is not None
        found = [
            month
            for month in self.movement.earlier
            if month.score is not None
            and (by_hand or month.verdict.profile == self.profile_before)
        ]
        return found[-1] if found and self.now.score is not None else None

    @property
    def decision_before(self) -> Override | None:
        """The decision by hand that made the profile before."""
        return self.movement.before.decision

    @cached_property
    def changes(self) -> tuple[str, ...]:
        """All that changed between the two months, in the order of trying."""
        found = []
        if self.then is not None:
            found += [name for name in self.metrics_looked_at() if self.has_changed(name)]
            if self.others_have_changed():
                found.append(POPULATION)
            if self.then.version != self.now.version:
                found.append(RULES)
        if profile_of(self.decision_before) != profile_of(self.now.decision):
            found.append(OVERRIDE)
        return tuple(found)

    @property
    def versions(self) -> tuple[Version, Version]:
        """The versions then and now."""
        return self.then.version, self.now.version

    def metrics_looked_at(self) -> list[str]:
        """Name the metrics that criteria or conditions of either version look at."""
        names = {each.metric for version in self.versions for each in version.criteria}
        return sorted(names | self.metrics_of_conditions())

    def metrics_of_conditions(self) -> set[str]:
        """Name those that conditions look at."""
        return {
            condition.subject_name
            for version in self.versions
            for rule in version.rules
            for condition in rule.conditions
            if condition.subject == "metric"
        }

    def has_changed(self, metric: str) -> bool:
        """Say whether a metric's value is another, and conditions or points depend on it."""
        client, metrics = self.movement.client, self.clients.metrics
        values = [
            metrics[client, month.period][metric] for month in (self.then, self.now)
        ]
        if metric in self.metrics_of_conditions() and values[0] != values[1]:
            return True
        return bool(self.criteria_with_changed_points(metric))

    def criteria_with_changed_points(self, metric: str) -> list[Criterion]:
        """Give those to which it matters which month's value of a metric it is."""
        return [
            criterion
            for version in self.versions
            for criterion in version.criteria
            if criterion.metric == metric
            and any(
                self.points(version, criterion, self.then, others)
                != self.points(version, criterion, self.now, others)
                for others in (self.then, self.now)
            )
        ]

    def others_have_changed(self) -> bool:
        """Say whether points depend on which month's other clients there are."""
        return any(
            self.points(version, criterion, own, self.then)
            != self.points(version, criterion, own, self.now)
            for version in self.versions
            for criterion in version.criteria
            for own in (self.then, self.now)
        )

    def points(
        self, version: Version, criterion: Criterion, own: Month, others: Month
    ) -> Decimal | None:
        """Give the points of the client's value in a month among the others of one."""
        client = self.movement.client
        value = self.clients.value(client, own.period, criterion)
        return self.clients.judgement(
            version, criterion, client, value, others.period
        ).points

    def reverse(self, reversed_changes: frozenset[str]) -> tuple[str, Decimal | None]:
        """Give profile and score with some of the changes taken back."""
        verdict = self.verdict(reversed_changes)
        by_hand = self.now.decision
        if OVERRIDE in reversed_changes:
            by_hand = self.decision_before
        if by_hand is not None:
            return by_hand.profile, verdict.score
        if reversed_changes == {OVERRIDE}:
            return self.now.confirmed, verdict.score
        return verdict.profile, verdict.score

    def verdict(self, reversed_changes: frozenset[str]) -> Verdict:
        """Give what the rules say with some of the changes taken back."""
        if not reversed_changes - {OVERRIDE}:
            return self.now.verdict
        version = self.then.version if RULES in reversed_changes else self.now.version
        others = self.then if POPULATION in reversed_changes else self.now

        def period_of(metric: str) -> date:
            return (self.then if metric in reversed_changes else self.now).period

        client, metrics = self.movement.client, self.clients.metrics
        return self.clients.verdict(
            version,
            client,
            {
                criterion.name: self.clients.value(
                    client, period_of(criterion.metric), criterion
                )
                for criterion in version.criteria
            },
            {
                metric: metrics[client, period_of(metric)][metric]
                for metric in metrics[client, self.now.period]
            },
            others.period,
        )

    def cause(self) -> Cause:
        """Try sets of changes, from the smallest on, until some give the profile before."""
        units = [(change,) for change in self.changes[: TRIED_ONE_BY_ONE - 1]]
        if len(self.changes) >= TRIED_ONE_BY_ONE:
            units.append(self.changes[TRIED_ONE_BY_ONE - 1 :])
        for size in range(1, len(units) + 1):
            sets = [
                frozenset(change for unit in chosen for change in unit)
                for chosen in combinations(units, size)
            ]
            found = [each for each in sets if self.reverse(each)[0] == self.profile_before]
            if found:
                # A decision by hand is named first. Sets come in their order, and
                # the first of several is kept.
                chosen = max(
                    found, key=lambda each: (OVERRIDE in each, self.moved_by(each))
                )
                return Cause(
                    self.kind_of(chosen),
                    tuple(change for change in self.changes if change in chosen),
                    len(self.changes),
                    len(found),
                    len(self.changes) <= TRIED_ONE_BY_ONE,
                    self.then.period if self.then else None,
                )
        # Placed by hand when it would no longer have been eligible.
        assert self.now.score is None and self.now.decision, self.movement.key
        return Cause("override", None, None, None, None, None)

    def moved_by(self, reversed_changes: frozenset[str]) -> Decimal:
        """Say by how much the score would be another one, 0 where one is missing."""
        score = self.reverse(reversed_changes)[1]
        if score is None or self.now.score is None:
            return Decimal(0)
        return abs(score - self.now.score)

    def kind_of(self, chosen: frozenset[str]) -> str:
        """Name a set of changes in one word."""
        if len(chosen) > 1:
            return "several"
        [change] = chosen
        words = {POPULATION: "population", RULES: "rules", OVERRIDE: "override"}
        if change in words:
            return words[change]
        seen = self.values_seen(change)
        return "metric" if any(None not in pair for pair in seen) else "missing_data"

    def values_seen(self, metric: str) -> list[tuple[Decimal | None, Decimal | None]]:
        """Give what a metric was then and now, to what depends on it.

        To a criterion an earlier value may stand in; where no points depend on it, a
        condition looked at the months' own values.
        """
        client, months = self.movement.client, (self.then, self.now)
        criteria = self.criteria_with_changed_points(metric)
        if criteria:
            return [
                tuple(self.clients.value(client, month.period, each) for month in months)
                for each in criteria
            ]
        return [tuple(self.clients.metrics[client, each.period][metric] for each in months)]


def profile_of(decision: Override | None) -> str | None:
    """Give the profile of a decision by hand, if there is one."""
    return decision.profile if decision else None


def cause_rows(
    found: Histories, clients: Clients, ranks: dict[str, int]
) -> dict[tuple, dict[str, Any]]:
    """Give the rows of fct_movement_causes, by scorecard, client and period."""
    return {
        movement.key: {
            "category": movement.category,
            "from_profile": movement.before.profile if movement.before else None,
            "to_profile": movement.after.profile if movement.after else None,
            **find_cause(movement, clients).row,
        }
        for movement in movements(found, ranks)
    }
