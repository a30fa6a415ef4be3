"""Rules that change over time, on a retailer's real history.

Candidate versions, confirmation and certainty are held against plain loops over
what the rules said month by month.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby

import duckdb
import pytest

from integration_builds import online_retail_build  # noqa: F401

NO_PROFILE = "not_yet_eligible"
# What the rules said of one client, month by month.
Course = list[tuple[date, str]]


@pytest.fixture(scope="module")
def warehouse(online_retail_build) -> Iterator[duckdb.DuckDBPyConnection]:  # noqa: F811
    """Give a connection to the built retailer."""
    with duckdb.connect(str(online_retail_build), read_only=True) as connection:
        yield connection


def read_courses(warehouse: duckdb.DuckDBPyConnection, query: str) -> dict[tuple, Course]:
    """Read client, scorecard, month and profile; give the months of each in order."""
    courses = defaultdict(list)
    for client, scorecard, period, profile in warehouse.execute(query).fetchall():
        courses[client, scorecard].append((period, profile))
    return {key: sorted(course) for key, course in courses.items()}


def confirm(course: Course, needed: int) -> list[str]:
    """Give the assigned profile of each month, stepping through them."""
    assigned: list[str] = []
    for place, (period, profile) in enumerate(course):
        earlier = course[place - 1] if place else None
        if (
            earlier is None
            or NO_PROFILE in (profile, earlier[1])
            or months_between(earlier[0], period) > 1
        ):
            streak, held = 1, profile
        else:
            streak = streak + 1 if profile == earlier[1] else 1
            held = profile if streak >= needed else assigned[-1]
        assigned.append(held)
    return assigned


def months_between(earlier: date, later: date) -> int:
    """Count the months from one to another."""
    return 12 * (later.year - earlier.year) + later.month - earlier.month


def stays(course: Course, assigned: list[str]) -> Iterator[list[tuple[str, str]]]:
    """Give the stretches without a change of the computed profile or a break."""
    numbered, number = [], 0
    for place, (period, profile) in enumerate(course):
        earlier = course[place - 1] if place else None
        if (
            earlier is None
            or profile != earlier[1]
            or profile == NO_PROFILE
            or months_between(earlier[0], period) > 1
        ):
            number += 1
        numbered.append((number, profile, assigned[place]))
    for _, rows in groupby(numbered, key=lambda row: row[0]):
        yield [(computed, held) for _, computed, held in rows]


def moves(course: Course, assigned: list[str]) -> int:
    """Count the changes of the assigned profile between eligible neighbours."""
    return sum(
        assigned[place] != assigned[place - 1]
        and NO_PROFILE not in (course[place][1], course[place - 1][1])
        and months_between(course[place - 1][0], course[place][0]) == 1
        for place in range(1, len(course))
    )


@pytest.mark.parametrize("needed", [1, 2, 3, 4])
@pytest.mark.parametrize("scorecard", ["relationship", "tier"])
def test_the_replay_counts_what_a_loop_counts(warehouse, scorecard: str, needed: int) -> None:
    courses = read_courses(
        warehouse,
        "select client_id, scorecard, period_start, computed_profile"
        " from client_profiles.fct_client_profiles"
        f" where scorecard = '{scorecard}'",
    )
    last_period = max(course[-1][0] for course in courses.values())
    counted = Counter()
    for course in courses.values():
        assigned = confirm(course, needed)
        counted["movements"] += moves(course, assigned)
        spells = list(stays(course, assigned))
        for place, spell in enumerate(spells):
            waiting = sum(computed != held for computed, held in spell)
            counted["client_periods_in_another_profile"] += waiting
            if any(computed == held for computed, held in spell):
                counted["late_movements"] += waiting > 0
                counted["months_of_delay"] += waiting
            elif place == len(spells) - 1 and course[-1][0] == last_period:
                counted["still_waiting"] += 1
            else:
                counted["flaps_avoided"] += 1
    names = [
        "movements", "flaps_avoided", "late_movements", "months_of_delay",
        "still_waiting", "client_periods_in_another_profile",
    ]
    given = warehouse.execute(
        f"select {', '.join(names)} from client_profiles.rpt_confirmation_replay"
        f" where scorecard = '{scorecard}' and confirmation_periods = {needed}"
    ).fetchone()
    assert given == tuple(counted[name] for name in names)
    assert counted["movements"] > 1000


def test_the_candidate_is_compared_for_every_customer_and_month(warehouse) -> None:
    expected, compared = warehouse.execute(
        """
        select
            (select count(*) from client_profiles.fct_client_profiles
                where scorecard = 'relationship'),
            (select count(*) from client_profiles.fct_version_comparison)
        """
    ).fetchone()
    assert compared == expected > 90_000


def test_the_candidates_profiles_are_confirmed_in_three_months(warehouse) -> None:
    query = (
        "select client_id, scorecard, period_start, {}"
        " from client_profiles_intermediate.int_candidate_version_profiles"
    )
    computed = read_courses(warehouse, query.format("computed_profile"))
    confirmed = read_courses(warehouse, query.format("confirmed_profile"))
    different = [
        key
        for key, course in computed.items()
        if confirm(course, 3) != [profile for _, profile in confirmed[key]]
    ]
    assert different == []
    assert any(computed[key] != confirmed[key] for key in computed)


def test_the_bounds_of_a_score_are_those_of_its_missing_bands(warehouse) -> None:
    rows = warehouse.execute(
        """
        with extremes as (
            select
                scorecard, version, criterion,
                min(points) as least, max(points) as most
            from client_profiles_rules.stg_score_bands
            group by all
        )

        select
            scores.client_id, scores.scorecard, scores.period_start,
            sum(scores.weight * case
                when scores.is_missing then extremes.least else scores.points end),
            sum(scores.weight * case
                when scores.is_missing then extremes.most else scores.points end)
        from client_profiles.fct_criterion_scores as scores
        inner join extremes using (scorecard, version, criterion)
        where scores.contribution is not null
        group by all
        """
    ).fetchall()
    given = {
        (client, scorecard, period): (lowest, highest)
        for client, scorecard, period, lowest, highest in warehouse.execute(
            "select client_id, scorecard, period_start, lowest_score, highest_score"
            " from client_profiles.fct_client_profiles where score is not null"
        ).fetchall()
    }
    assert len(rows) == len(given)
    for client, scorecard, period, least, most in rows:
        assert given[client, scorecard, period] == (rounded(least), rounded(most))
    assert any(lowest < highest for lowest, highest in given.values())


def rounded(score: Decimal) -> Decimal:
    """Round a score half up to its four decimals."""
    return score.quantize(Decimal("0.0001"), ROUND_HALF_UP)
