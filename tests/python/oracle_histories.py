"""Each client's months in a row, and its place among any others, in plain Python.

A history is all that is known of a client on a scorecard, month by month: what the
rules said, what was confirmed, what was decided by hand. `Clients` gives the points
that a value is worth among the clients of any month, by counting them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from oracle import (
    Criterion,
    Judgement,
    Metrics,
    Override,
    Values,
    Verdict,
    Verdicts,
    Version,
    conclude,
    cover,
    end_of,
    last_known,
    missing_points,
    place,
    why_not_eligible,
)
from oracle_courses import assign, courses, decision, decision_days, walk


@dataclass(frozen=True)
class Month:
    """What there is to say about a client in a month."""

    period: date
    verdict: Verdict
    confirmed: str
    computed_periods: int
    profile: str
    source: str
    decision: Override | None

    @property
    def version(self) -> Version:
        """The version in force."""
        return self.verdict.version

    @property
    def score(self) -> Decimal | None:
        """The score, if the client met the requirements."""
        return self.verdict.score


# By scorecard and client, in order of period.
Histories = dict[tuple[str, str], list[Month]]


def histories(
    verdicts: Verdicts, overrides: list[Override], days: tuple[date, ...]
) -> Histories:
    """Give each client's months on each scorecard.

    days: those on which the data were looked at, one run after another
    """
    periods: dict[str, set[date]] = {}
    for scorecard, _, period in verdicts:
        periods.setdefault(scorecard, set()).add(period)
    decided = {
        scorecard: decision_days(found, days) for scorecard, found in periods.items()
    }
    found: Histories = {}
    for key, course in courses(verdicts).items():
        found[key] = []
        for step in walk(course):
            day = decided[key[0]][step.period]
            profile, source = assign(key, step, overrides, day)
            found[key].append(
                Month(
                    step.period, course[step.period], step.confirmed,
                    step.computed_periods, profile, source,
                    decision(key, step.period, overrides, day),
                )
            )
    return found


def first_periods_of(found: Histories) -> dict[str, date]:
    """Give each scorecard's first period, into which nothing moves."""
    first: dict[str, date] = {}
    for (scorecard, _), months in found.items():
        begins = months[0].period
        first[scorecard] = min(begins, first.get(scorecard, begins))
    return first


class Clients:
    """All clients' values in all periods, to place one client among the others.

    What was worked out once is kept.
    """

    def __init__(self, metrics: Metrics):
        self.metrics = metrics
        self._present: dict[date, list[str]] = {}
        for client, period in metrics:
            self._present.setdefault(period, []).append(client)
        self._eligible: dict[tuple, dict[str, dict[str, Decimal | None]]] = {}
        self._positions: dict[tuple, Decimal] = {}

    def value(self, client: str, period: date, criterion: Criterion) -> Decimal | None:
        """Give the value that counts for a criterion, an earlier one where it may."""
        return last_known(self.metrics, client, period, criterion)[0]

    def others(
        self, version: Version, criterion: Criterion, client: str, period: date
    ) -> dict[str, Decimal]:
        """Give the others' values: of all that meet a version's requirements."""
        return {
            other: values[criterion.name]
            for other, values in self._eligible_values(version, period).items()
            if other != client and values[criterion.name] is not None
        }

    def position(
        self,
        version: Version,
        criterion: Criterion,
        client: str,
        value: Decimal | None,
        period: date,
    ) -> Decimal | None:
        """Give the place of a client's value among the others of a period.

        It is None where the criterion looks at no places, or the value is missing.
        """
        if value is None or criterion.normalization == "none":
            return None
        key = version.scorecard, version.name, criterion.name, client, value, period
        if key not in self._positions:
            others = self.others(version, criterion, client, period)
            self._positions[key] = place(
                criterion.normalization, value, [*others.values(), value]
            )
        return self._positions[key]

    def judgement(
        self,
        version: Version,
        criterion: Criterion,
        client: str,
        value: Decimal | None,
        period: date,
    ) -> Judgement:
        """Judge a client's value, whatever period it is of, among those of a period."""
        if value is None:
            return Judgement(None, None, None, None, missing_points(criterion), None)
        position = self.position(version, criterion, client, value, period)
        judged = value if position is None else position
        [band] = [band for band in criterion.bands if band.contains(judged)]
        return Judgement(value, None, judged, band.name, band.points, None)

    def verdict(
        self,
        version: Version,
        client: str,
        known: dict[str, Decimal | None],
        values: Values,
        period: date,
    ) -> Verdict:
        """Judge a client by known values, by criterion, among the others of a period.

        values: the metrics that conditions of rules look at
        """
        judgements = {
            criterion.name: self.judgement(
                version, criterion, client, known[criterion.name], period
            )
            for criterion in version.criteria
        }
        covered = cover(version, {name: (value,) for name, value in known.items()})
        too_little = covered == 0 or covered < version.minimum_coverage
        return conclude(version, "coverage" if too_little else None, judgements, values)

    def own_verdict(self, version: Version, client: str, period: date) -> Verdict:
        """Judge a client in a period, as it is."""
        values = self.metrics[client, period]
        known = {each.name: self.value(client, period, each) for each in version.criteria}
        reason = why_not_eligible(
            version, {name: (value,) for name, value in known.items()}, values
        )
        if reason is None:
            return self.verdict(version, client, known, values, period)
        return conclude(version, reason, no_judgements(known), values)

    def _eligible_values(
        self, version: Version, period: date
    ) -> dict[str, dict[str, Decimal | None]]:
        key = (version.scorecard, version.name, period)
        if key not in self._eligible:
            self._eligible[key] = {}
            for client in self._present.get(period, []):
                known = {
                    each.name: self.value(client, period, each)
                    for each in version.criteria
                }
                reason = why_not_eligible(
                    version,
                    {name: (value,) for name, value in known.items()},
                    self.metrics[client, period],
                )
                if reason is None:
                    self._eligible[key][client] = known
        return self._eligible[key]


def no_judgements(known: dict[str, Decimal | None]) -> dict[str, Judgement]:
    """Give what is known of a client that is not judged."""
    return {
        name: Judgement(value, None, None, None, None, None)
        for name, value in known.items()
    }


def judge_some(
    versions: list[Version],
    clients: Clients,
    names: Iterable[str],
    first_open_period: date,
) -> Verdicts:
    """Judge some of the clients in all complete periods, by the versions in force.

    versions: the approved ones; first_open_period: the first that is not complete
    """
    wanted = set(names)
    months = [key for key in sorted(clients.metrics) if key[0] in wanted]
    return {
        (version.scorecard, client, period): clients.own_verdict(version, client, period)
        for version in versions
        for client, period in months
        if version.effective_from <= period < first_open_period
        and period < end_of(version, versions)
    }
