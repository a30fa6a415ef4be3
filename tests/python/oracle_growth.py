"""Transitions, growth and forecast, counted client by client in plain loops.

Nothing here is SQL, and nothing is taken from the models but their inputs: who is in
which profile in which month, by which version, and with how much revenue.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

import duckdb

NOBODY = "not_a_client"
WAITING = "not_yet_eligible"
MILLION = 1_000_000
HORIZONS = range(1, 7)
# Transitions that must lie behind a forecast for it to be held against what came.
NEEDED = 6

# A client's profile by month; months are counted, to look ahead by addition.
Course = dict[int, str]


def number_of(day: date) -> int:
    """Count the months up to a day."""
    return 12 * day.year + day.month - 1


def first_day(month: int) -> date:
    """Give the first day of a month that is counted so."""
    return date(month // 12, month % 12 + 1, 1)


@dataclass
class History:
    """What is known of one scorecard."""

    profiles: list[str]
    courses: dict[str, Course] = field(default_factory=lambda: defaultdict(dict))
    versions: dict[int, str] = field(default_factory=dict)
    revenue: dict[tuple[str, int], Decimal] = field(default_factory=dict)

    @property
    def months(self) -> range:
        """All months from the first to the last."""
        return range(min(self.versions), max(self.versions) + 1)

    def state(self, client: str, month: int) -> str:
        """Give a client's profile in a month."""
        return self.courses[client].get(month, NOBODY)

    def clients(self, profile: str, month: int) -> list[str]:
        """List who is in a profile in a month."""
        return [
            client for client, course in self.courses.items()
            if course.get(month) == profile
        ]

    def is_rule_change(self, month: int) -> bool:
        """Say whether a new version begins in a month."""
        return (
            month > self.months[0] and self.versions[month] != self.versions[month - 1]
        )

    def revenue_of(self, clients: list[str], month: int) -> Decimal | None:
        """Sum up what is known of the revenue of some clients in a month."""
        known = [
            self.revenue[client, month] for client in clients
            if self.revenue.get((client, month)) is not None
        ]
        return sum(known, Decimal(0)) if known else None


def read_histories(warehouse: duckdb.DuckDBPyConnection) -> dict[str, History]:
    """Read the inputs from a built warehouse, by scorecard."""
    metric = "monthly_revenue"
    columns = warehouse.execute(
        "describe client_profiles_intermediate.int_metric_history"
    ).fetchall()
    revenue = {}
    if metric in [column[0] for column in columns]:
        revenue = {
            (client, number_of(period)): amount
            for client, period, amount in warehouse.execute(
                f"select client_id, period_start, {metric}"
                " from client_profiles_intermediate.int_metric_history"
            ).fetchall()
        }
    histories: dict[str, History] = {}
    for scorecard, profile in warehouse.execute(
        "select scorecard, profile from client_profiles_rules.stg_profiles"
    ).fetchall():
        history = histories.setdefault(scorecard, History([], revenue=revenue))
        history.profiles.append(profile)
    for client, scorecard, period, profile, version in warehouse.execute(
        "select client_id, scorecard, period_start, profile, version"
        " from client_profiles.fct_client_profiles"
    ).fetchall():
        histories[scorecard].courses[client][number_of(period)] = profile
        histories[scorecard].versions[number_of(period)] = version
    return histories


# -- transitions ------------------------------------------------------------------


def transitions(history: History, month: int) -> dict[tuple[str, str], list[str]]:
    """List who went from which profile to which, from the month before to this one."""
    found = defaultdict(list)
    if month == history.months[0]:
        return found
    for client in history.courses:
        before, after = history.state(client, month - 1), history.state(client, month)
        if (before, after) != (NOBODY, NOBODY):
            found[before, after].append(client)
    return found


def transition_rows(history: History) -> Iterator[tuple]:
    """Give the rows of fct_profile_transitions, without scorecard and fingerprint."""
    for month in history.months:
        for (before, after), clients in transitions(history, month).items():
            yield (
                before, after, history.versions[month], len(clients),
                history.revenue_of(clients, month - 1), history.revenue_of(clients, month),
                history.is_rule_change(month), first_day(month),
            )


# -- forecast ---------------------------------------------------------------------


@dataclass
class Step:
    """What is expected of each profile some months ahead."""

    clients: dict[str, int | Fraction]
    entered: Counter = field(default_factory=Counter)
    exited: Counter = field(default_factory=Counter)


class Forecaster:
    """What is expected in any month, by what was known in it.

    exact: count in fractions of a client, instead of millionths rounded down
    """

    def __init__(self, history: History, window: int = 12, exact: bool = False):
        self._history = history
        self._window = window
        self._exact = exact
        self._counted = {
            month: {way: len(who) for way, who in transitions(history, month).items()}
            for month in history.months
        }

    def observed(self, origin: int) -> list[int]:
        """List the months whose transitions a forecast rests on."""
        return [
            month for month in self._history.months[1:]
            if origin - self._window < month <= origin
            and not self._history.is_rule_change(month)
        ]

    def steps(self, origin: int) -> list[Step]:
        """Give what is expected one to six months ahead, after what is there."""
        observed = self.observed(origin)
        ways = Counter()
        for month in observed:
            ways.update(self._counted[month])
        before = Counter()
        for (profile, _), clients in ways.items():
            before[profile] += clients
        found = [Step({
            profile: MILLION * len(self._history.clients(profile, origin))
            for profile in self._history.profiles
        })]
        for _ in HORIZONS:
            step = Step(dict(found[-1].clients))
            for (source, target), clients in ways.items():
                if source == target:
                    continue
                if source == NOBODY:
                    moved = self._share(MILLION * clients, len(observed))
                else:
                    there = found[-1].clients[source]
                    moved = self._share(there * clients, before[source])
                    step.exited[source] += moved
                    step.clients[source] -= moved
                if target != NOBODY:
                    step.entered[target] += moved
                    step.clients[target] += moved
            found.append(step)
        return found

    def _share(self, amount: int | Fraction, parts: int) -> int | Fraction:
        return Fraction(amount) / parts if self._exact else amount // parts


def forecast_rows(history: History, window: int = 12) -> Iterator[tuple]:
    """Give the rows of int_profile_forecasts, without the scorecard."""
    forecaster = Forecaster(history, window)
    for origin in history.months:
        first, *ahead = forecaster.steps(origin)
        for horizon, step in enumerate(ahead, start=1):
            target = origin + horizon
            for profile in history.profiles:
                actual = None
                if target <= history.months[-1]:
                    actual = len(history.clients(profile, target))
                yield (
                    profile, horizon, len(forecaster.observed(origin)),
                    first.clients[profile] // MILLION,
                    millionths(step.clients[profile]),
                    millionths(step.entered[profile]),
                    millionths(step.exited[profile]),
                    actual, first_day(origin), first_day(target),
                )


def millionths(count: int) -> Decimal:
    """Write a number of millionths as a decimal."""
    return Decimal(count).scaleb(-6)


def half_up(value: Fraction, decimals: int) -> Decimal:
    """Round half away from zero."""
    sign = -1 if value < 0 else 1
    units = (2 * abs(value) * 10**decimals + 1) // 2
    return Decimal(sign * int(units)).scaleb(-decimals)


# -- growth -----------------------------------------------------------------------


def growth_rows(history: History) -> Iterator[tuple]:
    """Give the rows of rpt_profile_growth, without what describes a profile."""
    for month in history.months:
        ways = {way: len(who) for way, who in transitions(history, month).items()}
        numbers = {}
        for profile in history.profiles:
            entered = exited = None
            if month > history.months[0]:
                entered = sum(
                    count for (source, target), count in ways.items()
                    if target == profile != source
                )
                exited = sum(
                    count for (source, target), count in ways.items()
                    if source == profile != target
                )
            clients = history.clients(profile, month)
            numbers[profile] = (
                Fraction(len(clients)), entered, exited, history.revenue_of(clients, month)
            )
        tail = (None, None, None, None, None, False, first_day(month))
        yield from shared_rows(numbers, history.versions[month], None, tail)
    yield from expected_rows(history)


def expected_rows(history: History) -> Iterator[tuple]:
    """Give the rows that are forecasts."""
    last = history.months[-1]
    forecaster = Forecaster(history)
    first, *ahead = forecaster.steps(last)
    errors = backtest(history, forecaster)
    for horizon, step in enumerate(ahead, start=1):
        numbers, tails = {}, {}
        for profile in history.profiles:
            there = history.clients(profile, last)
            known = history.revenue_of(there, last)
            revenue = None
            if known is not None:
                expected = Fraction(known) * step.clients[profile] / (MILLION * len(there))
                revenue = half_up(expected, 6)
            numbers[profile] = (
                Fraction(step.clients[profile], MILLION),
                Fraction(step.entered[profile], MILLION),
                Fraction(step.exited[profile], MILLION),
                revenue,
            )
            made = errors[profile, horizon]
            own, naive = (sum(pair[place] for pair in made) for place in (0, 1))
            tails[profile] = (
                len(forecaster.observed(last)), len(made),
                half_up(Fraction(own, MILLION * len(made)), 6) if made else None,
                half_up(Fraction(naive, MILLION * len(made)), 6) if made else None,
                own < naive if made else None, True, first_day(last + horizon),
            )
        yield from shared_rows(numbers, None, horizon, tails)


def backtest(
    history: History, forecaster: Forecaster
) -> dict[tuple[str, int], list[tuple[int, int]]]:
    """List the errors of every earlier forecast, and of expecting no change."""
    errors = defaultdict(list)
    for origin in history.months:
        if len(forecaster.observed(origin)) < NEEDED:
            continue
        first, *ahead = forecaster.steps(origin)
        for horizon, step in enumerate(ahead, start=1):
            if origin + horizon > history.months[-1]:
                break
            for profile in history.profiles:
                came = MILLION * len(history.clients(profile, origin + horizon))
                errors[profile, horizon].append(
                    (abs(step.clients[profile] - came), abs(first.clients[profile] - came))
                )
    return errors


def shared_rows(
    numbers: dict[str, tuple], version: str | None, horizon: int | None,
    tails: tuple | dict[str, tuple],
) -> Iterator[tuple]:
    """Add what a month's profiles are of the whole, and how they grow."""
    everybody = sum(clients for clients, *_ in numbers.values())
    amounts = [revenue for *_, revenue in numbers.values() if revenue is not None]
    for profile, (clients, entered, exited, revenue) in numbers.items():
        net = None if entered is None else entered - exited
        yield (
            profile, version, horizon, clients, entered, exited, net,
            None if net is None else share(net, clients - net),
            share(clients, everybody),
            revenue,
            None if revenue is None else share(cents(revenue), cents(sum(amounts))),
            *(tails[profile] if isinstance(tails, dict) else tails),
        )


def cents(amount: Decimal) -> Fraction:
    """Round an amount as shares of money do."""
    return Fraction(half_up(Fraction(amount), 2))


def share(part: Fraction, whole: Fraction) -> Decimal | None:
    """Divide to four decimals; nothing where the whole is nothing."""
    return half_up(Fraction(part) / whole, 4) if whole else None
