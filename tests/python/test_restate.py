"""`make restate` puts on record who has closed periods scored again, and why."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

import check_seeds
from project_files import copy_project

SAID = ["--by", "Ana", "--approved-by", "Board", "--why", 'Orders, of "June", came late']


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Give a copy of the project."""
    return copy_project(tmp_path / "project")


def restate(project: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run tools/restate.py in a project."""
    return subprocess.run(
        [sys.executable, "tools/restate.py", *arguments],
        cwd=project, capture_output=True, text=True, check=False,
    )


def lines(project: Path) -> list[dict[str, str]]:
    """Read the restatements that are on record."""
    seed = project / "seeds" / "scorecards" / "restatements.csv"
    with seed.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_line_says_who_asked_who_agreed_and_why(project: Path) -> None:
    done = restate(project, "--from", "2025-06-17", *SAID)

    assert done.returncode == 0, done.stderr
    assert lines(project) == [
        {
            "restatement": "restated_2026_11_01_1",
            # Periods are months, and the demo is looked at on its own day.
            "restate_from": "2025-06-01",
            "restated_on": "2026-11-01",
            "requested_by": "Ana",
            "approved_by": "Board",
            "reason": 'Orders, of "June", came late',
        }
    ]
    assert check_seeds.main([str(project / "seeds" / "scorecards")]) == 0


def test_what_is_on_record_already_is_not_written_twice(project: Path) -> None:
    restate(project, "--from", "2025-06-01", *SAID)
    again = restate(project, "--from", "2025-06-01", *SAID[:-1], "another reason")

    assert again.returncode == 0
    assert "restated_2026_11_01_1 is on record already: Orders" in again.stdout
    assert len(lines(project)) == 1


def test_other_dates_make_another_restatement(project: Path) -> None:
    for arguments in (
        ["--from", "2025-06-01"],
        ["--from", "2025-07-01"],
        ["--from", "2025-06-01", "--as-of", "2026-12-01"],
    ):
        assert restate(project, *arguments, *SAID).returncode == 0

    assert [line["restatement"] for line in lines(project)] == [
        "restated_2026_11_01_1", "restated_2026_11_01_2", "restated_2026_12_01_1",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--from", "2025-06", *SAID], "'2025-06' is no date as YYYY-MM-DD"),
        (["--from", "2025-02-30", *SAID], "'2025-02-30' is no date as YYYY-MM-DD"),
        (["--from", "2026-12-01", *SAID], "2026-12-01 lies after 2026-11-01"),
        (["--from", "2025-06-01", *SAID[:-1], " \n"], "it must not be empty"),
        (["--from", "2025-06-01", "--by", "Ana"], "are required"),
    ],
)
def test_nothing_is_written_where_something_is_missing(
    project: Path, arguments: list[str], message: str
) -> None:
    refused = restate(project, *arguments)

    assert refused.returncode != 0
    assert message in refused.stdout + refused.stderr
    assert lines(project) == []
