"""The history on PostgreSQL: guarded at a publication, saved, restored, and moved."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from demo_project import BUILD_WITHOUT_TESTS, DemoProject, assert_succeeded
from dbt_runner import DbtResult, dbt_environment
from postgres_server import find_binaries
from project_files import ROOT, copy_project
from publication import said_by
from postgres_tables import copy_to_duckdb, copy_to_postgres
from recorded_demo import RUN, RecordedDemo, cut_to_few_clients, recorded_demo  # noqa: F401
from warehouse_dump import (
    SNAPSHOT, assert_same, connect_postgres, dump_duckdb, dump_postgres, rows_of,
)


@pytest.fixture(scope="module")
def built(
    postgres_server: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> tuple[DemoProject, dict[str, str]]:
    """Give a small demo that was built into a database of its own."""
    name = f"history_{uuid.uuid4().hex}"
    with connect_postgres(postgres_server) as cursor:
        cursor.execute(f'create database "{name}"')
    environment = {**postgres_server, "CLIENT_PROFILES_PG_DATABASE": name}
    project = DemoProject(copy_project(tmp_path_factory.mktemp("history") / "project"))
    cut_to_few_clients(project)
    project.succeed(*BUILD_WITHOUT_TESTS, env=environment)
    return project, environment


def test_a_backup_brings_every_table_back(
    built: tuple[DemoProject, dict[str, str]], tmp_path: Path
) -> None:
    """With the commands of docs/history.md, into a database of its own."""
    _, environment = built
    binaries = find_binaries()
    name = environment["CLIENT_PROFILES_PG_DATABASE"]
    restored = {**environment, "CLIENT_PROFILES_PG_DATABASE": f"{name}_restored"}
    client = {
        **os.environ,
        "PGHOST": environment["CLIENT_PROFILES_PG_HOST"],
        "PGPORT": environment["CLIENT_PROFILES_PG_PORT"],
        "PGUSER": environment["CLIENT_PROFILES_PG_USER"],
        "PGPASSWORD": environment["CLIENT_PROFILES_PG_PASSWORD"],
    }
    file = tmp_path / "history.dump"
    for command in (
        ["pg_dump", "--format=custom", f"--file={file}", name],
        ["createdb", f"{name}_restored"],
        ["pg_restore", f"--dbname={name}_restored", str(file)],
    ):
        subprocess.run([binaries / command[0], *command[1:]], env=client, check=True)
    before = dump_postgres(environment)
    assert len(before[SNAPSHOT]) > 20
    assert_same(before, dump_postgres(restored))


def publish(built: tuple[DemoProject, dict[str, str]], **given: object) -> DbtResult:
    """Publish as publish/publish.py does."""
    project, environment = built
    return project.dbt(
        "--quiet", "run-operation", "publish_schema", "--args",
        json.dumps({"run_id": "a_run", "published_at": "2026-11-01 03:15:00", **given}),
        env=environment,
    )


def test_a_loss_is_not_published(built: tuple[DemoProject, dict[str, str]]) -> None:
    """The schema of the last publication stays, until somebody says it is right so."""
    rows = f"select count(*) from client_profiles_published.{SNAPSHOT.partition('.')[2]}"
    first = publish(built)
    assert_succeeded(first)
    assert said_by(first.output)["row_count"] > 1000
    assert_succeeded(publish(built))
    with connect_postgres(built[1]) as cursor:
        cursor.execute(rows)
        [[published]] = cursor.fetchall()
        cursor.execute(f"delete from {SNAPSHOT}")

        refused = publish(built, run_id="refused")

        assert_succeeded(refused)
        assert said_by(refused.output) == {
            "history_losses": [
                f"{SNAPSHOT}: no record is from 2026-11-01 or before, where there were {published}"
            ],
            "as_of": "2026-11-01",
        }
        cursor.execute(
            f"{rows} union all select count(*) from client_profiles_published.publication"
            " where run_id = 'a_run'"
        )
        assert sorted(cursor.fetchall()) == sorted([(published,), (1,)])

        assert_succeeded(publish(built, run_id="accepted", new_history=True))
        cursor.execute(rows)
        assert cursor.fetchall() == [(0,)]


def command(
    project: DemoProject, environment: dict[str, str], name: str, *arguments: str
) -> subprocess.CompletedProcess:
    """Run a command of `publish/` in the project's folder."""
    return subprocess.run(
        [sys.executable, str(ROOT / "publish" / name), *arguments],
        cwd=project.folder, env=dbt_environment(project.folder, environment),
        capture_output=True, text=True,
    )


def columns_of(environment: dict[str, str], tables: set[str]) -> list[tuple]:
    """Give the columns of tables with their types."""
    with connect_postgres(environment) as cursor:
        cursor.execute(
            "select table_schema || '.' || table_name as name, column_name, data_type,"
            " numeric_precision, numeric_scale from information_schema.columns"
            " where table_schema like 'client_profiles%' order by 1, ordinal_position"
        )
        return [row for row in cursor.fetchall() if row[0] in tables]


@dataclass(frozen=True)
class Moved:
    """A history that was recorded on DuckDB and goes on on PostgreSQL."""

    project: DemoProject
    environment: dict[str, str]
    history: Path

    def restore(self, *arguments: str) -> subprocess.CompletedProcess:
        """Bring the history to PostgreSQL."""
        return command(
            self.project, self.environment, "restore_history.py",
            "--from", str(self.history), *arguments,
        )

    @property
    def tables(self) -> set[str]:
        """The tables of the history."""
        said = json.loads((self.history / "manifest.json").read_text())
        return {f"{each['schema']}.{each['name']}" for each in said["files"]}


@pytest.fixture(scope="module")
def moved(
    recorded_demo: RecordedDemo,  # noqa: F811
    postgres_server: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Moved:
    """Give a project whose first two runs were on DuckDB, and the third on PostgreSQL."""
    name = f"moved_{uuid.uuid4().hex}"
    with connect_postgres(postgres_server) as cursor:
        cursor.execute(f'create database "{name}"')
    project = recorded_demo.copy_to(tmp_path_factory.mktemp("moved") / "project")
    moved = Moved(
        project, {**postgres_server, "CLIENT_PROFILES_PG_DATABASE": name},
        project.folder / "warehouse/parquet/current/history",
    )
    restored = moved.restore()
    assert restored.returncode == 0, restored.stderr
    assert f"into database {name}" in restored.stdout
    before = dump_postgres(moved.environment)
    assert before.keys() == moved.tables
    assert_same(dump_duckdb(recorded_demo.before / "build.duckdb", *moved.tables), before)
    project.succeed(*RUN, env=moved.environment)
    return moved


def test_a_history_of_duckdb_goes_on(
    recorded_demo: RecordedDemo, moved: Moved, built: tuple  # noqa: F811
) -> None:
    """As if it had stayed: all rows the same, in columns as PostgreSQL makes them."""
    assert_same(
        dump_duckdb(recorded_demo.after / "build.duckdb"), dump_postgres(moved.environment)
    )
    recorded = rows_of(dump_postgres(moved.environment, SNAPSHOT), SNAPSHOT)
    assert {row["dbt_valid_from"][:10] for row in recorded} >= {
        "2026-09-01", "2026-10-01", "2026-11-01",
    }
    brought, made = (
        columns_of(environment, moved.tables) for environment in (moved.environment, built[1])
    )
    assert brought == made, sorted(map(str, set(brought) ^ set(made)))


def test_newer_history_is_not_overwritten(moved: Moved) -> None:
    """Nothing is changed, until somebody says that it may go; then it is kept."""
    before = dump_postgres(moved.environment)
    refused = moved.restore()
    assert refused.returncode == 1
    assert f"{SNAPSHOT}: " in refused.stderr and "DISCARD=1" in refused.stderr
    assert_same(before, dump_postgres(moved.environment))


def test_a_history_goes_back_to_duckdb(
    recorded_demo: RecordedDemo, moved: Moved, tmp_path: Path  # noqa: F811
) -> None:
    """With the same types, and a run gives what it gave where nothing was moved."""
    folder = tmp_path / "history"
    exported = command(moved.project, moved.environment, "export_history.py", str(folder))
    assert exported.returncode == 0, exported.stderr
    assert "as of 2026-11-01" in exported.stdout
    again = command(moved.project, moved.environment, "export_history.py", str(folder))
    assert again.returncode == 1 and "is there already" in again.stderr

    back = recorded_demo.copy_to(tmp_path / "project")
    restored = command(back, {}, "restore_history.py", "--from", str(folder), "--discard")
    assert restored.returncode == 0, restored.stderr
    after = recorded_demo.after / "build.duckdb"
    assert_same(dump_duckdb(after, *moved.tables), back.dump())
    types = (
        "select table_schema, table_name, column_name, data_type"
        " from information_schema.columns order by all"
    )
    with duckdb.connect(str(after), read_only=True) as connection:
        expected = [
            row for row in connection.execute(types).fetchall()
            if f"{row[0]}.{row[1]}" in moved.tables
        ]
    assert back.query(types) == expected
    back.succeed(*RUN)
    assert_same(dump_duckdb(after), back.dump())


def test_what_was_discarded_is_kept(moved: Moved) -> None:
    before = dump_postgres(moved.environment, SNAPSHOT)[SNAPSHOT]
    restored = moved.restore("--discard")
    assert restored.returncode == 0, restored.stderr
    [kept] = re.findall(r"is kept as schema (\w+)", restored.stdout)
    name = f"{kept}.{SNAPSHOT.partition('.')[2]}"
    assert dump_postgres(moved.environment, name)[name] == before
    assert len(dump_postgres(moved.environment, SNAPSHOT)[SNAPSHOT]) < len(before)


def test_a_table_is_copied_to_the_last_sign(postgres_database: dict[str, str]) -> None:
    """There and back: what is empty, what is nothing, what CSV means something by."""
    with duckdb.connect() as connection, connect_postgres(postgres_database) as cursor:
        connection.execute(
            r"""
            create table first as select
                row_number() over () as id,
                word,
                cast(number as decimal(18, 6)) as exact,
                cast(number as double) / 3 as inexact,
                date '2026-02-28' + cast(id as integer) as day,
                timestamp '2026-02-28 23:59:59.123456' as at,
                number > 2 as is_large,
                cast(null as integer) as "No ""thing"
            from (values
                (1, '', 1), (2, null, 2), (3, '\N', 3), (4, 'a "b", c', 4),
                (5, chr(10) || 'x' || chr(13), 5), (6, '\.', 6), (7, ' ', 7), (8, 'é🛒', 8),
                (9, '"', null), (10, chr(39) || '; drop', 999999999.999999)
            ) as texts (id, word, number)
            """
        )
        assert copy_to_postgres(connection, "first", cursor, "copied") == 10
        assert copy_to_duckdb(cursor, "copied", connection, "again") == 10
        for what in ("from {} order by id", "describe {}"):
            first, again = (
                connection.execute(what.format(name)).fetchall() for name in ("first", "again")
            )
            assert first == again
        connection.execute("create table strange as select [1] as list")
        with pytest.raises(ValueError, match="list is INTEGER.., which PostgreSQL has not"):
            copy_to_postgres(connection, "strange", cursor, "refused")
        cursor.execute("create table inexact as select cast(1 as numeric) as number")
        with pytest.raises(ValueError, match="number is numeric, which is not exact"):
            copy_to_duckdb(cursor, "inexact", connection, "refused")
