"""Whom the others can move: nobody, unless a criterion looks at places.

With `normalization: none` a client's rows depend on that client alone. Where a
criterion looks at the place among all, rpt_population_effect says how many move.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from demo_project import DemoProject, built_demo  # noqa: F401
from project_files import copy_project
from seed_edits import forget
from warehouse_dump import CRITERIA, PROFILES, Dump, rows_of

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
