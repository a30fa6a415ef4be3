"""The history on PostgreSQL: guarded at a publication, saved and restored."""

from __future__ import annotations

import json
import os
import subprocess
import uuid
from pathlib import Path

import pytest

from demo_project import BUILD_WITHOUT_TESTS, DemoProject, assert_succeeded
from dbt_runner import DbtResult
from postgres_server import find_binaries
from project_files import copy_project
from publication import said_by
from recorded_demo import cut_to_few_clients
from warehouse_dump import SNAPSHOT, assert_same, connect_postgres, dump_postgres


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
