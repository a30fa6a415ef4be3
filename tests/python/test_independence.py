"""Whom the others can move: nobody, unless a criterion looks at places.

With `normalization: none` a client's rows depend on that client alone. Where a
criterion looks at the place among all, rpt_population_effect says how many move.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from fractions import Fraction
from math import floor
from pathlib import Path

import pytest

from demo_project import DemoProject, built_demo  # noqa: F401
from project_files import copy_project
from seed_edits import forget
from warehouse_dump import (
    CRITERIA, POPULATION_EFFECT, POPULATION_EFFECTS, PROFILES, Dump, rows_of,
)

GONE = {"C0002", "C0007", "C0030", "C0100", "C0101", "C0200", "C0299"}
BUILD = [
    "build", "--select", "+fct_client_profiles", "+fct_criterion_scores",
    "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test",
]


def without_normalization(text: str) -> str:
    """Let every criterion look at the value itself."""
    text, count = re.subn(r",(percent_rank|min_max),", ",none,", text)
    assert count
    return text


def rows_of_others(dump: Dump, relation: str, scorecards: set[str]) -> list[str]:
    """Give the rows of the clients that stay, as texts."""
    rows = rows_of(dump, relation)
    return sorted(
        str(row) for row in rows
        if row["client_id"] not in GONE and row["scorecard"] in scorecards
    )


def build_without(folder: Path, clients: set[str], *, as_values: bool) -> Dump:
    """Build the demo from nothing without some clients; give profiles and reasons."""
    project = DemoProject(copy_project(folder))
    if as_values:
        project.edit_rules("criterion_weights", without_normalization)
    for client in clients:
        for path in (project.folder / "seeds" / "demo").glob("raw_*.csv"):
            project.edit_source(path.stem, forget(client))
    project.succeed(*BUILD)
    return project.dump(PROFILES, CRITERIA)


@pytest.fixture(scope="module")
def some_gone(tmp_path_factory: pytest.TempPathFactory) -> Dump:
    """Give the demo as shipped without some of its clients."""
    return build_without(tmp_path_factory.mktemp("shipped") / "less", GONE, as_values=False)


def test_by_values_nobody_is_moved_by_others(tmp_path: Path) -> None:
    """Seen the other way round, adding clients changes nobody else either."""
    everybody = build_without(tmp_path / "all", set(), as_values=True)
    fewer = build_without(tmp_path / "less", GONE, as_values=True)

    for relation in (PROFILES, CRITERIA):
        kept = rows_of_others(everybody, relation, {"relationship", "tier"})
        assert kept == rows_of_others(fewer, relation, {"relationship", "tier"})
        assert len(rows_of(fewer, relation)) < len(rows_of(everybody, relation))


def test_the_shipped_tier_looks_at_values_only(
    built_demo: DemoProject, some_gone: Dump  # noqa: F811
) -> None:
    everybody = built_demo.dump(PROFILES, CRITERIA)
    for relation in (PROFILES, CRITERIA):
        kept = rows_of_others(everybody, relation, {"tier"})
        assert kept == rows_of_others(some_gone, relation, {"tier"})


def test_places_are_moved_by_others(
    built_demo: DemoProject, some_gone: Dump  # noqa: F811
) -> None:
    """Otherwise the comparison above could not fail."""
    everybody = built_demo.dump(PROFILES)
    kept = rows_of_others(everybody, PROFILES, {"relationship"})
    assert kept != rows_of_others(some_gone, PROFILES, {"relationship"})


def test_the_population_moves_nobody_by_values(built_demo: DemoProject) -> None:  # noqa: F811
    moved = Counter()
    for scorecard, scores, clients in built_demo.query(
        "select scorecard, sum(scores_changed), sum(clients_moved)"
        " from client_profiles.rpt_population_effect group by scorecard"
    ):
        moved[scorecard] = (scores, clients)
    assert moved["tier"] == (0, 0)
    assert min(moved["relationship"]) > 0


# --- one month, counted by hand ----------------------------------------------------

BEFORE, AFTER = "2026-04-01", "2026-05-01"


def round_half_up(number: Fraction, places: int) -> Fraction:
    """Round a number that is not negative."""
    return Fraction(floor(number * 10**places + Fraction(1, 2)), 10**places)


def place(normalization: str, own: Fraction, others: list[Fraction]) -> Fraction:
    """Give a value's place among those of the others, from 0 to 1."""
    if normalization == "percent_rank":
        part, whole = sum(other < own for other in others), len(others)
    else:
        part, whole = own - min([own, *others]), max([own, *others]) - min([own, *others])
    return round_half_up(Fraction(part) / whole, 6) if whole else Fraction(0)


def points_of(bands: list[dict[str, str]], value: Fraction) -> Fraction:
    """Give what the band of a value is worth."""
    return next(
        Fraction(band["points"]) for band in reversed(bands)
        if not band["lower_bound"] or value >= Fraction(band["lower_bound"])
    )


def profile_of(score: Fraction, points: dict[str, Fraction]) -> str:
    """Judge by the rules of version 2 of scorecard relationship."""
    if score >= 80 and points["margin"] >= 55:
        return "A"
    return "B" if score >= 65 else "C" if score >= 50 else "D"


def test_a_recount_by_hand_moves_the_same_clients(built_demo: DemoProject) -> None:  # noqa: F811
    """Each client with its values of April, among the others with theirs of May."""
    dump = built_demo.dump(CRITERIA, POPULATION_EFFECT, POPULATION_EFFECTS)
    reasons = {BEFORE: defaultdict(dict), AFTER: defaultdict(dict)}
    for row in rows_of(dump, CRITERIA):
        is_eligible = row["contribution"] is not None
        if is_eligible and row["scorecard"] == "relationship" and row["period_start"] in reasons:
            reasons[row["period_start"]][row["client_id"]][row["criterion"]] = row
    bands = defaultdict(list)
    path = built_demo.folder / "seeds" / "scorecards" / "score_bands.csv"
    with path.open(newline="", encoding="utf-8") as file:
        for band in csv.DictReader(file):
            if (band["scorecard"], band["version"]) == ("relationship", "2"):
                bands[band["criterion"]].append(band)

    recounted = {}
    for client in reasons[BEFORE].keys() & reasons[AFTER].keys():
        points, weights = {}, {}
        for criterion, row in reasons[BEFORE][client].items():
            if row["points"] is None:
                continue
            weights[criterion] = Fraction(row["weight"])
            points[criterion] = Fraction(row["points"])
            if row["normalization"] != "none" and row["metric_value"] is not None:
                others = [
                    Fraction(rows[criterion]["metric_value"])
                    for other, rows in reasons[AFTER].items()
                    if other != client and rows[criterion]["metric_value"] is not None
                ]
                position = place(row["normalization"], Fraction(row["metric_value"]), others)
                points[criterion] = points_of(bands[criterion], position)
        score = round_half_up(
            sum(weights[name] * points[name] for name in points) / sum(weights.values()), 4
        )
        recounted[client] = (score, profile_of(score, points))

    effects = [
        row for row in rows_of(dump, POPULATION_EFFECTS)
        if (row["scorecard"], row["period_start"]) == ("relationship", AFTER)
    ]
    assert recounted == {
        row["client_id"]: (
            Fraction(row["score_by_population"]), row["computed_profile_by_population"],
        )
        for row in effects
    }
    moved = sum(
        recounted[row["client_id"]][1] != row["computed_profile_before"] for row in effects
    )
    assert moved > 0
    assert [
        (row["clients"], row["clients_moved"]) for row in rows_of(dump, POPULATION_EFFECT)
        if (row["scorecard"], row["period_start"]) == ("relationship", AFTER)
    ] == [(str(len(effects)), str(moved))]
