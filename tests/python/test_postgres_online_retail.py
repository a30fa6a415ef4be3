"""A retailer's invoice lines on Postgres and on DuckDB: every row the same.

All million lines in one build, and those of 150 customers in four builds. What is read as a
Parquet file on DuckDB is a table on Postgres, as it would be there.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from demo_project import BUILD_WITHOUT_TESTS
from golden_builds import GoldenBuild, golden_builds
from golden_retail import LEAVER, METRIC, NEWCOMER, RETAIL_STEPS, RetailProject, copy_retail
from integration_builds import data_file, online_retail_build, run_integration  # noqa: F401
from parquet_file import rows_in
from postgres_tables import copy_to_postgres
from project_files import LEFT_OUT, ROOT, install_packages
from publication import literal, quoted
from warehouse_dump import (
    CRITERIA, CURRENT, PROFILES, RESTATED_PROFILES, SNAPSHOT, connect_postgres, dump_postgres,
    row_count, rows_of,
)


def bring_lines(lines: Path, database: dict[str, str]) -> int:
    """Let Postgres have these lines in place of others; give their number."""
    with duckdb.connect() as connection, connect_postgres(database) as cursor:
        cursor.execute("create schema if not exists online_retail")
        # Views read it: its rows are replaced, not the table.
        copied = "online_retail.brought"
        count = copy_to_postgres(connection, rows_in(lines), cursor, copied)
        cursor.execute(f"create table if not exists online_retail.lines (like {copied})")
        cursor.execute("truncate online_retail.lines")
        cursor.execute(f"insert into online_retail.lines select * from {copied}")
        cursor.execute(f"drop table {copied}")
        cursor.execute("analyze online_retail.lines")
        return count


@pytest.fixture(scope="module")
def retail(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> RetailProject:
    """Give the project of the slice, not built yet."""
    return copy_retail(
        tmp_path_factory.mktemp("retail") / "online_retail", data_file("online_retail", shared_data)
    )


@pytest.fixture
def builds(retail: RetailProject, postgres_database: dict[str, str]) -> Iterator[GoldenBuild]:
    """Build the slice on both engines, step by step."""
    environment = {
        **postgres_database, "DBT_TARGET_PATH": str(retail.folder / "targets" / "postgres"),
    }

    def build_there(*arguments: str) -> None:
        bring_lines(retail.lines, postgres_database)
        retail.succeed(*arguments, env=environment)

    return golden_builds(
        retail, build_there, lambda: dump_postgres(postgres_database), steps=RETAIL_STEPS
    )


def test_four_builds_of_a_slice_are_the_same(builds: Iterator[GoldenBuild]) -> None:
    """From the staging to the history, byte for byte, after each of them."""
    held = {}
    for build in builds:
        assert not build.differences, f"{build.name}:\n" + "\n".join(build.differences)
        held[build.name] = build.dump
    assert list(held) == ["fresh", "later", "criterion", "back"]
    assert row_count(held["fresh"], PROFILES) > 3_000
    clients = {
        name: {row["client_id"] for row in rows_of(dump, CURRENT)} for name, dump in held.items()
    }
    assert str(LEAVER) in clients["fresh"] and str(NEWCOMER) not in clients["fresh"]
    assert str(LEAVER) not in clients["later"] and str(NEWCOMER) in clients["later"]
    assert str(LEAVER) in clients["back"]
    restated = rows_of(held["later"], RESTATED_PROFILES)
    assert {row["is_profile_changed"] for row in restated} == {"true", "false"}
    assert {row["criterion"] for row in rows_of(held["criterion"], CRITERIA)} >= {"size"}
    assert METRIC in rows_of(held["back"], "client_profiles_intermediate.int_client_metrics")[0]
    assert row_count(held["back"], SNAPSHOT) > row_count(held["fresh"], SNAPSHOT)


@pytest.fixture
def built_on_postgres(
    online_retail_build: Path,  # noqa: F811
    postgres_database: dict[str, str],
    shared_data: Path,
    tmp_path: Path,
) -> dict[str, str]:
    """Build all of it on Postgres; give the variables that lead there."""
    assert bring_lines(data_file("online_retail", shared_data), postgres_database) > 1_000_000
    project = tmp_path / "online_retail"
    shutil.copytree(
        online_retail_build.parent, project,
        ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True,
    )
    install_packages(project, local={"client_profiles": ROOT})
    result = run_integration(project, shared_data, BUILD_WITHOUT_TESTS, postgres_database)
    assert result.exit_code == 0, result.output
    return postgres_database


def test_every_relation_is_the_same(
    online_retail_build: Path, built_on_postgres: dict[str, str], tmp_path: Path  # noqa: F811
) -> None:
    """Byte for byte, in no order: together they are gigabytes of text."""
    with (
        duckdb.connect() as connection, connect_postgres(built_on_postgres) as cursor,
    ):
        connection.execute(
            f"set TimeZone = 'UTC'; attach {literal(str(online_retail_build))} as build (read_only)"
        )
        relations = columns_seen_by(connection.cursor())
        assert len(relations) > 100
        assert relations == columns_seen_by(cursor)
        [count] = connection.execute(f"select count(*) from build.{PROFILES}").fetchone()
        assert count > 100_000
        for relation, names in relations.items():
            texts = ", ".join(f"cast({quoted(name)} as text)" for name in names)
            file = tmp_path / "rows.csv"
            with file.open("wb") as stream:
                cursor.copy_expert(
                    f"copy (select {texts} from {relation}) to stdout"
                    " with (format csv, null '\\N', force_quote *)",
                    stream,
                )
            types = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
            connection.execute(
                "create or replace table there as select * from read_csv("
                f"{literal(str(file))}, columns = {{{types}}}, auto_detect = false,"
                " header = false, delim = ',', quote = '\"', escape = '\"', nullstr = '\\N',"
                " allow_quoted_nulls = false, parallel = false)"
            )
            connection.execute(
                f"create or replace temp view here as select {texts} from build.{relation}"
            )
            for one, other in (("here", "there"), ("there", "here")):
                lost = connection.execute(
                    f"select * from (table {one} except all table {other}) limit 3"
                ).fetchall()
                assert not lost, f"{relation} has {lost} only {one}"


def columns_seen_by(cursor: Any) -> dict[str, list[str]]:
    """Give the relations of the project with the names of their columns."""
    cursor.execute(
        "select table_schema, table_name, column_name from information_schema.columns"
        " where table_schema like 'client_profiles%'"
        " order by table_schema, table_name, ordinal_position"
    )
    found: dict[str, list[str]] = {}
    for schema, table, column in cursor.fetchall():
        found.setdefault(f"{schema}.{table}", []).append(column)
    return found
