"""The demo on Postgres and on DuckDB: every row and digit the same.

It keeps SQL that only one engine understands, or understands otherwise, out of
the models. Every relation is compared, from the sources to the history, as the
text that each database itself makes of it: dates, decimals with all their places,
booleans, what is empty.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg2
import pytest

from dbt_runner import DbtResult
from demo_project import DemoProject, assert_succeeded, built_demo  # noqa: F401
from seed_edits import append, drop, repeat, replace
from warehouse_dump import (
    COMPARISON, CURRENT, MARTS, METRIC_HISTORY, NOTICES, PROFILES, RESTATED_PROFILES, RULE_CHANGES,
    SNAPSHOT, Dump, assert_same, connect_postgres, dump_postgres, row_count, rows_of,
)


@dataclass(frozen=True)
class Twins:
    """One project with a warehouse on both engines."""

    project: DemoProject
    postgres: dict[str, str]

    def build_on_postgres(self, *args: str) -> None:
        """Build into the Postgres database."""
        # Apart from DuckDB's, or dbt parses everything anew at each change.
        target = {"DBT_TARGET_PATH": str(self.project.folder / "targets" / "postgres")}
        assert_succeeded(self.project.dbt("build", *args, env={**self.postgres, **target}))

    def dump(self) -> tuple[Dump, Dump]:
        """Dump everything on DuckDB, and everything on Postgres."""
        return self.project.dump(), dump_postgres(self.postgres)


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
    """Give the demo, built on both."""
    project = built_demo.copy_to(tmp_path_factory.mktemp("parity") / "project")
    twins = Twins(project, postgres)
    twins.build_on_postgres()
    return twins


@pytest.fixture(scope="module")
def first(twins: Twins) -> tuple[Dump, Dump]:
    """Give the dumps of the first builds."""
    return twins.dump()


@pytest.fixture(scope="module")
def types(twins: Twins, first: tuple[Dump, Dump]) -> tuple[list, list]:
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
def second(twins: Twins, first: tuple[Dump, Dump], types: tuple) -> tuple[Dump, Dump]:
    """Give the dumps a month later, when all that can change has changed.

    A client is gone, the candidate was approved, another one and a scorecard are new,
    decisions by hand come and go, and half a year is scored again for late data. The
    incremental models add to what is there, the histories get records that end.
    """
    project = twins.project
    project.forget_client(a_client(first))
    project.multiply_orders("2026-06")
    project.approve_candidate("2026-11-01")
    project.edit_rules(
        "criterion_weights",
        replace(
            "relationship,3,order_volume,0.12,none", "relationship,3,order_volume,0.22,min_max"
        ),
        replace("relationship,3,autonomy,0.20", "relationship,3,autonomy,0.10"),
        repeat("tier,1,", {"tier,1": "tier,2"}),
        repeat("tier,1,", {"tier,1": "care,1"}),
    )
    project.edit_rules("scorecards", append("care,Care,Who needs our attention"))
    project.edit_rules(
        "scorecard_versions",
        append(
            "tier,2,candidate,2026-12-01,,3,0,0.5,,,To be confirmed in a third month",
            "care,1,approved,2026-05-01,,2,0,0,Care,2026-04-20,A first try",
        ),
    )
    for seed in ("score_bands", "profile_rules"):
        project.edit_rules(
            seed,
            repeat("tier,1,", {"tier,1": "tier,2"}),
            repeat("tier,1,", {"tier,1": "care,1"}),
        )
    project.edit_rules(
        "profiles", replace("B · Good", "B · Solid"), repeat("tier,", {"tier": "care"})
    )
    project.edit_rules(
        "protocols",
        repeat("tier,", {"tier": "care"}),
        replace("Quote list prices and sell no special projects,,48", "Do not call,,72"),
        drop("relationship,A,sales,entered"),
    )
    project.edit_rules("benefits", replace("express_dock,tier,orbital,,40", "express_dock,care,,30.5,30"))
    project.edit_rules(
        "profile_overrides",
        drop("tier,C0028,"),
        append("relationship,C0003,A,2026-08-01,2027-01-01,They asked,Sales,Board"),
    )
    later = project.record_restatement("2026-06-01", as_of="2026-12-01")
    project.succeed("build", *later)
    twins.build_on_postgres(*later)
    return twins.dump()


def a_client(dumps: tuple[Dump, Dump]) -> str:
    """Choose a client that is there in the last period."""
    return min(row["client_id"] for row in rows_of(dumps[0], CURRENT))


def test_every_relation_is_the_same(first: tuple[Dump, Dump]) -> None:
    """From the sources to the history, byte for byte."""
    on_duckdb, on_postgres = first
    assert row_count(on_duckdb, PROFILES) > 10_000
    assert_same(on_duckdb, on_postgres)


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


PUBLISHED, PREVIOUS = f"{MARTS}_published", f"{MARTS}_published_previous"
RUN = f"select run_id from {PUBLISHED}.publication"


def publish(twins: Twins, run_id: str, reader: str) -> DbtResult:
    """Publish as publish/publish.py does."""
    target = {"DBT_TARGET_PATH": str(twins.project.folder / "targets" / "postgres")}
    given = json.dumps(
        {"run_id": run_id, "published_at": "2026-11-01 03:15:00", "reader": reader}
    )
    return twins.project.dbt(
        "run-operation", "publish_schema", "--args", given,
        env={**twins.postgres, **target},
    )


@dataclass
class PublishedTwins:
    """The twins with a publication on Postgres, and a role that may read it."""

    twins: Twins
    reader: str
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
    twins: Twins, first: tuple[Dump, Dump], types: tuple
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
            published = PublishedTwins(twins, reader, cursor, reading)
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


def test_the_age_of_the_sources_is_asked_on_both(
    twins: Twins, first: tuple[Dump, Dump]
) -> None:
    """From the as-of date, by which the demo's sources are not late."""
    target = {"DBT_TARGET_PATH": str(twins.project.folder / "targets" / "postgres")}
    for env in ({}, {**twins.postgres, **target}):
        result = twins.project.dbt("source", "freshness", env=env)
        assert_succeeded(result)
        assert result.output.count(" PASS freshness of demo.raw_") == 5


def test_every_relation_is_the_same_after_a_change(
    first: tuple[Dump, Dump], second: tuple[Dump, Dump]
) -> None:
    """Also where tables are added to instead of made anew."""
    on_duckdb, on_postgres = second
    client = a_client(first)
    periods = {row["period_start"] for row in rows_of(on_duckdb, PROFILES)}
    assert max(periods) == "2026-11-01"
    assert client not in {row["client_id"] for row in rows_of(on_duckdb, CURRENT)}
    history = rows_of(on_duckdb, SNAPSHOT)
    assert {row["profile"] for row in history if row["client_id"] == client} >= {"left"}
    assert row_count(on_duckdb, METRIC_HISTORY) > row_count(first[0], METRIC_HISTORY)
    assert {row["is_profile_changed"] for row in rows_of(on_duckdb, RESTATED_PROFILES)} == {
        "true", "false",
    }
    assert {row["kind"] for row in rows_of(on_duckdb, RULE_CHANGES)} == {"version", "edit"}
    assert {row["kind"] for row in rows_of(on_duckdb, NOTICES)} == {"movement", "correction"}
    assert {row["category"] for row in rows_of(on_duckdb, NOTICES)} >= {"withdrawn", "left"}
    assert {row["direction"] for row in rows_of(on_duckdb, COMPARISON)} == {
        "same", "better", "worse",
    }
    assert_same(on_duckdb, on_postgres)
