"""The history of profiles: what it records, and what it refuses.

The profiles of the day are written into the mart by hand, with the table made
anew without its keys, so that the snapshot sees what no tested build would leave
behind. Then `dbt snapshot` runs, which has only its own guards, on this history
alone: that of the rules has its tests in test_rule_history.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from demo_project import DemoProject, built_demo, copy_warehouse  # noqa: F401
from seed_edits import drop
from warehouse_dump import (
    ASSIGNMENTS, CURRENT, METRIC_HISTORY, RESTATED, RUNS, SNAPSHOT, SNAPSHOTS,
    assert_same, row_count,
)

SNAPSHOT_ALONE = ["snapshot", "--select", "client_profiles_snapshot"]

# Client: its profile, and the version that decided if it is not 1.
Profiles = dict[str, str]
# Client, profile, version, from when, to when.
Record = tuple[str, str, str, str, str | None]


@dataclass(frozen=True)
class Company:
    """A project whose mart is written by hand."""

    project: DemoProject

    def write(self, profiles: Profiles) -> None:
        """Make these the profiles of the day, with arbitrary scores."""
        rows = ", ".join(
            f"('{client}', '{profile.partition(' ')[0]}', "
            f"'{profile.partition(' ')[2] or '1'}')"
            for client, profile in profiles.items()
        )
        self.project.execute(
            f"""
            create or replace table {CURRENT} as
            select
                written.client_id, 'relationship' as scorecard,
                written.profile, written.version,
                cast(100 * random() as decimal(7, 4)) as score
            from (values {rows}) as written (client_id, profile, version)
            """
        )

    def spoil(self, *statements: str) -> None:
        """Change the mart, or the history, behind dbt's back."""
        self.project.execute(*statements)

    def record(self, as_of: str, *args: str) -> None:
        """Take a snapshot, which must succeed."""
        self.project.succeed(*SNAPSHOT_ALONE, *self._vars(as_of), *args)

    def refuse(self, as_of: str, *args: str) -> str:
        """Take a snapshot, which must fail; give its output as one line."""
        return self.project.fail(*SNAPSHOT_ALONE, *self._vars(as_of), *args)

    def records(self) -> list[Record]:
        """Read the history, in order of client and time."""
        return self.project.query(
            f"""
            select
                client_id, profile, version,
                strftime(dbt_valid_from, '%Y-%m-%d'),
                strftime(dbt_valid_to, '%Y-%m-%d')
            from {SNAPSHOT} order by client_id, dbt_valid_from
            """
        )

    def history(self) -> dict:
        """Dump the whole history."""
        return self.project.dump(SNAPSHOT)

    @staticmethod
    def _vars(as_of: str) -> list[str]:
        # A company of four loses a quarter with each client that leaves.
        return ["--vars", f"{{as_of: {as_of}, snapshot_maximum_left_share: 0.5}}"]


@pytest.fixture(scope="module")
def _workshop(
    built_demo: DemoProject, tmp_path_factory: pytest.TempPathFactory  # noqa: F811
) -> tuple[DemoProject, Path]:
    """Give one copy, whose parsed files are reused, and its warehouse without history."""
    folder = tmp_path_factory.mktemp("snapshot_history")
    project = built_demo.copy_to(folder / "project")
    # The rules' histories as well: all of them refuse dates before the last one.
    project.execute(f"drop schema {SNAPSHOTS} cascade")
    copy_warehouse(project.build_file, folder / "build.duckdb")
    return project, folder / "build.duckdb"


@pytest.fixture
def company(_workshop: tuple[DemoProject, Path]) -> Company:
    """Give a company without history."""
    project, warehouse = _workshop
    copy_warehouse(warehouse, project.build_file)
    return Company(project)


FIRST = {"anna": "A", "bert": "B", "carl": "C", "dora": "D"}


@pytest.fixture
def known(company: Company) -> Company:
    """Give the company with its first profiles recorded."""
    company.write(FIRST)
    company.record("2026-08-01")
    return company


# --- what is recorded ----------------------------------------------------------


def test_moves_leaving_and_return_are_recorded_with_business_dates(
    company: Company,
) -> None:
    """Four months: a move, a client that leaves and returns, a new one."""
    days = {
        "2026-08-01": {"anna": "A", "bert": "B", "carl": "C", "dora": "D"},
        "2026-09-01": {"anna": "A", "bert": "A", "dora": "D"},
        "2026-10-01": {"anna": "B", "bert": "A", "dora": "D", "emil": "C"},
        "2026-11-01": {"anna": "B", "bert": "A 2", "carl": "C", "dora": "D", "emil": "C"},
    }
    for as_of, profiles in days.items():
        company.write(profiles)
        company.record(as_of)

    assert company.records() == [
        ("anna", "A", "1", "2026-08-01", "2026-10-01"),
        ("anna", "B", "1", "2026-10-01", None),
        ("bert", "B", "1", "2026-08-01", "2026-09-01"),
        ("bert", "A", "1", "2026-09-01", "2026-11-01"),
        # The same profile by other rules is another record.
        ("bert", "A", "2", "2026-11-01", None),
        ("carl", "C", "1", "2026-08-01", "2026-09-01"),
        ("carl", "left", "1", "2026-09-01", "2026-11-01"),
        ("carl", "C", "1", "2026-11-01", None),
        # Only the score changed.
        ("dora", "D", "1", "2026-08-01", None),
        ("emil", "C", "1", "2026-10-01", None),
    ]


def test_ten_reruns_add_no_row(known: Company) -> None:
    """The same day again, and later days without a change, record nothing."""
    known.write({**FIRST, "anna": "B"})
    known.record("2026-09-01")
    history = known.history()

    for _ in range(10):
        known.record("2026-09-01")
    for as_of in ("2026-09-02", "2026-10-01"):
        known.write({**FIRST, "anna": "B"})
        known.record(as_of)

    assert_same(history, known.history())


@pytest.mark.parametrize(
    "before, after, expected",
    [
        pytest.param(
            {**FIRST, "anna": "B"},
            {**FIRST, "anna": "C"},
            [
                ("anna", "A", "1", "2026-08-01", "2026-09-01"),
                ("anna", "C", "1", "2026-09-01", None),
            ],
            id="another_move",
        ),
        pytest.param(
            {**FIRST, "anna": "B"},
            FIRST,
            [("anna", "A", "1", "2026-08-01", None)],
            id="no_move_after_all",
        ),
        pytest.param(
            {name: FIRST[name] for name in ("bert", "carl", "dora")},
            FIRST,
            [("anna", "A", "1", "2026-08-01", None)],
            id="still_there_after_all",
        ),
        pytest.param(
            FIRST,
            {name: FIRST[name] for name in ("bert", "carl", "dora")},
            [
                ("anna", "A", "1", "2026-08-01", "2026-09-01"),
                ("anna", "left", "1", "2026-09-01", None),
            ],
            id="gone_after_all",
        ),
    ],
)
def test_the_last_run_of_a_day_counts(
    known: Company, before: Profiles, after: Profiles, expected: list[Record]
) -> None:
    """A correction on the same day replaces its records and no others."""
    known.write(before)
    known.record("2026-09-01")
    known.write(after)
    known.record("2026-09-01")

    records = known.records()
    assert [record for record in records if record[0] == "anna"] == expected
    assert [record for record in records if record[0] != "anna"] == [
        (client, profile, "1", "2026-08-01", None)
        for client, profile in FIRST.items()
        if client != "anna"
    ]


def test_the_first_day_can_be_corrected(known: Company) -> None:
    """Even where the whole history is of that day."""
    known.write({"anna": "C", "bert": "B", "emil": "D"})
    known.record("2026-08-01")

    assert known.records() == [
        ("anna", "C", "1", "2026-08-01", None),
        ("bert", "B", "1", "2026-08-01", None),
        ("emil", "D", "1", "2026-08-01", None),
    ]


# --- what is refused -----------------------------------------------------------

INSERT = f"insert into {CURRENT} values "

# id: (statement that spoils the mart, as of, what the error must say)
ATTACKS = {
    "duplicated_key": (
        INSERT + "('anna', 'relationship', 'B', '1', 50)",
        "2026-09-01",
        "has client anna 2 times in scorecard relationship; each client may stand in it "
        "once per scorecard; look for duplicates in stg_clients.",
    ),
    "null_client": (
        INSERT + "(null, 'relationship', 'B', '1', 50)",
        "2026-09-01",
        "have no client_id or no scorecard; give every client an id at the source.",
    ),
    "null_scorecard": (
        f"update {CURRENT} set scorecard = null where client_id = 'anna'",
        "2026-09-01",
        "have no client_id or no scorecard; give every client an id at the source.",
    ),
    "null_profile": (
        f"update {CURRENT} set profile = null where client_id = 'anna'",
        "2026-09-01",
        "have no profile or no version; "
        "build it again: dbt build --select +client_profiles.",
    ),
    "null_version": (
        f"update {CURRENT} set version = null where client_id = 'anna'",
        "2026-09-01",
        "have no profile or no version; "
        "build it again: dbt build --select +client_profiles.",
    ),
    "empty_source": (
        f"delete from {CURRENT}",
        "2026-09-01",
        "is empty; look whether int_client_metrics has the last complete month and "
        "whether an approved version is in force in it.",
    ),
    "mass_disappearance": (
        f"delete from {CURRENT} where client_id <> 'anna'",
        "2026-09-01",
        "3 of 4 clients are gone at once, more than snapshot_maximum_left_share (0.5) "
        "allows; look whether the sources are complete; "
        "if they really left: --vars '{snapshot_maximum_left_share: 1}'.",
    ),
    "backdated": (
        f"update {CURRENT} set profile = 'B' where client_id = 'anna'",
        "2026-07-31",
        "as_of is 2026-07-31, but 2026-08-01 is recorded already; history is written "
        "forwards only: use as_of 2026-08-01 or later, or leave the snapshot out: "
        "--exclude resource_type:snapshot.",
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_leaves_the_history_unchanged(known: Company, name: str) -> None:
    """`dbt snapshot` stops, says why, and says what to do."""
    statement, as_of, message = ATTACKS[name]
    history = known.history()
    known.spoil(statement)

    output = known.refuse(as_of)

    assert "GUARD client_profiles_snapshot: " in output, output
    assert f"{message} The history is unchanged." in output, output
    assert_same(history, known.history())


def test_a_first_snapshot_is_guarded_too(company: Company) -> None:
    """Before there is any history, nothing wrong can begin one."""
    company.write(FIRST)
    company.spoil(ATTACKS["duplicated_key"][0])

    output = company.refuse("2026-08-01")

    assert "GUARD client_profiles_snapshot: " in output, output
    assert company.history() == {}


def record_run(company: Company, as_of: str) -> None:
    """Take the snapshot of the profiles and that of the runs."""
    company.project.succeed(
        *SNAPSHOT_ALONE, "recorded_runs_snapshot", *company._vars(as_of)
    )


def test_a_date_counts_as_recorded_though_nothing_changed(known: Company) -> None:
    """Nothing but the run itself says that somebody looked on that day."""
    record_run(known, "2026-09-01")
    record_run(known, "2026-10-01")
    history = known.project.dump(SNAPSHOT, RUNS)
    assert row_count(history, RUNS) == 2
    assert "2026-09-01" not in str(history[SNAPSHOT])

    output = known.refuse("2026-09-30")

    assert (
        "GUARD client_profiles_snapshot: as_of is 2026-09-30, but 2026-10-01 is recorded "
        "already; history is written forwards only"
    ) in output, output
    assert_same(history, known.project.dump(SNAPSHOT, RUNS))
    record_run(known, "2026-10-01")
    assert_same(history, known.project.dump(SNAPSHOT, RUNS))


def test_a_history_that_was_renamed_is_not_begun_anew(known: Company) -> None:
    """As when a snapshot gets another name or schema."""
    record_run(known, "2026-09-01")
    known.spoil(f"alter table {SNAPSHOT} rename to profiles_of_clients")

    output = known.refuse("2026-10-01")

    assert (
        "GUARD client_profiles_snapshot: there is no such table, but runs are on record "
        "until 2026-09-01; a new one would begin without them; bring it back (make "
        "restore-history), or give it the name it had; to begin anew on purpose, drop "
    ) in output, output
    assert known.history() == {}


def test_an_empty_run_is_refused(known: Company) -> None:
    """`--empty` reads nothing, and would record every client as left."""
    history = known.history()

    output = known.refuse("2026-09-01", "--empty")

    assert (
        "GUARD client_profiles_snapshot: --empty would record every client as left; "
        "run without --empty, or leave the snapshot out: "
        "--exclude resource_type:snapshot. The history is unchanged."
    ) in output, output
    assert_same(history, known.history())


def test_clients_that_really_left_can_be_recorded(known: Company) -> None:
    """The limit is a question, and --vars its answer."""
    known.write({"anna": "A"})

    known.project.succeed(
        *SNAPSHOT_ALONE,
        "--vars", "{as_of: 2026-09-01, snapshot_maximum_left_share: 1}",
    )

    assert [record[:2] for record in known.records() if record[4] is None] == [
        ("anna", "A"), ("bert", "left"), ("carl", "left"), ("dora", "left"),
    ]


def test_clients_that_left_before_do_not_count_as_gone(known: Company) -> None:
    """Half of the company leaves; a month later half of the rest may go as well."""
    known.write({"anna": "A", "bert": "B"})
    known.record("2026-09-01")
    known.write({"anna": "A"})
    known.record("2026-10-01")

    assert ("bert", "left", "1", "2026-10-01", None) in known.records()


# id: (statement that spoils the history, what the error must say)
COPY_OF_ANNA = f"""
    insert into {SNAPSHOT}
    select * replace ({{}}) from {SNAPSHOT} where client_id = 'anna'
"""
FORGERIES = {
    "second_open_record": (
        COPY_OF_ANNA.format("'made by hand' as dbt_scd_id, 'B' as profile"),
        "1 records would not be open exactly once per client_id and scorecard",
    ),
    "record_that_ends_before_it_begins": (
        COPY_OF_ANNA.format(
            "'made by hand' as dbt_scd_id, timestamp '2026-07-01' as dbt_valid_to"
        ),
        "1 records would end before they begin",
    ),
    "id_that_stands_twice": (
        COPY_OF_ANNA.format(
            "timestamp '2026-06-01' as dbt_valid_from, "
            "timestamp '2026-07-01' as dbt_valid_to"
        ),
        "1 records would share an id",
    ),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_history_is_refused(known: Company, name: str) -> None:
    """The look at the history as it would be is part of the same transaction."""
    statement, message = FORGERIES[name]
    known.spoil(statement)
    history = known.history()
    # A real change, which the refusal must roll back.
    known.write({**FIRST, "dora": "C"})

    output = known.refuse("2026-09-01")

    assert (
        f"GUARD client_profiles_snapshot: {message}; "
        "look for lines that were changed by hand in "
    ) in output, output
    assert_same(history, known.history())


# --- the history and builds ----------------------------------------------------

HISTORY = (SNAPSHOTS, METRIC_HISTORY, ASSIGNMENTS, RESTATED)


def test_a_full_refresh_keeps_the_history(
    built_demo: DemoProject, tmp_path: Path  # noqa: F811
) -> None:
    """No later build could bring back what was recorded, measured and assigned."""
    project = built_demo.copy_to(tmp_path / "project")
    history = project.dump(*HISTORY)
    # Late data, a year ago: half of the orders of that month never were.
    project.edit_source("raw_orders", drop("B004"))

    project.succeed("build", "--full-refresh")

    assert row_count(history, METRIC_HISTORY) > 0
    assert_same(history, project.dump(*HISTORY))
