"""The history in a PostgreSQL database: brought there from files, and read from it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from history_export import History
from other_engine import HoldsMore, last_run
from parquet_file import types_of
from postgres_tables import columns_on_postgres, connected, copy_to_duckdb, copy_to_postgres
from publication import HistoryTable, quoted

def bring_to_postgres(
    history: History, places: dict[str, str], discard: bool
) -> tuple[str, str | None]:
    """Make the tables of a history, all of them or none.

    places: the schema of each table in this database
    discard: rows may go that the history does not have
    gives: the database, and the schema that keeps the tables that were there, if any were
    errors: HoldsMore, NotReached, ValueError; then nothing was changed
    """
    kept = f"client_profiles_before_restore_{datetime.now(UTC):%Y%m%dt%H%M%Sz}"
    found = False
    more = []
    with connected() as (cursor, _), duckdb.connect() as connection:
        database = f"database {cursor.connection.info.dbname}"
        for each in history.files:
            schema, name = quoted(places[each.table.name]), quoted(each.table.name)
            cursor.execute(f"create schema if not exists {schema}")
            there = columns_on_postgres(cursor, f"{schema}.{name}")
            if there:
                if not found:
                    cursor.execute(f"create schema {quoted(kept)}")
                found = True
                cursor.execute(f"alter table {schema}.{name} set schema {quoted(kept)}")
            count = copy_to_postgres(connection, each.source, cursor, f"{schema}.{name}")
            if count != each.rows:
                raise ValueError(f"{each.path} has {count} rows, not {each.rows}")
            if there and not discard and each.table.keeps != "nothing":
                number = count_more(
                    cursor, there, types_of(connection, each.source),
                    f"{quoted(kept)}.{name}", f"{schema}.{name}",
                )
                if number:
                    more.append(f"{places[each.table.name]}.{each.table.name}: {number}")
        if more:
            # Nothing of it is committed.
            raise HoldsMore(database, more)
    return database, f"schema {kept}" if found else None


def count_more(
    cursor: Any, there: dict[str, str], brought: dict[str, str], before: str, now: str
) -> int:
    """Count the rows of a former table that the new one has not.

    there, brought: columns of the former one and of the new one
    """
    wanted = ", ".join(map(quoted, there))
    # A column that the history does not have was added later.
    read = ", ".join(
        quoted(name) if name in brought else f"cast(null as {data_type}) as {quoted(name)}"
        for name, data_type in there.items()
    )
    cursor.execute(
        f"select count(*) from (select {wanted} from {before}"
        f" except all select {read} from {now}) as lost"
    )
    return cursor.fetchone()[0]


def read_from_postgres(tables: tuple[HistoryTable, ...], file: Path) -> str:
    """Copy the tables of the history into a new DuckDB file; give its as-of date.

    errors: NotReached, ValueError
    """
    with connected() as (cursor, _), duckdb.connect(str(file)) as connection:
        for table in tables:
            connection.execute(f"create schema if not exists {quoted(table.schema)}")
            copy_to_duckdb(cursor, table.relation, connection, table.relation)
        return last_run(connection, tables)
