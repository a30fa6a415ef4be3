"""The demo on Postgres and on DuckDB: every row and digit the same, in four builds.

It keeps SQL that only one engine understands, or understands otherwise, out of
the models. Every relation is compared, from the sources to the history, as the
text that each database itself makes of it: dates, decimals with all their places,
booleans, what is empty. `golden_builds` says what the builds are.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from dbt_runner import DbtResult, dbt_environment
from demo_project import DemoProject, assert_succeeded, built_demo  # noqa: F401
from golden_builds import (
    APPROVED_METRIC, CHANGED, LEAVER, NEWCOMER, SEED_COLUMN, STEPS, TRIED_METRIC, GoldenBuild,
    Step, golden_builds,
)
from publication import read_publication, said_by
from publish import copy
from published import Published
from report import published_file
from report_data import read_labels, read_tables
from warehouse_dump import (
    COMPARISON, CRITERIA, CURRENT, MARTS, METRIC_HISTORY, NOTICES, PROFILES, RESTATED_PROFILES,
    RULE_CHANGES, SNAPSHOT, SNAPSHOTS, Dump, connect_postgres, dump_postgres, row_count, rows_of,
)


@dataclass(frozen=True)
class Twins:
    """One project with a warehouse on both engines."""

    project: DemoProject
    postgres: dict[str, str]

    @property
    def environment(self) -> dict[str, str]:
        """The variables that send dbt to Postgres."""
        # Apart from DuckDB's, or dbt parses everything anew at each change.
        target = {"DBT_TARGET_PATH": str(self.project.folder / "targets" / "postgres")}
        return {**self.postgres, **target}

    def golden_builds(self, *steps: Step, **options: Any) -> Iterator[GoldenBuild]:
        """Build on both, and compare."""
        return golden_builds(
            self.project,
            lambda *arguments: self.project.succeed(*arguments, env=self.environment),
            lambda: dump_postgres(self.postgres),
            steps=steps, **options,
        )


@pytest.fixture(scope="module")
def postgres(postgres_server: dict[str, str]) -> dict[str, str]:
    """Give an empty database for this module."""
    name = f"parity_{uuid.uuid4().hex}"
    with connect_postgres(postgres_server) as cursor:
        cursor.execute(f'create database "{name}"')
    return {**postgres_server, "CLIENT_PROFILES_PG_DATABASE": name}


@pytest.fixture(scope="module")
def twins(
    built_demo: DemoProject,  # noqa: F811
    postgres: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Twins:
    """Give a copy of the demo, built on DuckDB."""
    return Twins(built_demo.copy_to(tmp_path_factory.mktemp("parity") / "project"), postgres)


@pytest.fixture(scope="module")
def fresh(twins: Twins) -> GoldenBuild:
    """Give the first builds, on Postgres with all tests of the project."""
    return next(twins.golden_builds(STEPS[0], is_built=True, command=["build"]))


@pytest.fixture(scope="module")
def types(twins: Twins, fresh: GoldenBuild) -> tuple[list, list]:
    """Give the types of the marts' columns after the first builds."""
    statement = (
        "select table_name, column_name, data_type, numeric_precision, numeric_scale"
        " from information_schema.columns"
        f" where table_schema = '{MARTS}' order by table_name, ordinal_position"
    )
    with connect_postgres(twins.postgres) as cursor:
        cursor.execute(statement)
        on_postgres = cursor.fetchall()
    return twins.project.query(statement), on_postgres


@pytest.fixture(scope="module")
def _next_builds(twins: Twins, fresh: GoldenBuild, types: tuple) -> Iterator[GoldenBuild]:
    """Give the builds after the first ones, when everything was seen of these."""
    return twins.golden_builds(*STEPS[1:])


@pytest.fixture(scope="module")
def later(_next_builds: Iterator[GoldenBuild]) -> GoldenBuild:
    """Give the builds of a month later."""
    return next(_next_builds)


@pytest.fixture(scope="module")
def criterion(_next_builds: Iterator[GoldenBuild], later: GoldenBuild) -> GoldenBuild:
    """Give the builds with more criteria."""
    return next(_next_builds)


@pytest.fixture(scope="module")
def back(_next_builds: Iterator[GoldenBuild], criterion: GoldenBuild) -> GoldenBuild:
    """Give the builds after which they are gone again."""
    return next(_next_builds)


def assert_same_rows(build: GoldenBuild) -> None:
    """Check that the engines agree."""
    assert not build.differences, "\n".join(build.differences)


def test_every_relation_is_the_same(fresh: GoldenBuild) -> None:
    """From the sources to the history, byte for byte."""
    assert row_count(fresh.dump, PROFILES) > 10_000
    assert LEAVER in {row["client_id"] for row in rows_of(fresh.dump, CURRENT)}
    assert_same_rows(fresh)


def test_the_marts_have_the_same_types(types: tuple[list, list]) -> None:
    """A decimal without its places would show other digits in a report."""
    names = {"VARCHAR": "text", "character varying": "text"}

    def plain(columns: list) -> list[tuple]:
        # A type's size counts for decimals alone.
        found = []
        for table, column, name, precision, scale in columns:
            name = names.get(name, name).lower().partition("(")[0]
            name = {"decimal": "numeric"}.get(name, name)
            size = (precision, scale) if name == "numeric" else None
            found.append((table, column, name, size))
        return found

    on_duckdb, on_postgres = types
    different = sorted(map(str, set(plain(on_duckdb)) ^ set(plain(on_postgres))))
    assert not different, "\n".join(different)


BENEFITS = f"{SNAPSHOTS}.benefits_snapshot"
PUBLISHED, PREVIOUS = f"{MARTS}_published", f"{MARTS}_published_previous"
RUN = f"select run_id from {PUBLISHED}.publication"


def publish(twins: Twins, run_id: str, reader: str) -> DbtResult:
    """Publish as publish/publish.py does."""
    given = json.dumps(
        {"run_id": run_id, "published_at": "2026-11-01 03:15:00", "reader": reader}
    )
    return twins.project.dbt(
        "run-operation", "publish_schema", "--args", given,
        env=twins.environment,
    )


@dataclass
class PublishedTwins:
    """The twins with a publication on Postgres, and a role that may read it."""

    twins: Twins
    reader: str
    login: dict[str, str]
    as_builder: Any
    as_reader: Any

    def publish(self, run_id: str) -> None:
        """Publish once more."""
        assert_succeeded(publish(self.twins, run_id, self.reader))

    def schemas(self) -> set[str]:
        """List the schemas that publications left."""
        return {
            name for [name] in ask(self.as_builder, "select nspname from pg_namespace")
            if name.startswith(PUBLISHED)
        }


def ask(cursor: Any, query: str) -> list[tuple]:
    """Ask the database."""
    cursor.execute(query)
    return cursor.fetchall()


@pytest.fixture
def published(
    twins: Twins, fresh: GoldenBuild, types: tuple
) -> Iterator[PublishedTwins]:
    """Publish the first builds; what was published is gone after the test."""
    # A name is only a name, whatever stands in it.
    reader, password = f'reader_{uuid.uuid4().hex[:8]}"; drop schema {MARTS}; --', uuid.uuid4().hex
    role = '"' + reader.replace('"', '""') + '"'
    login = {
        **twins.postgres,
        "CLIENT_PROFILES_PG_USER": reader,
        "CLIENT_PROFILES_PG_PASSWORD": password,
    }
    with connect_postgres(twins.postgres) as cursor:
        cursor.execute(f"create role {role} login password '{password}'")
        assert_succeeded(publish(twins, "first", reader))
        with connect_postgres(login) as reading:
            published = PublishedTwins(twins, reader, login, cursor, reading)
            yield published
        for name in published.schemas():
            cursor.execute(f'drop schema "{name}" cascade')


def test_the_published_schema_holds_what_was_built(published: PublishedTwins) -> None:
    """All of it, for a role that may read it and can neither change it nor see the build."""
    [[count, rows]] = ask(
        published.as_reader,
        f"select count(*), sum(row_count) from {PUBLISHED}.publication_tables",
    )
    assert count > 30 and rows > 100_000
    for schema, name, rows in ask(
        published.as_reader,
        "select split_part(table_name, '.', 1), split_part(table_name, '.', 2), row_count"
        f" from {PUBLISHED}.publication_tables",
    ):
        copy, original = f"{PUBLISHED}.{name}", f"{schema}.{name}"
        assert ask(published.as_reader, f"select count(*) from {copy}") == [(rows,)]
        assert ask(
            published.as_builder,
            f"select count(*) from ((table {copy} except all table {original})"
            f" union all (table {original} except all table {copy})) as differences",
        ) == [(0,)]
        for refused in (f"delete from {copy}", f"select 1 from {original}"):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                published.as_reader.execute(refused)


def test_the_report_shows_the_same(
    published: PublishedTwins, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read with the rights of a reader, from a copy that is gone afterwards."""
    project = published.twins.project
    said = said_by(project.succeed("--quiet", "run-operation", "print_publication").output)
    on_duckdb = tmp_path / "published.duckdb"
    at = datetime(2026, 11, 1, 3, 15, tzinfo=UTC)
    copy(project.build_file, on_duckdb, read_publication(said, "first", at, Path("/")))
    environment = dbt_environment(project.folder, published.login)
    for name in os.environ.keys() - environment.keys():
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(project.folder)
    with published_file(on_duckdb) as copied:
        assert copied != on_duckdb
        on_postgres = shown(copied)
    assert not copied.exists()
    assert on_postgres == shown(on_duckdb)
    assert len(on_postgres) > 300_000


def shown(file: Path) -> str:
    """Give the data of the report's page."""
    source = Published(file, None)
    try:
        labels = read_labels(source)
        return json.dumps([labels, read_tables(source, labels)])
    finally:
        source.close()


def test_readers_go_on_while_others_get_the_next_publication(published: PublishedTwins) -> None:
    """For as long as they want: nobody waits for them, and what they read goes later."""
    reading = published.as_reader
    reading.execute("begin isolation level repeatable read")
    before = ask(reading, f"select count(*) from {PUBLISHED}.fct_client_profiles")
    for run in ("second", "third"):
        published.publish(run)
        assert ask(published.as_builder, RUN) == [(run,)]
        former = published.schemas() - {PUBLISHED}
        held = [
            name for name in former
            if ask(published.as_builder, f"select run_id from {name}.publication") == [("first",)]
        ]
        assert len(held) == 1
        assert ask(reading, f"select count(*) from {held[0]}.fct_client_profiles") == before
    reading.execute("commit")
    assert ask(reading, RUN) == [("third",)]
    published.publish("fourth")
    assert published.schemas() == {PUBLISHED, PREVIOUS}
    assert ask(published.as_builder, f"select run_id from {PREVIOUS}.publication") == [("third",)]


def test_a_publication_that_fails_leaves_the_last_one(published: PublishedTwins) -> None:
    failed = publish(published.twins, "second", "a_role_that_is_not_there")
    assert failed.exit_code != 0 and "a_role_that_is_not_there" in failed.output
    assert ask(published.as_reader, RUN) == [("first",)]
    assert published.schemas() == {PUBLISHED}


def test_the_age_of_the_sources_is_asked_on_both(twins: Twins, fresh: GoldenBuild) -> None:
    """From the as-of date, by which the demo's sources are not late."""
    for env in ({}, twins.environment):
        result = twins.project.dbt("source", "freshness", env=env)
        assert_succeeded(result)
        assert result.output.count(" PASS freshness of demo.raw_") == 5


def test_every_relation_is_the_same_a_month_later(
    fresh: GoldenBuild, later: GoldenBuild
) -> None:
    """Also where tables are added to instead of made anew."""
    dump = later.dump
    assert max(row["period_start"] for row in rows_of(dump, PROFILES)) == "2026-11-01"
    clients = {row["client_id"] for row in rows_of(dump, CURRENT)}
    assert LEAVER not in clients and NEWCOMER in clients
    assert profiles_on_record(dump, LEAVER) >= {"left"}
    assert row_count(dump, METRIC_HISTORY) > row_count(fresh.dump, METRIC_HISTORY)
    assert {row["is_profile_changed"] for row in rows_of(dump, RESTATED_PROFILES)} == {
        "true", "false",
    }
    assert {row["kind"] for row in rows_of(dump, RULE_CHANGES)} == {"version", "edit"}
    assert {row["kind"] for row in rows_of(dump, NOTICES)} == {"movement", "correction"}
    assert {row["category"] for row in rows_of(dump, NOTICES)} >= {"withdrawn", "left"}
    assert {row["direction"] for row in rows_of(dump, COMPARISON)} == {"same", "better", "worse"}
    assert_same_rows(later)


def test_every_relation_is_the_same_with_more_criteria(criterion: GoldenBuild) -> None:
    """Tables that are added to get columns, and so do histories."""
    dump = criterion.dump
    judged = [row for row in rows_of(dump, CRITERIA) if row["criterion"] == "activity"]
    assert {(row["version"], row["period_start"]) for row in judged} == {("4", "2026-12-01")}
    for metric, _ in (APPROVED_METRIC, TRIED_METRIC):
        # It is filled in for the months before.
        assert {
            row["period_start"] for row in rows_of(dump, METRIC_HISTORY) if row[metric]
        } >= {"2024-12-01", "2026-12-01"}
    assert {row[SEED_COLUMN] for row in rows_of(dump, BENEFITS)} == {None, "sales"}
    assert_same_rows(criterion)


def test_every_relation_is_the_same_without_them(back: GoldenBuild) -> None:
    """What has scored stays on record, and a client is there again."""
    dump = back.dump
    [current] = [
        row for row in rows_of(dump, CURRENT)
        if (row["client_id"], row["scorecard"]) == (LEAVER, "relationship")
    ]
    assert current["version"] == "5"
    assert profiles_on_record(dump, LEAVER) >= {"left", current["profile"]}
    of_month = {
        row["period_start"]: row for row in rows_of(dump, METRIC_HISTORY)
        if row["client_id"] == CHANGED
    }
    assert of_month["2025-12-01"][TRIED_METRIC[0]] is not None
    assert of_month["2027-01-01"][TRIED_METRIC[0]] is None
    assert of_month["2027-01-01"][APPROVED_METRIC[0]] is not None
    assert rows_of(dump, BENEFITS)[0].keys() >= {SEED_COLUMN}
    assert_same_rows(back)


def profiles_on_record(dump: Dump, client: str) -> set[str]:
    """Give the profiles that the snapshot has of a client."""
    return {row["profile"] for row in rows_of(dump, SNAPSHOT) if row["client_id"] == client}
