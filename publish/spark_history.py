"""The history on Spark with Delta: brought there from files, and read from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from history_export import History
from other_engine import HoldsMore, last_run
from publication import HistoryTable, quoted
from spark_tables import (
    columns_on_spark, copy_to_duckdb, named, rows_for_spark, session, shared_folder,
)


def bring_to_spark(
    history: History, places: dict[str, str], discard: bool
) -> tuple[str, str | None]:
    """Make the tables of a history.

    Everything is read and counted before the first table is replaced. Spark has no
    transaction over several tables: where one can't be replaced, the others become again
    what they were.

    places: the schema of each table in this catalog
    discard: rows may go that the history does not have
    gives: where the tables are, and where those that were there are kept, if any were
    errors: HoldsMore, NotReached, ValueError; then nothing was changed
    """
    with session() as spark, shared_folder(spark) as folder, duckdb.connect() as connection:
        catalog = f"the catalog of {spark.conf.get('spark.sql.warehouse.dir')}"
        rows, more = {}, []
        for number, each in enumerate(history.files):
            table = each.table
            relation = f"{named(places[table.name])}.{named(table.name)}"
            rows[relation] = rows_for_spark(
                spark, connection, each.source, folder / f"{number}.parquet"
            )
            count = rows[relation].count()
            if count != each.rows:
                raise ValueError(f"{each.path} has {count} rows, not {each.rows}")
            there = columns_on_spark(spark, relation)
            if there and not discard and table.keeps != "nothing":
                lost = count_more(spark, relation, there, rows[relation])
                if lost:
                    more.append(f"{places[table.name]}.{table.name}: {lost}")
        if more:
            raise HoldsMore(catalog, more)
        for schema in sorted(set(places.values())):
            spark.sql(f"create schema if not exists {named(schema)}")
        before = {relation: last_version(spark, relation) for relation in rows}
        begun = []
        try:
            for relation, brought in rows.items():
                begun.append(relation)
                replace(spark, relation, brought)
        except BaseException:
            for relation in begun:
                put_back(spark, relation, before[relation])
            raise
    is_kept = any(version is not None for version in before.values())
    return catalog, "earlier versions of the tables (describe history)" if is_kept else None


def replace(spark: Any, relation: str, brought: Any) -> None:
    """Let a table hold these rows; its versions up to now are kept."""
    brought.createOrReplaceTempView("brought")
    spark.sql(f"create or replace table {relation} using delta as select * from brought")
    # As a run that has ended does, so that the next one takes nothing back.
    spark.sql(
        f"alter table {relation}"
        " set tblproperties ('client_profiles.finished_by' = 'restore-history')"
    )


def last_version(spark: Any, relation: str) -> int | None:
    """Give the number of a table's version; none where it is not there."""
    if not spark.catalog.tableExists(relation):
        return None
    return spark.sql(f"describe history {relation} limit 1").first()["version"]


def put_back(spark: Any, relation: str, version: int | None) -> None:
    """Let a table be what it was, or go."""
    if version is None:
        spark.sql(f"drop table if exists {relation}")
    else:
        spark.sql(f"restore table {relation} to version as of {version}")


def count_more(spark: Any, relation: str, there: dict[str, str], brought: Any) -> int:
    """Count the rows of a table that are not among those that are brought.

    there: its columns
    """
    brought.createOrReplaceTempView("brought")
    wanted = ", ".join(map(named, there))
    # A column that the history does not have was added later.
    read = ", ".join(
        named(name) if name in brought.columns
        else f"cast(null as {data_type}) as {named(name)}"
        for name, data_type in there.items()
    )
    return spark.sql(
        f"select {wanted} from {relation} except all select {read} from brought"
    ).count()


def read_from_spark(tables: tuple[HistoryTable, ...], file: Path) -> str:
    """Copy the tables of the history into a new DuckDB file; give its as-of date.

    errors: NotReached, ValueError
    """
    with (
        session() as spark, shared_folder(spark) as folder,
        duckdb.connect(str(file)) as connection,
    ):
        for table in tables:
            connection.execute(f"create schema if not exists {quoted(table.schema)}")
            source = f"{named(table.schema)}.{named(table.name)}"
            copy_to_duckdb(spark, source, connection, table.relation, folder / table.name)
        return last_run(connection, tables)
