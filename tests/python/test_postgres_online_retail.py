"""A retailer's million invoice lines on Postgres and on DuckDB: every row the same.

What is read as a Parquet file on DuckDB is a table on Postgres, as it would be there.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import duckdb
import pytest

from demo_project import BUILD_WITHOUT_TESTS
from integration_builds import data_file, online_retail_build, run_integration  # noqa: F401
from parquet_file import rows_in
from postgres_tables import copy_to_postgres
from project_files import LEFT_OUT, ROOT, install_packages
from warehouse_dump import (
    PROFILES, connect_postgres, describe_differences, dump_duckdb, dump_postgres, relations_of,
)


@pytest.fixture
def built_on_postgres(
    online_retail_build: Path,  # noqa: F811
    postgres_database: dict[str, str],
    shared_data: Path,
    tmp_path: Path,
) -> dict[str, str]:
    """Build it on Postgres; give the variables that lead there."""
    if os.environ.get("POSTGRES_TESTS") != "full":
        pytest.skip("it takes more than ten minutes: POSTGRES_TESTS=full make test-postgres")
    lines = rows_in(data_file("online_retail", shared_data))
    with duckdb.connect() as connection, connect_postgres(postgres_database) as cursor:
        cursor.execute("create schema online_retail")
        assert copy_to_postgres(connection, lines, cursor, "online_retail.lines") > 1_000_000
        cursor.execute("analyze online_retail.lines")
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
    online_retail_build: Path, built_on_postgres: dict[str, str]  # noqa: F811
) -> None:
    """Byte for byte, one after the other: together they are gigabytes of text."""
    names = relations_of(online_retail_build)
    assert len(names) > 100 and PROFILES in names
    found = []
    for name in names:
        expected = dump_duckdb(online_retail_build, name)
        found += describe_differences(expected, dump_postgres(built_on_postgres, name))
        if name == PROFILES:
            assert len(expected[name]) > 100_000
    assert not found, "\n".join(found)
