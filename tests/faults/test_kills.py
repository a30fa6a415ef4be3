"""Runs that are killed with signal 9 at random moments."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

import publish
from disturbed_runs import (  # noqa: F401
    CONTEXT, Lab, StartedDbt, _disturbed_project, how_many, lab, moment,
)
from history_guard import read_sound_history
from parquet_file import checksum, rows_in
from publication import Publication
from recorded_demo import RUN, RecordedDemo, recorded_demo  # noqa: F401
from warehouse_dump import SNAPSHOTS


@pytest.mark.parametrize("number", range(how_many(50)))
def test_a_kill_in_the_build(lab: Lab, number: int) -> None:  # noqa: F811
    lab.count("fault", "kill -9 in the build")
    when = moment("build", number, 0.0, lab.demo.seconds)
    StartedDbt(lab.project, *RUN).kill_after(when)
    lab.look()
    lab.run_again()


@pytest.fixture(scope="module")
def _before_the_snapshots(
    recorded_demo: RecordedDemo,  # noqa: F811
    _disturbed_project,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, float]:
    """Give the warehouse with the marts of the third run and the history of the second."""
    folder = tmp_path_factory.mktemp("before_the_snapshots")
    built = shutil.copy(recorded_demo.after / "build.duckdb", folder)
    with duckdb.connect(str(built)) as connection:
        connection.execute(f"attach '{recorded_demo.before}/build.duckdb' as old (read_only)")
        for [name] in connection.execute(
            "select table_name from information_schema.tables"
            f" where table_catalog = 'old' and table_schema = '{SNAPSHOTS}'"
        ).fetchall():
            connection.execute(
                f"create or replace table {SNAPSHOTS}.{name} as from old.{SNAPSHOTS}.{name}"
            )
    shutil.copy(built, _disturbed_project.build_file)
    began = time.monotonic()
    _disturbed_project.succeed("snapshot")
    return Path(built), time.monotonic() - began


@pytest.mark.parametrize("number", range(how_many(30)))
def test_a_kill_around_the_snapshot(
    _before_the_snapshots: tuple[Path, float], lab: Lab, number: int  # noqa: F811
) -> None:
    lab.count("fault", "kill -9 around the snapshot")
    file, seconds = _before_the_snapshots
    shutil.copy(file, lab.project.build_file)
    # The first part is spent on starting.
    when = moment("snapshot", number, 0.3 * seconds, seconds)
    StartedDbt(lab.project, "snapshot").kill_after(when)
    lab.look()
    lab.project.succeed("snapshot")
    lab.compare(SNAPSHOTS)


def publish_again(build_file: Path, target: Path, publication: Publication) -> None:
    """Publish as the command does, in a process of its own."""
    publish.copy(build_file, target, publication)


@pytest.fixture(scope="module")
def _seconds_to_publish(
    recorded_demo: RecordedDemo, tmp_path_factory: pytest.TempPathFactory  # noqa: F811
) -> Iterator[float]:
    """Measure an undisturbed publication in a process of its own."""
    seconds = []
    # The first one starts the server that others are forked from.
    for name in ("first", "second"):
        target = tmp_path_factory.mktemp("publish") / name / "published.duckdb"
        given = (recorded_demo.after / "build.duckdb", target, recorded_demo.publication)
        began = time.monotonic()
        process = CONTEXT.Process(target=publish_again, args=given)
        process.start()
        process.join()
        seconds.append(time.monotonic() - began)
        assert process.exitcode == 0
    yield seconds[1]


@pytest.mark.parametrize("number", range(how_many(20)))
def test_a_kill_in_the_publication(
    lab: Lab, _seconds_to_publish: float, number: int  # noqa: F811
) -> None:
    """Readers have the old publication or the new one, whole."""
    lab.count("fault", "kill -9 in the publication")
    shutil.copy(lab.demo.after / "build.duckdb", lab.project.build_file)
    built = checksum(lab.project.build_file)
    target = lab.project.folder / "warehouse" / "published.duckdb"
    given = (lab.project.build_file, target, lab.demo.publication)
    process = CONTEXT.Process(target=publish_again, args=given)
    process.start()
    process.join(moment("publication", number, 0.0, _seconds_to_publish))
    process.kill()
    process.join()

    runs = published_runs(target)
    assert set(runs) <= {"0dd5eed0-run", "feedbeef-run"}
    # The Parquet files are switched last.
    assert runs != ["0dd5eed0-run", "feedbeef-run"]
    assert checksum(lab.project.build_file) == built
    lab.look()

    later = lab.demo.publication.published_at + timedelta(minutes=1)
    publish.copy(
        lab.project.build_file, target,
        replace(lab.demo.publication, run_id="cafecafe-run", published_at=later),
    )
    assert published_runs(target) == ["cafecafe-run"] * 2
    compare_publication(lab, target)
    assert {path.name for path in target.parent.glob(".*")} <= {".gitkeep"}
    assert not list((target.parent / "parquet").glob(".*"))


def published_runs(target: Path) -> list[str]:
    """Read which run made the file, and which the Parquet files, all of them sound."""
    with duckdb.connect(str(target), read_only=True) as connection:
        [[run_id, rows, counted]] = connection.execute(
            "select run_id, row_count, (select sum(row_count)"
            " from client_profiles.publication_tables) from client_profiles.publication"
        ).fetchall()
        assert rows == counted
    folder = (target.parent / "parquet" / "current").resolve()
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for each in manifest["files"]:
        assert checksum(folder / each["file"]) == each["sha256"]
    assert read_sound_history(folder / "history")[1] == []
    return [run_id, manifest["run_id"]]


def compare_publication(lab: Lab, target: Path) -> None:  # noqa: F811
    """Check that every published table is that of the build, in both forms."""
    current = target.parent / "parquet" / "current"
    wrong = []
    with duckdb.connect(str(target), read_only=True) as connection:
        connection.execute(f"attach '{lab.project.build_file}' as build (read_only)")
        for table in lab.demo.publication.tables:
            built = f"build.{table.relation}"
            file = current / table.schema / f"{table.name}.parquet"
            for copied in (table.relation, rows_in(file)):
                if connection.execute(
                    f"(from {built} except all from {copied}) union all"
                    f" (from {copied} except all from {built}) limit 1"
                ).fetchall():
                    wrong.append(copied)
    lab.count("silent_wrong_scores", len(wrong))
    assert not wrong
