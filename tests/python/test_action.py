"""What departments do, what they are told and whom they contact.

All of it is computed once more by plain loops (`oracle_action`). Notices are followed
over runs: whatever happens, what was issued stays, and each department hears of every
movement that concerns it exactly once, and once more when it turns out otherwise.
"""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

import notices
import oracle_action as oracle
from dbt_runner import dbt_environment
from demo_project import (  # noqa: F401
    AS_OF, BUILD_WITHOUT_TESTS, LAST_PERIOD, WITHOUT_SOURCES, DemoProject, built_demo,
)
from integration_builds import online_retail_build  # noqa: F401
from project_files import ROOT
from seed_edits import append, drop, replace
from warehouse_dump import (
    AGENDA, CURRENT, METRICS, NOTICES, PROFILES, PROTOCOLS, SAID, Dump, dump_duckdb, rows_of,
)

DEPARTMENTS = {"support", "operations", "finance", "sales", "customer_success"}
SEEDS = Path("seeds") / "scorecards"


@pytest.fixture
def project(built_demo: DemoProject, tmp_path: Path) -> DemoProject:  # noqa: F811
    """Give a built copy of the demo, to run again."""
    return built_demo.copy_to(tmp_path / "project")


# --- once more, by plain loops -------------------------------------------------------


def assert_protocols(dump: Dump, protocols: oracle.Protocols) -> dict[tuple, tuple]:
    """Check client_protocols, row by row; give what is expected."""
    expected = oracle.current_protocols(rows_of(dump, PROFILES), protocols)
    assert {
        (row["client_id"], row["scorecard"], row["department"]): (
            row["profile"], row["on_movement"], row["action"], row["standing_action"],
            row["meeting_format"] or "", row["cadence_days"] or "",
            row["response_hours"] or "", row["in_profile_since"],
        )
        for row in rows_of(dump, PROTOCOLS)
    } == expected
    return expected


def assert_notices(dump: Dump, protocols: oracle.Protocols) -> None:
    """Check the notices of a first build, row by row."""
    rows = rows_of(dump, NOTICES)
    found = {
        key_of(row): (
            row["category"], row["from_profile"], row["to_profile"], row["on_movement"],
            row["action"],
        )
        for row in rows
    }
    assert len(found) == len(rows) == len({row["notice_id"] for row in rows})
    assert found == oracle.notices(rows_of(dump, PROFILES), protocols)
    first_periods = {}
    for row in rows_of(dump, PROFILES):
        first_periods.setdefault(row["scorecard"], set()).add(row["period_start"])
    assert all(row["period_start"] > min(first_periods[row["scorecard"]]) for row in rows)


def assert_agenda(
    dump: Dump, expected: dict[tuple, tuple], last_contacts: dict[str, date], as_of: str
) -> None:
    """Check the agenda, row by row and in its order."""
    rows = rows_of(dump, AGENDA)
    due = oracle.agenda(expected, last_contacts, date.fromisoformat(as_of))
    assert {
        (row["client_id"], row["scorecard"], row["department"]): (
            row["action"], row["meeting_format"] or "", row["counted_from"],
            row["last_contact_on"], row["due_on"], row["days_overdue"], row["is_due"],
        )
        for row in rows
    } == due
    ranks = {
        (row["client_id"], row["scorecard"]): int(row["profile_rank"] or 999999)
        for row in rows_of(dump, CURRENT)
    }
    for group in {(row["scorecard"], row["department"]) for row in rows}:
        listed = sorted(
            (row for row in rows if (row["scorecard"], row["department"]) == group),
            key=lambda row: int(row["urgency"]),
        )
        assert [int(row["urgency"]) for row in listed] == list(range(1, len(listed) + 1))
        order = [
            (row["due_on"], ranks[row["client_id"], group[0]], row["client_id"].encode())
            for row in listed
        ]
        assert order == sorted(order)


def key_of(row: oracle.Row) -> tuple:
    """Give client, scorecard, month and department of a notice."""
    return row["client_id"], row["scorecard"], row["period_start"], row["department"]


def recorded_contacts(folder: Path, until: str) -> dict[str, date]:
    """Read the last contact of each client from the demo's source."""
    found: dict[str, date] = {}
    with (folder / "seeds/demo/raw_contacts.csv").open(newline="", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            client, day = line["client_id"].strip(), line["contacted_on"][:10]
            if client and day < until:
                found[client] = max(found.get(client, date.min), date.fromisoformat(day))
    return found


def test_the_demo(built_demo: DemoProject) -> None:  # noqa: F811
    """Every protocol, every notice and the whole agenda."""
    dump = built_demo.dump()
    protocols = oracle.Protocols(built_demo.folder / SEEDS)
    assert all(set(names) == DEPARTMENTS for names in protocols.departments.values())

    expected = assert_protocols(dump, protocols)
    assert_notices(dump, protocols)
    assert_agenda(dump, expected, recorded_contacts(built_demo.folder, AS_OF), AS_OF)

    # All that there can be is there.
    rows = rows_of(dump, NOTICES)
    assert {row["category"] for row in rows} == {
        "new", "promoted", "demoted", "reassigned", "left", "returned",
    }
    assert {row["on_movement"] for row in rows} >= {None, "entered", "left", "A", "nucleus"}
    assert any(row["is_issued"] == "false" for row in rows_of(dump, SAID))
    assert {row["counted_from"] for row in rows_of(dump, AGENDA)} == {"contact", "profile"}
    assert {row["is_due"] for row in rows_of(dump, AGENDA)} == {"true", "false"}


def test_online_retail(online_retail_build: Path) -> None:  # noqa: F811
    """Real customers, two departments, and nobody who records contacts."""
    dump = dump_duckdb(online_retail_build)
    names = {name.rpartition(".")[2]: lines for name, lines in dump.items()}
    dump = {
        wanted: names[wanted.rpartition(".")[2]]
        for wanted in (PROFILES, PROTOCOLS, NOTICES, AGENDA, CURRENT)
    }
    protocols = oracle.Protocols(ROOT / "integration_tests" / "online_retail" / SEEDS)

    expected = assert_protocols(dump, protocols)
    assert_notices(dump, protocols)
    assert_agenda(dump, expected, {}, "2011-12-01")
    assert len(rows_of(dump, NOTICES)) > 10_000


def test_the_metric_counts_days_from_the_last_contact(built_demo: DemoProject) -> None:  # noqa: F811
    """Month by month, from the source."""
    folder = built_demo.folder
    contacts = {}
    for row in rows_of(built_demo.dump(METRICS), METRICS):
        end = oracle.next_month(row["period_start"])
        if end not in contacts:
            contacts[end] = recorded_contacts(folder, end)
        last = contacts[end].get(row["client_id"])
        days = (date.fromisoformat(end) - last).days - 1 if last else None
        assert row["days_since_contact"] == (None if days is None else str(days)), row


# --- exactly once, over runs ---------------------------------------------------------

# What is told and what it is told of; the other marts do not depend on it.
NOTICES_ONLY = [
    *BUILD_WITHOUT_TESTS,
    "--select", "+fct_department_notices", "+fct_client_profiles", "+rpt_contact_agenda",
]


def nameless(rows: list[oracle.Row]) -> dict[str, oracle.Row]:
    """Give notices by id, without the names, which are those of today."""
    return {row["notice_id"]: {**row, "client_name": None} for row in rows}


def assert_goes_on(before: Dump, after: Dump, protocols: oracle.Protocols) -> list[oracle.Row]:
    """Check that notices were only added, and that what they say in the end is true.

    It gives those that were added.
    """
    old, new = nameless(rows_of(before, NOTICES)), nameless(rows_of(after, NOTICES))
    assert {name: new.get(name) for name in old} == old, "what was issued was changed"
    # In order: each notice corrects the one before.
    chains: dict[tuple, list[oracle.Row]] = {}
    corrections = {row["corrects_notice_id"]: row for row in new.values()}
    for row in new.values():
        if row["corrects_notice_id"] is None:
            chain = chains.setdefault(key_of(row), [])
            assert not chain, "a movement was told as a first one twice"
            while row:
                chain.append(row)
                row = corrections.get(row["notice_id"])
    assert sum(map(len, chains.values())) == len(new)
    for chain in chains.values():
        for earlier, later in zip(chain, chain[1:]):
            assert told(earlier) != told(later), "a notice says nothing new"
    last_told = {key: told(chain[-1]) for key, chain in chains.items()}
    profiles = rows_of(after, PROFILES)
    moved = {
        (each.client, each.scorecard, each.period): (each.before, each.after)
        for each in oracle.movements(profiles)
    }
    for key in oracle.notices(profiles, protocols):
        assert key in last_told, f"not told: {key}"
    for key, said in last_told.items():
        assert said == moved.get(key[:3], "withdrawn"), key
    return [row for name, row in new.items() if name not in old]


def told(row: oracle.Row) -> tuple | str:
    """Give what a notice says of where the client went."""
    if row["category"] == "withdrawn":
        return "withdrawn"
    return row["from_profile"], row["to_profile"]


def test_a_full_refresh_issues_nothing(built_demo, project: DemoProject) -> None:  # noqa: F811
    """It makes the tables anew, but not what was said."""
    project.succeed(*BUILD_WITHOUT_TESTS, "--full-refresh")

    assert project.dump(NOTICES, SAID) == built_demo.dump(NOTICES, SAID)


@dataclass(frozen=True)
class Surprise:
    """What turns out late about a month: three clients placed by hand after all.

    One that had moved stays where it was, one moves elsewhere, and one moves that had
    not.
    """

    month: str
    stays: str
    moves_elsewhere: str
    moves_too: str
    lines: tuple[str, ...]

    @classmethod
    def of(cls, dump: Dump, month: str) -> Surprise:
        """Choose the clients of a month."""
        rows = rows_of(dump, PROFILES)
        by_hand = {row["client_id"] for row in rows if row["assignment_source"] == "override"}
        moved = {
            each.client: each
            for each in sorted(oracle.movements(rows), key=lambda each: each.client)
            if (each.scorecard, each.period) == ("relationship", month)
            and each.category in ("promoted", "demoted") and each.client not in by_hand
        }
        stays, moves_elsewhere = [each for each in moved.values() if "D" not in (
            each.before, each.after
        )][:2]
        there = {
            row["client_id"] for row in rows
            if (row["scorecard"], row["period_start"], row["profile"])
            == ("relationship", month, "A")
        }
        moves_too = min(there - moved.keys() - by_hand - {
            each.client for each in oracle.movements(rows) if each.period == month
        })
        until = oracle.next_month(month)
        return cls(
            month, stays.client, moves_elsewhere.client, moves_too,
            tuple(
                f"relationship,{client},{profile},{month},{until},It came late,Sales,Board"
                for client, profile in (
                    (stays.client, stays.before), (moves_elsewhere.client, "D"),
                    (moves_too, "D"),
                )
            ),
        )

    def assert_told(self, added: list[oracle.Row]) -> None:
        """Check what the departments hear of it in this month."""
        heard = {}
        for row in added:
            if (row["period_start"], row["scorecard"]) == (self.month, "relationship"):
                what = row["kind"], row["category"], row["to_profile"]
                heard.setdefault(row["client_id"], set()).add(what)
        assert {what[:2] for what in heard.pop(self.stays)} == {("correction", "withdrawn")}
        # Whoever was not told of the first movement is told of the second one.
        elsewhere = heard.pop(self.moves_elsewhere)
        assert ("correction", "demoted", "D") in elsewhere
        assert elsewhere <= {("correction", "demoted", "D"), ("movement", "demoted", "D")}
        assert heard.pop(self.moves_too) == {("movement", "demoted", "D")}
        assert not heard


def test_late_data_are_corrected_once(built_demo, project: DemoProject) -> None:  # noqa: F811
    """The last month may still change; a second run has nothing to add."""
    protocols = oracle.Protocols(project.folder / SEEDS)
    before = built_demo.dump(NOTICES, PROFILES)
    surprise = Surprise.of(before, LAST_PERIOD)
    project.edit_rules("profile_overrides", append(*surprise.lines))
    project.succeed("build", *WITHOUT_SOURCES)

    after = project.dump(NOTICES, PROFILES)
    added = assert_goes_on(before, after, protocols)
    assert {row["period_start"] for row in added} == {LAST_PERIOD}
    surprise.assert_told(added)

    project.succeed(*NOTICES_ONLY, *WITHOUT_SOURCES)
    assert project.dump(NOTICES, PROFILES) == after


def test_another_reason_is_no_correction(built_demo, project: DemoProject) -> None:  # noqa: F811
    """Late data that move nobody elsewhere are no news."""
    project.multiply_orders("2026-10")
    project.succeed(*NOTICES_ONLY)

    before, after = built_demo.dump(NOTICES, PROFILES), project.dump(NOTICES, PROFILES)
    assert before[PROFILES] != after[PROFILES]
    assert before[NOTICES] == after[NOTICES]


def test_a_client_that_vanishes(built_demo, project: DemoProject) -> None:  # noqa: F811
    """Its movement of the last month is withdrawn, or becomes another one."""
    protocols = oracle.Protocols(project.folder / SEEDS)
    wanted = [
        row for row in rows_of(built_demo.dump(NOTICES), NOTICES)
        if (row["period_start"], row["category"]) == (LAST_PERIOD, "new")
    ]
    client = min(row["client_id"] for row in wanted)
    project.forget_client(client)
    project.succeed(*NOTICES_ONLY)

    added = assert_goes_on(
        built_demo.dump(NOTICES), project.dump(NOTICES, PROFILES), protocols
    )
    assert {row["client_id"] for row in added} == {client}
    withdrawn = [row for row in added if row["category"] == "withdrawn"]
    assert {row["department"] for row in withdrawn} == DEPARTMENTS
    assert {row["why"] for row in withdrawn} == {
        "Correction: did not move in this month; is not a client in it"
    }


def test_a_restatement_is_corrected_once(built_demo, project: DemoProject) -> None:  # noqa: F811
    """Movements that changed, went and came; and again when all is as it was."""
    protocols = oracle.Protocols(project.folder / SEEDS)
    run = [*NOTICES_ONLY, *WITHOUT_SOURCES]
    first = built_demo.dump(NOTICES, PROFILES)
    surprise = Surprise.of(first, "2025-06-01")
    project.edit_rules("profile_overrides", append(*surprise.lines))
    later = project.record_restatement("2025-06-01", as_of="2026-11-15")
    project.succeed("build", *WITHOUT_SOURCES, *later)

    second = project.dump(NOTICES, PROFILES)
    added = assert_goes_on(first, second, protocols)
    surprise.assert_told(added)
    assert {row["issued_on"] for row in added} == {"2026-11-15"}
    # The month after sees them move back, or not at all.
    assert {row["period_start"] for row in added} == {"2025-06-01", "2025-07-01"}

    # The same restatement once more, and a plain run.
    project.succeed(*run, *later)
    project.succeed(*run, "--vars", "{as_of: 2026-11-15}")
    assert project.dump(NOTICES, PROFILES) == second

    # It was a mistake.
    project.edit_rules("profile_overrides", *(drop(line) for line in surprise.lines))
    back = project.record_restatement("2025-06-01", as_of="2026-11-20", name="back")
    project.succeed(*run, *back)
    third = project.dump(NOTICES, PROFILES)
    undone = assert_goes_on(second, third, protocols)
    assert third[PROFILES] == first[PROFILES]
    assert {row["kind"] for row in undone} == {"correction"}
    assert {key_of(row) for row in undone} == {key_of(row) for row in added}


def test_an_earlier_date_takes_nothing_back(built_demo, project: DemoProject) -> None:  # noqa: F811
    """A run that sees fewer months says nothing of the others."""
    project.succeed("run", "--select", "+fct_department_notices", "--vars", "{as_of: 2026-06-01}")

    assert project.dump(NOTICES) == built_demo.dump(NOTICES)


def test_edited_protocols_hold_from_the_next_movement_on(
    built_demo, project: DemoProject  # noqa: F811
) -> None:
    """Neither a new text nor a department less reopens what was said."""
    project.edit_rules(
        "protocols",
        replace("Quote list prices and sell no special projects,,48", "Do not call,,72"),
        drop("relationship,A,sales,entered"),
        *(drop(f"tier,{name},finance,") for name in (
            "nucleus", "orbital", "peripheral", "not_yet_eligible",
        )),
    )
    project.succeed("build", *WITHOUT_SOURCES)
    assert project.dump(NOTICES) == built_demo.dump(NOTICES)

    # A department that is new hears of what comes, and not of two years.
    project.edit_rules(
        "protocols",
        append(*(
            f"tier,{name},finance,,Look at {name},30,24,"
            for name in ("nucleus", "orbital", "peripheral", "not_yet_eligible")
        )),
    )
    project.succeed(*NOTICES_ONLY, *WITHOUT_SOURCES)
    assert project.dump(NOTICES) == built_demo.dump(NOTICES)


def test_without_protocols_nothing_is_said(project: DemoProject) -> None:
    """An adopter may leave the seed empty, and fill it in later."""
    for name in ("relationship", "tier"):
        project.edit_rules("protocols", drop(f"{name},"))
    project.build_file.unlink()
    project.succeed(*NOTICES_ONLY)
    dump = project.dump(PROTOCOLS, NOTICES, AGENDA)
    assert [rows_of(dump, name) for name in dump] == [[], [], []]


# --- the export ----------------------------------------------------------------------

HOSTILE = {
    "C0005": '=HYPERLINK("http://evil.example","Vai & Volta")',
    "C0015": "+1+1",
    "C0019": "-2+3|cmd",
    "C0025": "@SUM(A1:A9)",
    "C0100": "\t=1+1",
    "C0103": "\r=1+1",
    "C0121": 'Quote " and, comma\nand a line',
    "C0123": "\x1b[31mred\x1b[0m",
}


def run_tool(project: DemoProject, *arguments: str) -> subprocess.CompletedProcess:
    """Run tools/notices.py on a project."""
    return subprocess.run(
        [sys.executable, str(ROOT / "tools" / "notices.py"), *arguments],
        cwd=project.folder,
        env=dbt_environment(project.folder),
        capture_output=True,
        check=False,
    )


@pytest.fixture(scope="module")
def hostile(
    built_demo: DemoProject, tmp_path_factory: pytest.TempPathFactory  # noqa: F811
) -> DemoProject:
    """Give a copy in which clients have the worst names."""
    project = built_demo.copy_to(tmp_path_factory.mktemp("hostile") / "project")
    project.execute(
        *(
            f"update {NOTICES} set client_name = '{name}' where client_id = '{client}'"
            for client, name in HOSTILE.items()
        )
    )
    return project


def test_json_lines_are_exact(hostile: DemoProject, tmp_path: Path) -> None:
    """Every text as it is, one notice per line."""
    out = tmp_path / "notices.jsonl"
    done = run_tool(hostile, "--since", "2026-10-01", "--format", "jsonl", "--out", str(out))
    assert done.returncode == 0, done.stdout + done.stderr

    found = [json.loads(line) for line in out.read_text(encoding="utf-8").split("\n")[:-1]]
    expected = {
        row["notice_id"]: row for row in rows_of(hostile.dump(NOTICES), NOTICES)
        if row["period_start"] >= "2026-10-01"
    }
    assert len(found) == len(expected) > 100
    for notice in found:
        row = expected[notice["notice_id"]]
        assert notice == {name: row[name] for name in notices.COLUMNS}
    names = {notice["client_id"]: notice["client_name"] for notice in found}
    assert {client: names[client] for client in HOSTILE} == HOSTILE
    assert f"{len(found)} written" in done.stdout.decode()


def test_no_cell_is_a_formula(hostile: DemoProject, tmp_path: Path) -> None:
    """And nothing but the apostrophe is added."""
    out = tmp_path / "notices.csv"
    done = run_tool(hostile, "--since", "2026-10-01", "--format", "csv", "--out", str(out))
    assert done.returncode == 0, done.stdout + done.stderr

    text = out.read_bytes().decode("utf-8-sig")
    header, *lines = csv.reader(io.StringIO(text, newline=""))
    assert header == notices.COLUMNS
    assert not [cell for line in lines for cell in line if cell[:1] in tuple("=+-@\t\r\n")]
    names = {line[header.index("client_id")]: line[header.index("client_name")] for line in lines}
    for client, name in HOSTILE.items():
        safe = f"'{name}" if name[0] in "=+-@\t\r" else name
        assert names[client] == safe


def test_the_terminal_is_not_steered(hostile: DemoProject) -> None:
    """Signs that nobody sees are shown as codes; the next commands come last."""
    done = run_tool(hostile, "--since", "2026-10-01")
    assert done.returncode == 0, done.stdout + done.stderr

    text = done.stdout.decode()
    assert "\x1b" not in text and r"\x1b[31mred" in text
    assert "make notices SINCE=2026-10-01 FORMAT=csv OUT=notices.csv" in text
    assert text.rstrip().splitlines()[-1].lstrip().startswith("dbt show --select client_protocols")


@pytest.mark.parametrize("since", ["", "2026-13-01", "x'; drop table clients; --"])
def test_a_day_that_is_none_is_refused(project: DemoProject, since: str) -> None:
    """With an example."""
    done = run_tool(project, "--since", since)
    assert done.returncode == 2
    assert b"make notices SINCE=2026-09-01" in done.stderr


def test_corrections_of_earlier_months_are_listed(project: DemoProject) -> None:
    """Whoever fetches what is new since a day gets them, and no old news."""
    surprise = Surprise.of(project.dump(PROFILES), "2025-06-01")
    project.edit_rules("profile_overrides", append(*surprise.lines))
    later = project.record_restatement("2025-06-01", as_of="2026-12-01")
    project.succeed(*NOTICES_ONLY, *later)

    done = run_tool(project, "--since", "2026-12-01", "--format", "jsonl")
    assert done.returncode == 0, done.stdout + done.stderr
    listed = [json.loads(line) for line in done.stdout.decode().splitlines()]
    expected = {
        row["notice_id"] for row in rows_of(project.dump(NOTICES), NOTICES)
        if row["issued_on"] == "2026-12-01"
    }
    assert {notice["notice_id"] for notice in listed} == expected
    assert "correction" in {notice["kind"] for notice in listed}
