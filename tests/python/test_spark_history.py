"""A history that was recorded on DuckDB goes on on Spark, and back again."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from dbt_runner import dbt_environment
from demo_project import DemoProject, assert_succeeded
from project_files import ROOT
from recorded_demo import RUN, RecordedDemo, recorded_demo  # noqa: F401
from spark_cluster import NOT_ALL_WANTED, spark_master  # noqa: F401
from spark_warehouse import SparkWarehouse, settings_of
from warehouse_dump import SNAPSHOT, Dump, assert_same, dump_duckdb

pytestmark = NOT_ALL_WANTED


@dataclass(frozen=True)
class Moved:
    """A project whose first two runs were on DuckDB; its history is on Spark."""

    project: DemoProject
    master: str
    history: Path

    def command(self, name: str, *arguments: str) -> subprocess.CompletedProcess:
        """Run a command of `publish/` in the project's folder, for Spark."""
        return run_command(self.project, settings_of(self.master), name, *arguments)

    def dump(self, *wanted: str) -> Dump:
        """Dump what is on Spark."""
        warehouse = SparkWarehouse(self.project.folder, self.master)
        try:
            return warehouse.dump(*wanted)
        finally:
            warehouse.close()

    @property
    def tables(self) -> set[str]:
        """The tables of the history."""
        said = json.loads((self.history / "manifest.json").read_text())
        return {f"{each['schema']}.{each['name']}" for each in said["files"]}


def run_command(
    project: DemoProject, environment: dict[str, str], name: str, *arguments: str
) -> subprocess.CompletedProcess:
    """Run a command of `publish/` in a project's folder."""
    return subprocess.run(
        [sys.executable, str(ROOT / "publish" / name), *arguments],
        cwd=project.folder, env=dbt_environment(project.folder, environment),
        capture_output=True, text=True,
    )


@pytest.fixture(scope="module")
def moved(
    recorded_demo: RecordedDemo,  # noqa: F811
    spark_master: str,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> Moved:
    """Bring the history of the first two runs to Spark."""
    project = recorded_demo.copy_to(tmp_path_factory.mktemp("moved") / "project")
    (project.folder / "warehouse" / "spark").mkdir()
    moved = Moved(
        project, spark_master, project.folder / "warehouse/parquet/current/history"
    )
    restored = moved.command("restore_history.py", "--from", str(moved.history))
    assert restored.returncode == 0, restored.stderr
    return moved


def test_a_history_of_duckdb_goes_on(
    recorded_demo: RecordedDemo, moved: Moved, tmp_path: Path  # noqa: F811
) -> None:
    """As if it had stayed: after the next run all rows are the same, and the way back is open."""
    brought = moved.dump()
    assert brought.keys() == moved.tables
    assert_same(dump_duckdb(recorded_demo.before / "build.duckdb", *moved.tables), brought)

    warehouse = SparkWarehouse(moved.project.folder, moved.master)
    try:
        assert_succeeded(warehouse.dbt(*RUN))
        after = warehouse.dump()
    finally:
        warehouse.close()
    build_file = recorded_demo.after / "build.duckdb"
    assert_same(dump_duckdb(build_file), after)

    # What it holds now is more than what was brought.
    refused = moved.command("restore_history.py", "--from", str(moved.history))
    assert refused.returncode == 1, refused.stderr
    assert f"{SNAPSHOT}: " in refused.stderr and "DISCARD=1" in refused.stderr
    assert_same(after, moved.dump())

    folder = tmp_path / "history"
    exported = moved.command("export_history.py", str(folder))
    assert exported.returncode == 0, exported.stderr
    assert "as of 2026-11-01" in exported.stdout
    back = recorded_demo.copy_to(tmp_path / "project")
    restored = run_command(back, {}, "restore_history.py", "--from", str(folder), "--discard")
    assert restored.returncode == 0, restored.stderr
    assert_same(dump_duckdb(build_file, *moved.tables), back.dump())
    assert types_in(back.build_file, moved.tables) == types_in(build_file, moved.tables)

    discarded = moved.command(
        "restore_history.py", "--from", str(moved.history), "--discard"
    )
    assert discarded.returncode == 0, discarded.stderr
    assert "is kept as earlier versions" in discarded.stdout
    assert_same(brought, moved.dump(*moved.tables))


def types_in(file: Path, tables: set[str]) -> list[tuple]:
    """Give the types of the columns of tables of a DuckDB file."""
    with duckdb.connect(str(file), read_only=True) as connection:
        rows = connection.execute(
            "select table_schema, table_name, column_name, data_type"
            " from information_schema.columns order by all"
        ).fetchall()
    return [row for row in rows if f"{row[0]}.{row[1]}" in tables]
