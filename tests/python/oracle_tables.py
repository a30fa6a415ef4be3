"""What the project's tables should hold by the oracle, and in what they differ.

    for difference in differences(world, {"int_profile_candidates": rows, ...}):
        print(difference)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from oracle import Judgement, Verdict, Verdicts, half_up
from oracle_causes import cause_rows
from oracle_certainty import contradictions, possible_profiles
from oracle_courses import assign, courses, decision_days, replay, walk
from oracle_drivers import DRIVER_KEY, driver_rows
from oracle_histories import Clients, histories
from oracle_population import Effects, population_effects
from random_rules import RANKS, World

Row = dict[str, Any]


@dataclass(frozen=True)
class Expected:
    """The rows that a table should have, by its key; of columns that are not here the
    oracle says nothing."""

    key: tuple[str, ...]
    rows: dict[tuple, Row]


@dataclass(frozen=True)
class Difference:
    """Something that is not as expected: in which table and row, and what."""

    table: str
    row: Row
    what: str

    def __str__(self) -> str:
        """Say it in a line."""
        return f"{self.table}, {', '.join(map(str, self.row.values()))}: {self.what}"


CLIENT_MONTH = ("scorecard", "client_id", "period_start")
CANDIDATE_MONTH = ("scorecard", "version", "client_id", "period_start")


def expected_table(table: str, world: World) -> Expected:
    """Give what a table should hold, of those that the oracle knows."""
    if table == "int_profile_candidates":
        rows = {key: verdict_row(verdict) for key, verdict in world.verdicts.items()}
        return Expected(CLIENT_MONTH, rows)
    if table == "fct_criterion_scores":
        rows = {
            (*key, name): criterion_row(verdict, judgement)
            for key, verdict in world.verdicts.items()
            for name, judgement in verdict.judgements.items()
        }
        return Expected((*CLIENT_MONTH, "criterion"), rows)
    if table == "int_profile_assignments":
        return Expected(CLIENT_MONTH, assignment_rows(world))
    if table == "int_candidate_version_profiles":
        return Expected(CANDIDATE_MONTH, candidate_rows(world))
    if table == "int_population_effects":
        return Expected(CLIENT_MONTH, effect_rows(population_effects(world.verdicts)))
    if table == "rpt_population_effect":
        rows = effect_counts(population_effects(world.verdicts))
        return Expected(("scorecard", "period_start"), rows)
    if table == "rpt_confirmation_replay":
        return Expected(("scorecard", "confirmation_periods"), replay_rows(world))
    found = histories(world.verdicts, world.overrides, world.days)
    clients = Clients(world.metrics)
    if table == "fct_movement_drivers":
        return Expected(DRIVER_KEY, driver_rows(found, clients))
    if table == "fct_movement_causes":
        return Expected(CLIENT_MONTH, cause_rows(found, clients, RANKS))
    raise KeyError(table)


# -- rows -------------------------------------------------------------------------


def verdict_row(verdict: Verdict) -> Row:
    """Give the columns that a verdict decides by itself."""
    is_eligible = verdict.ineligibility_reason is None
    return {
        "version": verdict.version.name,
        "ineligibility_reason": verdict.ineligibility_reason,
        "coverage": verdict.coverage,
        "score": verdict.score,
        "lowest_score": verdict.lowest_score,
        "highest_score": verdict.highest_score,
        "rule": verdict.rule,
        "computed_profile": verdict.profile,
        "possible_profiles": ", ".join(possible_profiles(verdict)) if is_eligible else None,
    }


def criterion_row(verdict: Verdict, judgement: Judgement) -> Row:
    """Give the columns of fct_criterion_scores that a judgement decides."""
    row = {
        "version": verdict.version.name,
        "metric_value": judgement.metric_value,
        "value_age_months": judgement.age,
        "is_missing": judgement.metric_value is None,
        "judged_value": judgement.judged_value,
        "band": judgement.band,
        "band_label": judgement.band,
        "contribution": judgement.contribution,
    }
    # What the points of a client without score are is nobody's business.
    if verdict.score is not None:
        row["points"] = judgement.points
    return row


def assignment_rows(world: World) -> dict[tuple, Row]:
    """Give the rows of int_profile_assignments."""
    periods: dict[str, set[date]] = {}
    for scorecard, _, period in world.verdicts:
        periods.setdefault(scorecard, set()).add(period)
    days = {
        scorecard: decision_days(found, world.days) for scorecard, found in periods.items()
    }
    rows = {}
    for course_key, course in courses(world.verdicts).items():
        for step in walk(course):
            decided_on = days[course_key[0]][step.period]
            profile, source = assign(course_key, step, world.overrides, decided_on)
            rows[*course_key, step.period] = {
                **verdict_row(course[step.period]),
                "confirmed_profile": step.confirmed,
                "computed_periods": step.computed_periods,
                "profile": profile,
                "assignment_source": source,
            }
    return rows


def candidate_rows(world: World) -> dict[tuple, Row]:
    """Give the rows of int_candidate_version_profiles."""
    return {
        (*course_key, step.period): {
            **verdict_row(course[step.period]),
            "confirmed_profile": step.confirmed,
        }
        for course_key, course in courses(world.candidate_verdicts).items()
        for step in walk(course)
    }


def effect_rows(effects: Effects) -> dict[tuple, Row]:
    """Give the rows of int_population_effects."""
    rows = {}
    for key, verdicts in effects.items():
        row = rows[key] = {"version": verdicts[0].version.name}
        for verdict, when in zip(verdicts, ("before", "by_population", "after")):
            row[f"computed_profile_{when}"] = verdict.profile
            row[f"score_{when}"] = verdict.score
    return rows


def effect_counts(effects: Effects) -> dict[tuple, Row]:
    """Give the rows of rpt_population_effect."""
    of_period: dict[tuple, list[tuple[Verdict, Verdict, Verdict]]] = {}
    for (scorecard, _, period), verdicts in effects.items():
        of_period.setdefault((scorecard, period), []).append(verdicts)
    rows = {}
    for key, clients in of_period.items():
        moved = sum(before.profile != then.profile for before, then, _ in clients)
        rows[key] = {
            "version": clients[0][0].version.name,
            "clients": len(clients),
            "scores_changed": sum(before.score != then.score for before, then, _ in clients),
            "clients_moved": moved,
            "clients_moved_in_all": sum(
                before.profile != after.profile for before, _, after in clients
            ),
            "share_moved": half_up(Fraction(moved, len(clients)), 4),
        }
    return rows


def replay_rows(world: World) -> dict[tuple, Row]:
    """Give the rows of rpt_confirmation_replay."""
    of_scorecard: dict[str, list] = {}
    for (scorecard, _), course in courses(world.verdicts).items():
        of_scorecard.setdefault(scorecard, []).append(course)
    rows = {}
    for scorecard, its_courses in of_scorecard.items():
        last_period = max(period for course in its_courses for period in course)
        [in_force] = {
            course[last_period].version.confirmation_periods
            for course in its_courses
            if last_period in course
        }
        at_once = replay(its_courses, 1)["movements"]
        for needed in (1, 2, 3, 4):
            row = rows[scorecard, needed] = dict(replay(its_courses, needed))
            row["movements_avoided"] = at_once - row["movements"]
            row["is_in_force"] = needed == in_force
    return rows


# -- comparing --------------------------------------------------------------------


def differences(world: World, tables: dict[str, list[Row]]) -> Iterator[Difference]:
    """Give everything in which the project's tables are not as expected.

    tables: their rows, of every table that the oracle knows
    """
    for table, rows in tables.items():
        yield from unequal(table, expected_table(table, world), rows)
    for table, key, verdicts in (
        ("int_profile_candidates", CLIENT_MONTH, world.verdicts),
        ("int_candidate_version_profiles", CANDIDATE_MONTH, world.candidate_verdicts),
    ):
        yield from contradicted(table, key, verdicts, tables.get(table, []))


def unequal(table: str, expected: Expected, rows: list[Row]) -> Iterator[Difference]:
    """Give the rows and cells of a table that are not as expected."""
    found = {tuple(row[column] for column in expected.key): row for row in rows}
    if len(found) < len(rows):
        yield Difference(table, {}, "several rows have the same key")
    for key in sorted(expected.rows.keys() | found.keys(), key=str):
        row = dict(zip(expected.key, key))
        if key not in found or key not in expected.rows:
            who = "oracle" if key in expected.rows else "project"
            yield Difference(table, row, f"only the {who} has the row")
            continue
        for column, value in expected.rows[key].items():
            if found[key][column] != value:
                what = f"{column} is {found[key][column]}, the oracle says {value}"
                yield Difference(table, row, what)


def contradicted(
    table: str, key: tuple[str, ...], verdicts: Verdicts, rows: list[Row]
) -> Iterator[Difference]:
    """Give the rows whose possible profiles don't stand up to trying everything."""
    for row in rows:
        place = {column: row[column] for column in key}
        verdict = verdicts.get(tuple(place.values()))
        if verdict and verdict.score is not None and row["possible_profiles"]:
            listed = row["possible_profiles"].split(", ")
            for what in contradictions(verdict, listed):
                yield Difference(table, place, what)
