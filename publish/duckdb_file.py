"""Copies what people read into a DuckDB file that takes the place of the last one.

Readers have either the old file or the new one: a file that is open stays what it was.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb

from publication import SCHEMA, Publication, Table, literal, quoted


@contextmanager
def new_file(
    build_file: Path, target: Path, publication: Publication
) -> Iterator[tuple[Path, Publication]]:
    """Copy the tables of a build into a new file beside `target`; remove it at the end.

    gives: the file, and the publication with the number of rows of each table
    errors: duckdb.Error, OSError
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    # What runs left behind that were ended in between.
    for leftover in target.parent.glob(f".{target.name}.*"):
        leftover.unlink()
    new = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        counts = write(build_file, new, publication)
        # Readers open it read-only; whoever forgets is refused, and locks nobody out.
        new.chmod(0o444)
        yield new, replace(publication, row_counts=counts)
    finally:
        for leftover in (new, new.with_name(f"{new.name}.wal")):
            leftover.unlink(missing_ok=True)


def write(build_file: Path, new: Path, publication: Publication) -> dict[str, int]:
    """Write the new file; give the number of rows of each table."""
    with duckdb.connect(str(new)) as connection:
        connection.execute(f"attach {literal(str(build_file))} as build (read_only)")
        connection.execute("begin")
        counts = {
            f"{table.schema}.{table.name}": copy(connection, table)
            for table in publication.tables
        }
        describe_run(connection, replace(publication, row_counts=counts))
        connection.execute("commit")
        connection.execute("detach build")
        # Nothing may be left in a write-ahead log: the file goes without it.
        connection.execute("checkpoint")
    return counts


def copy(connection: duckdb.DuckDBPyConnection, table: Table) -> int:
    """Copy a table and what is said of it; give the number of rows."""
    connection.execute(f"create schema if not exists {quoted(table.schema)}")
    [count] = connection.execute(
        f"create table {table.relation} as select * from build.{table.relation}"
    ).fetchone()
    connection.execute(f"comment on table {table.relation} is {literal(table.description)}")
    for column in table.columns:
        connection.execute(
            f"comment on column {table.relation}.{quoted(column.name)}"
            f" is {literal(column.description)}"
        )
    return count


def describe_run(connection: duckdb.DuckDBPyConnection, publication: Publication) -> None:
    """Say which run made the file: one row in `publication`, one per table beside it."""
    connection.execute(f"create schema if not exists {quoted(SCHEMA)}")
    connection.execute(
        f"create table {quoted(SCHEMA)}.publication as select"
        " cast($1 as text) as run_id, cast($2 as text) as git_revision,"
        " cast($3 as text) as rules_fingerprint, cast($4 as bigint) as row_count,"
        " cast($5 as date) as as_of, cast($6 as timestamp) as published_at_utc",
        [
            publication.run_id, publication.git_revision, publication.rules_fingerprint,
            publication.row_count, publication.as_of, publication.published_at,
        ],
    )
    connection.execute(
        f"create table {quoted(SCHEMA)}.publication_tables"
        " (table_name text primary key, row_count bigint not null)"
    )
    connection.executemany(
        f"insert into {quoted(SCHEMA)}.publication_tables values ($1, $2)",
        list(publication.row_counts.items()),
    )
