"""Copies tables between PostgreSQL and DuckDB: every digit, every sign, the same types.

Both write and read CSV, in which a text that is empty and no text at all differ. So a
table goes through a file, in a folder that only its owner may enter, and not through Python row by row.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from database_lock import connection_arguments, credentials_of_dbt
from other_engine import NotReached
from parquet_file import types_of
from publication import SCHEMA, literal, quoted

# PostgreSQL's names of types, and DuckDB's; decimals have their sizes behind.
TYPES = {
    "text": "VARCHAR",
    "boolean": "BOOLEAN",
    "smallint": "SMALLINT",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "double precision": "DOUBLE",
    "date": "DATE",
    "timestamp without time zone": "TIMESTAMP",
    "timestamp with time zone": "TIMESTAMP WITH TIME ZONE",
}
NUMERIC, DECIMAL = re.compile(r"numeric(\(\d+,\d+\))"), re.compile(r"DECIMAL(\(\d+,\d+\))")
# What stands for no value; a text that is the same is quoted.
NOTHING = "\\N"

COLUMNS = """
    select attname, format_type(atttypid, atttypmod)
    from pg_attribute
    where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped
    order by attnum
"""


@contextmanager
def connected(variables: str | None = None) -> Iterator[tuple[Any, str]]:
    """Connect to the database that dbt is sent to.

    gives: a cursor within one transaction, which is committed when nothing was raised;
      and the schema of the target
    errors: NotReached
    """
    import psycopg2

    credentials = credentials_of_dbt(variables)
    if credentials is None or credentials.type != "postgres":
        raise NotReached("profiles.yml has no target on PostgreSQL; dbt debug says more")
    try:
        connection = psycopg2.connect(**connection_arguments(credentials))
    except psycopg2.OperationalError as error:
        raise NotReached(f"PostgreSQL can't be reached: {str(error).strip()}") from error
    try:
        # What is read belongs together, though others write meanwhile.
        connection.set_session(isolation_level="REPEATABLE READ")
        with connection.cursor() as cursor:
            cursor.execute("set TimeZone = 'UTC'; set DateStyle = 'ISO'; set client_encoding = 'UTF8'")
            yield cursor, credentials.schema
        connection.commit()
    except psycopg2.Error as error:
        raise NotReached(f"PostgreSQL says: {str(error).strip()}") from error
    finally:
        # What was not committed is rolled back.
        connection.close()


@contextmanager
def private_file() -> Iterator[Path]:
    """Give the path of a file in a folder that only its owner may enter."""
    with tempfile.TemporaryDirectory(prefix="client_profiles_") as folder:
        yield Path(folder) / "table.csv"


def columns_on_postgres(cursor: Any, relation: str) -> dict[str, str]:
    """Give the columns of a table with their types; none where it is not there."""
    cursor.execute(COLUMNS, [relation])
    return dict(cursor.fetchall())


def type_on_duckdb(name: str, data_type: str) -> str:
    """Translate a type of PostgreSQL.

    name: of the column, for the error: ValueError where there is no such type
    """
    sized = NUMERIC.fullmatch(data_type)
    found = f"DECIMAL{sized[1]}" if sized else TYPES.get(data_type)
    if found is None:
        raise ValueError(f"column {name} is {data_type}, which is not exact; cast it in the model")
    return found


def type_on_postgres(name: str, data_type: str) -> str:
    """Translate a type of DuckDB, likewise."""
    sized = DECIMAL.fullmatch(data_type)
    names = {ours: theirs for theirs, ours in TYPES.items()}
    found = f"numeric{sized[1]}" if sized else names.get(data_type)
    if found is None:
        raise ValueError(f"column {name} is {data_type}, which PostgreSQL has not")
    return found


def copy_to_duckdb(
    cursor: Any, source: str, connection: duckdb.DuckDBPyConnection, relation: str
) -> int:
    """Make a table on DuckDB of one on PostgreSQL; give the number of rows.

    source, relation: schema and name as SQL
    """
    types = {
        name: type_on_duckdb(f"{source}.{name}", data_type)
        for name, data_type in columns_on_postgres(cursor, source).items()
    }
    if not types:
        raise ValueError(f"{source} is not there")
    texts = ", ".join(f"cast({quoted(name)} as text)" for name in types)
    columns = ", ".join(
        f"{literal(name)}: {literal(data_type)}" for name, data_type in types.items()
    )
    with private_file() as path:
        with path.open("wb") as file:
            cursor.copy_expert(
                f"copy (select {texts} from {source}) to stdout"
                f" with (format csv, null {literal(NOTHING)}, force_quote *)",
                file,
            )
        copied = cursor.rowcount
        [count] = connection.execute(
            f"create table {relation} as select * from read_csv({literal(str(path))},"
            f" columns = {{{columns}}}, auto_detect = false, header = false, delim = ',',"
            f" quote = '\"', escape = '\"', nullstr = {literal(NOTHING)},"
            " allow_quoted_nulls = false, parallel = false)"
        ).fetchone()
    if count != copied:
        raise ValueError(f"{source} has {copied} rows, but {count} arrived")
    return count


def copy_to_postgres(
    connection: duckdb.DuckDBPyConnection, source: str, cursor: Any, relation: str
) -> int:
    """Make a table on PostgreSQL of what DuckDB reads; give the number of rows.

    source: SQL to select from; relation: schema and name as SQL
    """
    types = types_of(connection, source)
    columns = ", ".join(
        f"{quoted(name)} {type_on_postgres(name, data_type)}"
        for name, data_type in types.items()
    )
    cursor.execute(f"create table {relation} ({columns})")
    texts = ", ".join(f"cast({quoted(name)} as text)" for name in types)
    with private_file() as path:
        # Quoted, or a line with \. alone would end the table.
        [count] = connection.execute(
            f"copy (select {texts} from {source}) to {literal(str(path))}"
            f" (format csv, header false, force_quote *, nullstr {literal(NOTHING)},"
            " quote '\"', escape '\"')"
        ).fetchone()
        with path.open("rb") as file:
            cursor.copy_expert(
                f"copy {relation} from stdin with (format csv, null {literal(NOTHING)})", file
            )
    if cursor.rowcount != count:
        raise ValueError(f"{source} has {count} rows, but {cursor.rowcount} arrived")
    return count


def copy_published_schema(file: Path) -> None:
    """Copy what was published on PostgreSQL into a new DuckDB file.

    It asks for nothing that the role of a reader may not do.
    errors: NotReached, also where nothing was published
    """
    with connected() as (cursor, schema), duckdb.connect(str(file)) as connection:
        published = f"{schema}_published"
        cursor.execute(
            "select relname from pg_class where relnamespace = to_regnamespace(%s)"
            " and relkind = 'r' order by relname",
            [quoted(published)],
        )
        names = [name for [name] in cursor.fetchall()]
        if not names:
            raise NotReached(f"schema {published} is not there: publish first, with make run")
        connection.execute(f"create schema {quoted(SCHEMA)}")
        for name in names:
            copy_to_duckdb(
                cursor, f"{quoted(published)}.{quoted(name)}",
                connection, f"{quoted(SCHEMA)}.{quoted(name)}",
            )
