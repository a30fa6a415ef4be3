"""A slice of a retailer's real data on Spark and on DuckDB: every row the same, in four builds.

About 150 of its 5,900 customers, with all of their invoice lines: what `golden_retail` says.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from demo_project import assert_succeeded
from golden_builds import golden_builds
from golden_retail import RETAIL_STEPS, copy_retail
from integration_builds import data_file
from parquet_file import rows_in, types_of
from spark_cluster import NOT_ALL_WANTED, spark_master  # noqa: F401
from spark_tables import typed_columns
from spark_warehouse import SparkWarehouse
from warehouse_dump import PROFILES, row_count

pytestmark = NOT_ALL_WANTED


def test_four_builds_of_a_slice_are_the_same(
    spark_master: str, shared_data: Path, tmp_path: Path  # noqa: F811
) -> None:
    """From the staging to the history, byte for byte, after each of them."""
    retail = copy_retail(tmp_path / "online_retail", data_file("online_retail", shared_data))
    warehouse = SparkWarehouse(retail.folder, spark_master)

    def build_there(*arguments: str) -> None:
        warehouse.execute(
            "create schema if not exists online_retail",
            "drop table if exists online_retail.lines",
            "create table online_retail.lines using parquet as"
            f" select {columns_of(retail.lines)} from parquet.`{retail.lines.as_uri()}`",
        )
        assert_succeeded(warehouse.dbt(*arguments))

    done = []
    try:
        for build in golden_builds(retail, build_there, warehouse.dump, steps=RETAIL_STEPS):
            assert not build.differences, f"{build.name}:\n" + "\n".join(build.differences)
            assert row_count(build.dump, PROFILES) > 3_000
            done.append(build.name)
    finally:
        warehouse.close()
    assert done == [step.name for step in RETAIL_STEPS]


def columns_of(lines: Path) -> str:
    """Give the columns of the invoice lines as Spark reads them."""
    with duckdb.connect() as connection:
        return typed_columns(types_of(connection, rows_in(lines)))
