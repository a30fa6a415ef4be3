"""Which groups bring which clients, counted client by client in plain loops."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from statistics import median

import duckdb

from oracle_growth import NOBODY, WAITING, History, first_day, half_up, number_of

DIMENSIONS = ("acquisition_channel", "region", "category", "cohort")
STAGES = ("first", "after_6_periods", "after_12_periods", "now", "ever")
SMALL = 10
Z = Decimal("1.96")

# The group that a client is in, by dimension.
Groups = dict[str, dict[str, str]]


def read_groups(
    warehouse: duckdb.DuckDBPyConnection, scorecard: str, staging: str
) -> Groups:
    """Read what every client of a scorecard is grouped by.

    staging: the schema that stg_clients is in
    """
    groups = {}
    for client, *known in warehouse.execute(
        f"select client_id, acquisition_channel, region, category from {staging}.stg_clients"
    ).fetchall():
        groups[str(client)] = dict(zip(DIMENSIONS, known))
    first_rows = {}
    for client, period, tenure in warehouse.execute(
        "select client_id, period_start, tenure_months"
        " from client_profiles.fct_client_profiles where scorecard = ?"
        " order by period_start desc", [scorecard],
    ).fetchall():
        first_rows[client] = (period, tenure)
    return {
        client: {
            dimension: groups[client][dimension] or "unknown"
            for dimension in DIMENSIONS[:3]
        } | {"cohort": quarter(number_of(period) - tenure)}
        for client, (period, tenure) in first_rows.items()
    }


def quarter(month: int) -> str:
    """Name the calendar quarter of a month."""
    day = first_day(month)
    return f"{day.year}-Q{(day.month + 2) // 3}"


@dataclass
class Outcome:
    """Where a stage finds a client, and after how many months."""

    client: str
    profile: str
    months: int | None = None


def outcomes(history: History) -> dict[str, list[Outcome]]:
    """List where every stage finds the clients that it looks at."""
    found: dict[str, list[Outcome]] = {stage: [] for stage in STAGES}
    first, last = history.months[0], history.months[-1]
    for client, course in history.courses.items():
        if last in course:
            found["now"].append(Outcome(client, course[last]))
        placed = sorted(month for month, profile in course.items() if profile != WAITING)
        if not placed or placed[0] == first:
            continue
        landing = placed[0]
        found["first"].append(Outcome(client, course[landing]))
        for months in (6, 12):
            if landing + months <= last:
                then = course.get(landing + months, NOBODY)
                found[f"after_{months}_periods"].append(Outcome(client, then))
        reached: dict[str, int] = {}
        for month in placed:
            reached.setdefault(course[month], month - landing)
        found["ever"] += [
            Outcome(client, profile, months) for profile, months in reached.items()
        ]
    return found


def stage_profiles(history: History, stage: str) -> list[str]:
    """List the profiles in which a stage can find a client."""
    if stage == "now":
        return history.profiles
    if stage in ("first", "ever"):
        return [profile for profile in history.profiles if profile != WAITING]
    return [*history.profiles, NOBODY]


def attraction_rows(history: History, groups: Groups) -> Iterator[tuple]:
    """Give the rows of rpt_profile_attraction, without the scorecard and is_ideal."""
    for stage, found in outcomes(history).items():
        for dimension in DIMENSIONS:
            yield from stage_rows(history, groups, stage, found, dimension)


def stage_rows(
    history: History, groups: Groups, stage: str, found: list[Outcome], dimension: str
) -> Iterator[tuple]:
    """Give the rows of one stage and dimension."""
    everybody = {outcome.client for outcome in found}
    members = defaultdict(set)
    for client in everybody:
        members[groups[client][dimension]].add(client)
    for profile in stage_profiles(history, stage):
        there = [outcome for outcome in found if outcome.profile == profile]
        average = Fraction(len(there), len(everybody)) if everybody else None
        for group in sorted({known[dimension] for known in groups.values()}):
            own = [
                outcome for outcome in there
                if groups[outcome.client][dimension] == group
            ]
            size = len(members[group])
            share = Fraction(len(own), size) if size else None
            lift = bounds = None
            if share is not None and average:
                lift = share / average
                bounds = [
                    half_up(Fraction(end) / average, 4) for end in wilson(len(own), size)
                ]
            months = [outcome.months for outcome in own]
            yield (
                dimension, group, stage, profile, len(own), size,
                rounded(share), rounded(average), rounded(lift), *(bounds or (None, None)),
                # Of halves, so a float is exact.
                Decimal(median(months)) if stage == "ever" and months else None,
                size < SMALL,
            )


def rounded(value: Fraction | None) -> Decimal | None:
    """Round to four decimals."""
    return None if value is None else half_up(value, 4)


def wilson(count: int, size: int) -> tuple[Decimal, Decimal]:
    """Give Wilson's 95 % interval of a share, with fifty digits.

    It is written by its centre and half its width, as textbooks do.
    """
    with localcontext() as context:
        context.prec = 50
        share = Decimal(count) / size
        spread = Z * Z / size
        centre = (share + spread / 2) / (1 + spread)
        variance = share * (1 - share) / size + spread / size / 4
        half = Z * variance.sqrt() / (1 + spread)
        # Where all or nobody counts, the interval ends there exactly.
        lower = Decimal(0) if count == 0 else centre - half
        upper = Decimal(1) if count == size else centre + half
        return lower, upper
