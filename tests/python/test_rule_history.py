"""What was believed on a date, and by which rules, can be asked for ever after.

The project is built on three dates. In between rules are edited, a candidate is
proposed and approved, and decisions by hand come and go. The query of
docs/rule_history.md must then give, for each of the dates, what tables and files
held on it.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from demo_project import DemoProject, built_demo  # noqa: F401
from project_files import ROOT, copy_project
from seed_edits import append, drop, replace
from warehouse_dump import RULE_CHANGES, SNAPSHOTS, assert_same, rows_of

PAGE = (ROOT / "docs" / "rule_history.md").read_text(encoding="utf-8")
QUERY = re.search(r"## One query.*?```sql\n(.*?)```", PAGE, re.DOTALL)[1]
ASKED = "2026-10-01"
DAYS = ("2026-09-01", "2026-10-01", "2026-11-01")

SEEDS = sorted(path.stem for path in (ROOT / "seeds" / "scorecards").glob("*.csv"))
BUILD = ["build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]

DOCK = "express_dock,tier,orbital,,40,Own dock door with same-day dispatch in peak weeks"
LABEL = "relationship,A,1,A · Ideal,true"
CANDIDATE = "relationship,3,candidate,2026-12-01,,2,3,0.6,,,"
APPROVED = "relationship,3,approved,2026-10-01,,2,3,0.6,Board,2026-09-28,"
DECISION = "tier,C0002,orbital,2026-09-01,2026-12-01,They asked,Sales,Board"


@dataclass(frozen=True)
class Day:
    """What tables and files held after the run of a day."""

    profiles: list[tuple]
    lines: dict[str, list[dict[str, str]]]


def change_rules(project: DemoProject, day: str) -> None:
    """Do what people did to the rules before the run of a day."""
    if day == DAYS[1]:
        project.edit_rules("benefits", replace(DOCK, DOCK.replace("40", "45")))
        project.edit_rules("profiles", replace(LABEL, LABEL.replace("Ideal", "Perfect")))
        project.edit_rules("profile_overrides", append(DECISION))
        # No change at all: the same weight, written otherwise.
        project.edit_rules(
            "criterion_weights", replace("tier,1,revenue,0.6,", "tier,1,revenue,0.600,")
        )
    if day == DAYS[2]:
        project.edit_rules("profile_overrides", drop(DECISION))
        project.edit_rules("scorecard_versions", replace(CANDIDATE, APPROVED))
        project.edit_rules(
            "criterion_weights",
            replace("relationship,3,margin,0.26", "relationship,3,margin,0.20"),
            replace("relationship,3,autonomy,0.20", "relationship,3,autonomy,0.26"),
        )


def read_day(project: DemoProject) -> Day:
    """Read what is believed now."""
    lines = {}
    for seed in SEEDS:
        path = project.folder / "seeds" / "scorecards" / f"{seed}.csv"
        with path.open(newline="", encoding="utf-8") as file:
            lines[seed] = list(csv.DictReader(file))
    profiles = project.query(
        "select client_id, scorecard, profile, version"
        " from client_profiles.client_profiles order by all"
    )
    return Day(profiles, lines)


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> tuple[DemoProject, dict[str, Day]]:
    """Give the project after three dates, and what was believed on each of them."""
    project = DemoProject(copy_project(tmp_path_factory.mktemp("history") / "project"))
    days = {}
    for day in DAYS:
        change_rules(project, day)
        project.succeed(*BUILD, "--vars", f"{{as_of: {day}}}")
        days[day] = read_day(project)
    return project, days


@pytest.mark.parametrize("day", DAYS)
def test_the_query_gives_what_was_believed(history, day: str) -> None:
    project, days = history
    assert QUERY.count(ASKED) == 1
    rows = project.query(QUERY.replace(ASKED, day))

    assert sorted({row[:4] for row in rows}) == days[day].profiles
    weights = {
        (line["scorecard"], line["version"], line["criterion"]): float(line["weight"])
        for line in days[day].lines["criterion_weights"]
    }
    versions = {
        (line["scorecard"], line["version"]): line
        for line in days[day].lines["scorecard_versions"]
    }
    for _, scorecard, _, version, status, approved_by, note, criterion, weight in rows:
        assert float(weight) == weights[scorecard, version, criterion]
        line = versions[scorecard, version]
        assert (status, approved_by, note) == (
            line["status"], line["approved_by"], line["change_note"],
        )
    used = {(row[1], row[3]) for row in rows}
    assert len(rows) == sum(
        sum(key[:2] == (scorecard, version) for key in weights)
        for _, scorecard, _, version in days[day].profiles
    )
    assert used == {(row[1], row[3]) for row in days[day].profiles}


def test_the_three_dates_differ(history) -> None:
    """Otherwise the same answer for all of them would pass."""
    _, days = history
    assert {version for _, scorecard, _, version in days[DAYS[1]].profiles
            if scorecard == "relationship"} == {"2"}
    assert {version for _, scorecard, _, version in days[DAYS[2]].profiles
            if scorecard == "relationship"} == {"3"}
    assert ("C0002", "tier", "orbital", "1") in days[DAYS[1]].profiles
    assert ("C0002", "tier", "orbital", "1") not in days[DAYS[2]].profiles


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("seed", SEEDS)
def test_every_seed_can_be_read_as_of_a_date(history, seed: str, day: str) -> None:
    project, days = history
    lines = days[day].lines[seed]
    columns = list(lines[0]) if lines else ["line_key"]
    recorded = project.query(
        f"select {', '.join(f'cast({name} as text)' for name in columns)}"
        f" from {SNAPSHOTS}.{seed}_snapshot"
        f" where dbt_valid_from <= '{day}'"
        f" and (dbt_valid_to > '{day}' or dbt_valid_to is null)"
    )
    expected = [tuple(plain(line[name]) for name in columns) for line in lines]
    given = [tuple(plain(value) for value in row) for row in recorded]
    # An approved version ends where the next begins, whether its line says so or not.
    if seed == "scorecard_versions":
        place = columns.index("effective_to")
        expected = [row[:place] + row[place + 1:] for row in expected]
        given = [row[:place] + row[place + 1:] for row in given]
    assert sorted(given) == sorted(expected)


def plain(value: str | None) -> str:
    """Write a value so that 0.6, 0.600 and 0.600000 are the same."""
    text = value or ""
    if re.fullmatch(r"-?[0-9]+\.[0-9]+", text):
        text = text.rstrip("0").rstrip(".")
    return text


def test_writing_a_number_otherwise_is_no_change(history) -> None:
    project, _ = history
    assert project.query(
        f"select count(*) from {SNAPSHOTS}.criterion_weights_snapshot"
        " where line_key = 'scorecard=tier, version=1, criterion=revenue'"
    ) == [(1,)]


@pytest.mark.parametrize(
    ("sentence", "day"),
    [
        ("benefit express_dock: capacity per period 40 → 45", DAYS[1]),
        ("profile A: label A · Ideal → A · Perfect", DAYS[1]),
        ("client C0002 by hand: profile orbital (new)", DAYS[1]),
        ("client C0002 by hand: profile orbital (taken away)", DAYS[2]),
        ("version 3: the version: status candidate → approved", DAYS[2]),
        ("version 3: the version: approved by (none) → Board", DAYS[2]),
        ("version 3: Margin: weight 0.26 → 0.2", DAYS[2]),
        ("version 3: Autonomy on the platform: weight 0.2 → 0.26", DAYS[2]),
    ],
)
def test_an_edit_is_told_in_one_sentence(history, sentence: str, day: str) -> None:
    project, _ = history
    told = project.query(
        "select cast(changed_on as text), sentence"
        " from client_profiles.rpt_rule_changes where kind = 'edit'"
    )
    assert [date for date, text in told if text.endswith(sentence)] == [day]


def test_nothing_else_is_told_as_an_edit(history) -> None:
    """The lines of three seeds, and the end that version 2 got by itself."""
    project, _ = history
    told = project.query(
        "select cast(changed_on as text), seed, count(*)"
        " from client_profiles.rpt_rule_changes where kind = 'edit'"
        " group by all order by all"
    )
    assert told == [
        (DAYS[1], "benefits", 1),
        (DAYS[1], "profile_overrides", 5),
        (DAYS[1], "profiles", 1),
        (DAYS[2], "criterion_weights", 2),
        (DAYS[2], "profile_overrides", 5),
        # Of version 3 its status, first day and approval, of version 2 its end.
        (DAYS[2], "scorecard_versions", 5),
    ]


# What says which line of a version it is, and what is no rule of it.
KEYS = {"scorecard", "version", "criterion", "band", "rule", "subject", "subject_name"}
NO_RULES = {
    "status", "effective_from", "effective_to", "approved_by", "approved_on", "change_note",
}


def rules_of(lines: dict[str, list[dict[str, str]]], version: str) -> dict[tuple, dict]:
    """Give the values of each line of a version, by seed and what the line is about."""
    labels = {line["criterion"]: line["label"] for line in lines["criteria"]}
    subjects = {
        "scorecard_versions": lambda line: "the version",
        "criterion_weights": lambda line: labels[line["criterion"]],
        "score_bands": lambda line: f"{labels[line['criterion']]}, band {line['band']}",
        "profile_rules": lambda line: (
            f"rule {line['rule']}, {line['subject']} {line['subject_name']}".strip()
        ),
    }
    return {
        (seed, subject(line)): {
            name: plain(value) for name, value in line.items()
            if value and name not in KEYS | NO_RULES
        }
        for seed, subject in subjects.items()
        for line in lines[seed]
        if (line["scorecard"], line["version"]) == ("relationship", version)
    }


@pytest.mark.parametrize(("old", "new"), [("1", "2"), ("2", "3")])
def test_the_differences_make_one_version_from_the_other(
    built_demo: DemoProject, old: str, new: str  # noqa: F811
) -> None:
    """Nothing is left out: the old lines with what is listed are the new ones."""
    lines = read_day(built_demo).lines
    rules, expected = rules_of(lines, old), rules_of(lines, new)
    assert rules != expected
    for row in rows_of(built_demo.dump(RULE_CHANGES), RULE_CHANGES):
        if (row["kind"], row["scorecard"], row["version"]) == ("version", "relationship", new):
            assert row["version_before"] == old
            line = rules.setdefault((row["seed"], row["subject"]), {})
            assert line.pop(row["column_name"], None) == row["old_value"], row
            if row["new_value"] is not None:
                line[row["column_name"]] = row["new_value"]
    assert {subject: line for subject, line in rules.items() if line} == expected


def test_the_last_run_of_a_date_counts(history, tmp_path: Path) -> None:
    """What was written and taken back on one date is not on record."""
    project = history[0].copy_to(tmp_path / "taken_back")
    before = project.dump(SNAPSHOTS)
    edits = {
        "scorecards": ("Tier,", "Rank,"),
        "benefits": ("express_dock,tier,orbital,,45", "express_dock,tier,orbital,,20"),
    }
    dumps = []
    for take_back in (False, True):
        for seed, (old, new) in edits.items():
            project.edit_rules(seed, replace(new, old) if take_back else replace(old, new))
        project.succeed("seed", "--select", "path:seeds/scorecards")
        project.succeed("snapshot", "--vars", f"{{as_of: {DAYS[2]}}}")
        dumps.append(project.dump(SNAPSHOTS))
    assert dumps[0] != before
    assert_same(before, dumps[1])


def test_a_second_run_on_the_date_changes_nothing(history, tmp_path: Path) -> None:
    project = history[0].copy_to(tmp_path / "again")
    before = project.dump(SNAPSHOTS)
    project.succeed("snapshot", "--vars", f"{{as_of: {DAYS[2]}}}")
    assert_same(before, project.dump(SNAPSHOTS))


def test_a_seed_may_get_a_column(history, tmp_path: Path) -> None:
    """The history gets it too, also on a date that is recorded once more."""
    project = history[0].copy_to(tmp_path / "column")
    table = f"{SNAPSHOTS}.criterion_weights_snapshot"
    recorded = (
        f"select line_key, normalization from {table}"
        f" where dbt_valid_from = '{DAYS[2]}' order by all"
    )
    before = project.query(recorded)
    assert before
    with duckdb.connect(str(project.build_file)) as connection:
        connection.execute(f"alter table {table} drop column normalization")
    project.succeed("snapshot", "--vars", f"{{as_of: {DAYS[2]}}}")
    assert project.query(recorded) == before


def test_a_line_can_come_back(history, tmp_path: Path) -> None:
    project = history[0].copy_to(tmp_path / "back")
    project.edit_rules("profile_overrides", append(DECISION))
    project.succeed(*BUILD, "--vars", "{as_of: 2026-12-01}")
    records = [
        (row["dbt_valid_from"][:10], (row["dbt_valid_to"] or "")[:10])
        for row in rows_of(
            project.dump(f"{SNAPSHOTS}.profile_overrides_snapshot"),
            f"{SNAPSHOTS}.profile_overrides_snapshot",
        )
        if row["client_id"] == "C0002"
    ]
    assert sorted(records) == [("2026-10-01", "2026-11-01"), ("2026-12-01", "")]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--vars", "{as_of: 2026-10-15}"],
            "GUARD benefits_snapshot: as_of is 2026-10-15, but 2026-11-01 is recorded",
        ),
        (["--empty"], "GUARD benefits_snapshot: --empty would record every rule"),
    ],
)
def test_the_history_is_not_turned_round(
    history, tmp_path: Path, arguments: list[str], message: str
) -> None:
    project = history[0].copy_to(tmp_path / "guarded")
    before = project.dump(SNAPSHOTS)
    command = ["build", "--select", "benefits_snapshot"]
    assert message in project.fail(*command, *arguments)
    assert_same(before, project.dump(SNAPSHOTS))
