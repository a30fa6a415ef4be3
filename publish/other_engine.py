"""What the histories of PostgreSQL and Spark have in common."""

from __future__ import annotations

import duckdb

from publication import HistoryTable

# The record of runs: its last date is that of the history.
RUNS = "recorded_runs_snapshot"


class NotReached(Exception):
    """The database of the target can't be read; the text says why."""


class HoldsMore(Exception):
    """The database holds history that would be lost."""

    def __init__(self, database: str, tables: list[str]) -> None:
        """Name the database, and each table with the number of rows."""
        super().__init__(database)
        self.database = database
        self.tables = tables


def last_run(connection: duckdb.DuckDBPyConnection, tables: tuple[HistoryTable, ...]) -> str:
    """Give the as-of date of a history that was copied to DuckDB.

    errors: NotReached where no run is on record
    """
    runs = next(table for table in tables if table.name == RUNS)
    [day] = connection.execute(
        f"select cast(cast(max(dbt_valid_from) as date) as text) from {runs.relation}"
    ).fetchone()
    if day is None:
        raise NotReached("no run is on record in this database: there is nothing to move")
    return day
