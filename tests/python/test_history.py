"""The history that no build can bring back: exported, guarded and restored.

It is that of the recorded demo: two months published, a third to come.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from dbt_runner import dbt_environment
from demo_project import DemoProject
from history_export import read_history
from history_guard import last_history, lost_since
from project_files import ROOT
from publication import Publication, said_by
from publish import copy
from recorded_demo import (  # noqa: F401
    FIRST, LEAVER, RUN, SECOND, THIRD, RecordedDemo, recorded_demo,
)
from run_lock import run_lock
from warehouse_dump import (
    ASSIGNMENTS, METRIC_HISTORY, METRICS, RUNS, SAID, SNAPSHOT, assert_same, dump_duckdb,
)

PUBLISH, RESTORE = "publish.py", "restore_history.py"


@pytest.fixture(scope="module")
def _workshop(
    recorded_demo: RecordedDemo, tmp_path_factory: pytest.TempPathFactory  # noqa: F811
) -> DemoProject:
    """Give one copy, whose parsed files are used again by every test."""
    return recorded_demo.copy_to(tmp_path_factory.mktemp("history") / "project")


@pytest.fixture
def project(recorded_demo: RecordedDemo, _workshop: DemoProject) -> DemoProject:  # noqa: F811
    """Give the project before its third run."""
    recorded_demo.put_back(_workshop)
    return _workshop


def published(project: DemoProject) -> Path:
    """Give the published file."""
    return project.folder / "warehouse" / "published.duckdb"


def exported(project: DemoProject) -> Path:
    """Give the history of the last publication."""
    return project.folder / "warehouse" / "parquet" / "current" / "history"


def command(project: DemoProject, name: str, *arguments: str) -> subprocess.CompletedProcess:
    """Run a command of `publish/` in the project's folder."""
    return subprocess.run(
        [sys.executable, str(ROOT / "publish" / name), *arguments],
        cwd=project.folder,
        env=dbt_environment(project.folder, {}),
        capture_output=True,
        text=True,
    )


def files_of(project: DemoProject) -> dict[str, bytes]:
    """Read every file beside the build, but for the lock."""
    folder = project.folder / "warehouse"
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "run.lock"
    }


# -- what is exported --------------------------------------------------------------


def test_every_table_that_runs_add_to_is_exported(project: DemoProject) -> None:
    """Told from their configuration: whatever an incremental model or a snapshot is."""
    listed = project.succeed(
        "--quiet", "ls", "--resource-type", "model", "--resource-type", "snapshot",
        "--output", "json", "--output-keys", "name config package_name",
    ).output
    nodes = [json.loads(line) for line in listed.splitlines() if line.startswith("{")]
    added_to = {
        node["name"]: node["config"]
        for node in nodes if node["config"]["materialized"] in ("incremental", "snapshot")
    }

    history = read_history(exported(project))

    keeps = {each.table.name: each.table.keeps for each in history.files}
    assert keeps.keys() == added_to.keys()
    assert len(keeps) == 22
    assert {name for name, rule in keeps.items() if rule == "nothing"} == {
        name for name, config in added_to.items()
        if config["materialized"] == "incremental" and config["full_refresh"] is not False
    }
    assert {name: rule for name, rule in keeps.items() if rule not in ("nothing", "records")} == {
        "int_metric_history": "closed_periods",
        "int_profile_assignments": "closed_periods",
        "int_profiles_before_restatement": "rows",
        "int_department_notices": "rows",
    }


def test_the_export_is_the_history_with_its_types(project: DemoProject) -> None:
    history = read_history(exported(project))
    assert history.as_of == SECOND
    with duckdb.connect(str(project.build_file), read_only=True) as connection:
        for each in history.files:
            table = each.table.relation
            assert each.damage() is None
            assert each.path.parent.parent == exported(project)
            assert connection.execute(f"describe select * from {table}").fetchall() == (
                connection.execute(f"describe select * from {each.source}").fetchall()
            )
            assert not connection.execute(
                f"(from {table} except all from {each.source}) union all"
                f" (from {each.source} except all from {table})"
            ).fetchall()
            [rows] = connection.execute(f"select count(*) from {table}").fetchone()
            assert each.rows == rows
        # A table that is made of a select has none either.
        schemas = {each.table.schema for each in history.files}
        assert not connection.execute(
            "select * from duckdb_constraints() where list_contains($1, schema_name)"
            " and table_name in (select unnest($2))",
            [list(schemas), [each.table.name for each in history.files]],
        ).fetchall()


def test_a_type_that_would_not_come_back_stops_the_publication(
    project: DemoProject, recorded_demo: RecordedDemo, tmp_path: Path  # noqa: F811
) -> None:
    project.execute(f"alter table {SAID} add column size hugeint")
    with pytest.raises(ValueError, match="column size is HUGEINT, but .* DOUBLE; cast it"):
        copy(project.build_file, tmp_path / "published.duckdb", recorded_demo.publication)


# -- restored ----------------------------------------------------------------------


def test_after_a_restoration_the_next_run_is_as_if_nothing_had_happened(
    project: DemoProject, recorded_demo: RecordedDemo  # noqa: F811
) -> None:
    """The file of the build is gone; every table is the undisturbed run's, byte for byte."""
    project.build_file.unlink()
    refused = command(project, PUBLISH)
    assert refused.returncode == 1
    assert (
        f"warehouse/build.duckdb is not there, but a history was published as of {SECOND} ("
    ) in refused.stderr
    assert "a run would begin an empty one.\nBring the history back: make restore-history" in (
        refused.stderr
    )
    assert "To begin a new one on purpose: make run NEW_HISTORY=1" in refused.stderr
    assert not project.build_file.exists()

    restored = command(project, RESTORE)

    assert restored.returncode == 0, restored.stderr
    assert "Restored 22 tables, " in restored.stdout and f"as of {SECOND}" in restored.stdout
    assert restored.stdout.endswith("make run    build everything else again, and publish it\n")
    project.succeed(*RUN)
    expected = dump_duckdb(recorded_demo.after / "build.duckdb")
    assert_same(expected, project.dump())


def test_from_the_sources_alone_it_would_be_another_history(
    recorded_demo: RecordedDemo,  # noqa: F811
) -> None:
    """Otherwise the comparison above could not fail."""
    with duckdb.connect(str(recorded_demo.after / "build.duckdb"), read_only=True) as after:
        # May was changed at the source after it was closed.
        [[changed]] = after.execute(
            f"select count(*) from {METRIC_HISTORY} as kept join {METRICS} as measured"
            " using (client_id, period_start) where kept.period_start = '2026-05-01'"
            " and kept.order_volume <> measured.order_volume"
        ).fetchall()
        days = f"select distinct cast({{}} as date) from {{}} where {{}} < '{THIRD}'"
        recorded = [
            after.execute(days.format(column, table, column)).fetchall()
            for column, table in (
                ("dbt_valid_from", SNAPSHOT), ("dbt_valid_from", RUNS), ("issued_on", SAID),
            )
        ]
        [[left]] = after.execute(
            f"select count(*) from {SNAPSHOT} where profile = 'left'"
            f" and client_id = '{LEAVER}' and dbt_valid_from = '{THIRD}'"
        ).fetchall()
    assert changed > 0 and left == 2
    assert [len(each) for each in recorded] == [2, 2, 2]


def test_a_restoration_keeps_the_file_that_was_there(project: DemoProject) -> None:
    """Even one that nobody can read, with its log."""
    project.build_file.write_bytes(b"no database")
    log = Path(f"{project.build_file}.wal")
    log.write_bytes(b"no log")

    restored = command(project, RESTORE)

    assert restored.returncode == 0, restored.stderr
    [kept] = project.build_file.parent.glob("build.duckdb.before_restore_*Z")
    assert kept.read_bytes() == b"no database"
    assert Path(f"{kept}.wal").read_bytes() == b"no log" and not log.exists()
    assert f"what was there is kept as {kept.relative_to(project.folder)}" in (
        restored.stdout
    )
    assert len(project.dump(SNAPSHOT)[SNAPSHOT]) > 20


def test_newer_history_is_not_overwritten(project: DemoProject) -> None:
    """Only when it is said to; and then the file is kept too."""
    project.execute(
        f"insert into {SAID} select * replace ('mine' as notice_id) from {SAID} limit 3"
    )
    before = files_of(project)

    refused = command(project, RESTORE)

    assert refused.returncode == 1
    assert f"{SAID}: 3\nIf they may go: make restore-history DISCARD=1" in refused.stderr
    assert refused.stderr.endswith("Nothing was changed.\n")
    assert files_of(project) == before

    restored = command(project, RESTORE, "--discard")

    assert restored.returncode == 0, restored.stderr
    [kept] = project.build_file.parent.glob("build.duckdb.before_restore_*Z")
    assert kept.read_bytes() == before["build.duckdb"]
    assert not [line for line in project.dump(SAID)[SAID] if '"mine"' in line]


@pytest.mark.parametrize(
    "spoil, says",
    [
        (lambda file: file.write_bytes(file.read_bytes()[:-1] + b"x"), "its SHA-256 differs"),
        (lambda file: file.unlink(), f"{SNAPSHOT.replace('.', '/')}.parquet is missing"),
        (lambda file: (file.parents[1] / "manifest.json").write_text("{"), "can't be read"),
    ],
    ids=["flipped", "missing", "manifest"],
)
def test_a_damaged_export_is_refused(project: DemoProject, spoil, says: str) -> None:
    spoil(exported(project) / f"{SNAPSHOT.replace('.', '/')}.parquet")
    before = files_of(project)
    refused = command(project, RESTORE)
    assert refused.returncode == 1
    assert says in refused.stderr and "Nothing was changed." in refused.stderr
    assert "Traceback" not in refused.stderr
    assert files_of(project) == before


def test_a_copy_elsewhere_is_enough(project: DemoProject, tmp_path: Path) -> None:
    """The folder needs nothing beside it: it can be a backup."""
    shutil.copytree(exported(project), tmp_path / "backup")
    history = project.dump(SNAPSHOT, METRIC_HISTORY, SAID)
    for path in (project.folder / "warehouse").iterdir():
        path.unlink() if path.is_symlink() or path.is_file() else shutil.rmtree(path)

    nothing = command(project, RESTORE)
    assert nothing.returncode == 1
    assert "make restore-history FROM=folder" in nothing.stderr
    restored = command(project, RESTORE, "--from", str(tmp_path / "backup"))

    assert restored.returncode == 0, restored.stderr
    assert_same(history, project.dump(SNAPSHOT, METRIC_HISTORY, SAID))


def test_it_waits_for_nobody(project: DemoProject) -> None:
    before = files_of(project)
    with run_lock(project.build_file.with_name("run.lock"), "build"):
        refused = command(project, RESTORE)
    assert refused.returncode == 75 and "Another run is under way: build" in refused.stderr
    assert files_of(project) == before


# -- guarded -----------------------------------------------------------------------


def losses(project: DemoProject) -> list[str]:
    """Ask what the history has lost since the last publication."""
    given = lost_since(last_history(published(project)))
    said = project.succeed(
        "--quiet", "run-operation", "print_publication", "--args", json.dumps(given)
    ).output
    return said_by(said)["history_losses"]


def test_what_a_run_may_change_is_no_loss(
    project: DemoProject, recorded_demo: RecordedDemo  # noqa: F811
) -> None:
    assert losses(project) == []
    shutil.copy(recorded_demo.after / "build.duckdb", project.build_file)
    assert losses(project) == []


# What is done to the history of the third run, and what is said of it.
LOSSES = {
    "dropped": (f"drop table {SAID}", f"{SAID} is not there"),
    "renamed": (
        f"alter table {SNAPSHOT} rename to clients_snapshot", f"{SNAPSHOT} is not there",
    ),
    "emptied": (
        f"delete from {RUNS}",
        f"{RUNS}: 1 record(s) from before {SECOND} are gone or changed; "
        f"{RUNS}: no record is from {SECOND} or before, where there were 2",
    ),
    "record_gone": (
        f"delete from {SNAPSHOT} where dbt_valid_from = '2026-09-01' and client_id = 'C0001'",
        f"{SNAPSHOT}: 2 record(s) from before {SECOND} are gone or changed",
    ),
    "record_changed": (
        f"update {SNAPSHOT} set profile = 'A' where dbt_valid_from = '2026-09-01'"
        " and profile = 'nucleus' and client_id = 'C0004'",
        f"{SNAPSHOT}: 1 record(s) from before {SECOND} are gone or changed",
    ),
    "column_gone": (
        f"alter table {SNAPSHOT} drop column version",
        f"{SNAPSHOT} has no column version any more",
    ),
    "notice_gone": (
        f"delete from {SAID} where notice_id = (select min(notice_id) from {SAID}"
        " where issued_on = '2026-09-01')",
        f"{SAID}: 1 row(s) are gone or changed",
    ),
    "period_gone": (
        f"delete from {ASSIGNMENTS} where period_start = '2025-03-01' and scorecard = 'tier'",
        f"{ASSIGNMENTS}: 1 period(s) are gone",
    ),
    "closed_period_changed": (
        f"update {METRIC_HISTORY} set tenure_months = tenure_months + 1"
        " where client_id = 'C0001' and period_start = '2026-07-01'",
        f"{METRIC_HISTORY}: 1 row(s) of closed periods are gone or changed",
    ),
    # It may be measured again until a run has closed it.
    "last_period_changed": (
        f"update {METRIC_HISTORY} set tenure_months = tenure_months + 1"
        " where client_id = 'C0001' and period_start = '2026-09-01'",
        "",
    ),
}


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_is_found_and_named(
    project: DemoProject, recorded_demo: RecordedDemo, name: str  # noqa: F811
) -> None:
    statement, says = LOSSES[name]
    shutil.copy(recorded_demo.after / "build.duckdb", project.build_file)
    project.execute(statement)
    found = "; ".join(losses(project))
    assert found.startswith(says) and (says or not found), found


def test_a_loss_is_not_published(project: DemoProject) -> None:
    """The build passes, and what was published stays, until somebody says it is right so."""
    project.execute(f"delete from {SAID} where issued_on = '{FIRST}'")
    before = {
        name: content for name, content in files_of(project).items()
        if not name.startswith("build.duckdb")
    }
    selected = publish_alone(project)
    assert selected.returncode == 1, selected.stdout
    assert f"the history has lost what was published as of {SECOND}:\n  {SAID}: " in (
        selected.stderr
    )
    assert "make restore-history DISCARD=1" in selected.stderr
    assert before.items() <= files_of(project).items()

    accepted = publish_alone(project, "--new-history")
    assert accepted.returncode == 0, accepted.stderr
    [kept] = (project.folder / "warehouse").glob("history_before_*Z")
    assert read_history(kept).as_of == SECOND
    assert (kept / "manifest.json").read_bytes() == before[
        next(name for name in before if name.endswith("history/manifest.json"))
    ]


PUBLISH_ALONE = """
import json, sys
from pathlib import Path
import publish
publish.last_run_id = lambda: "deadbeef-run"
target = Path("warehouse/published.duckdb")
sys.exit(publish.publish([], target, "--new-history" in sys.argv))
"""


def publish_alone(project: DemoProject, *arguments: str) -> subprocess.CompletedProcess:
    """Publish as the command does, of a build that passed before."""
    return subprocess.run(
        [sys.executable, "-c", PUBLISH_ALONE, *arguments],
        cwd=project.folder,
        env=dbt_environment(
            project.folder, {"PYTHONPATH": str(ROOT / "publish"), **project.target_of()}
        ),
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    "spoil, problem",
    [
        (lambda file: file.write_bytes(b"no database"), "can't be read ("),
        (lambda file: drop(file), f"has no {SNAPSHOT}, but"),
    ],
    ids=["unreadable", "dropped"],
)
def test_a_run_without_its_history_does_not_begin(
    project: DemoProject, spoil, problem: str
) -> None:
    spoil(project.build_file)
    before = files_of(project)
    refused = command(project, PUBLISH, "--build-only")
    assert refused.returncode == 1
    assert problem in refused.stderr and "make restore-history" in refused.stderr
    assert "Running with dbt" not in refused.stdout
    assert files_of(project) == before


def drop(file: Path) -> None:
    """Take the history of profiles out of a file."""
    with duckdb.connect(str(file)) as connection:
        connection.execute(f"drop table {SNAPSHOT}")


def test_a_damaged_publication_gives_way_to_the_one_before(
    project: DemoProject, recorded_demo: RecordedDemo  # noqa: F811
) -> None:
    """It can't be compared with; the next publication takes its place."""
    copy(project.build_file, published(project), recorded_demo.publication)
    folder = os.path.realpath(project.folder / "warehouse" / "parquet" / "current")
    damaged = Path(folder) / "history" / f"{SAID.replace('.', '/')}.parquet"
    damaged.write_bytes(b"PAR1")
    history = last_history(published(project))
    assert history.folder.parent.name.endswith("-0dd5eed0") and history.as_of == SECOND
    refused = command(project, RESTORE)
    assert refused.returncode == 1
    sound = history.folder.relative_to(project.folder)
    assert f"The one before is sound: make restore-history FROM={sound}" in refused.stderr
    for file in history.files:
        file.path.unlink()
    with pytest.raises(ValueError, match="every history that was published is damaged"):
        last_history(published(project))
