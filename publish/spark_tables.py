"""Copies tables between Spark and Parquet files that DuckDB wrote or reads, with the same types.

The files go through the folder of the tables (CLIENT_PROFILES_SPARK_FOLDER), which this
machine and the workers of the cluster reach.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import duckdb

from database_lock import credentials_of_dbt
from other_engine import NotReached
from parquet_file import types_of
from publication import literal, quoted

# DuckDB's names of types, and Spark's; decimals are written alike. Spark has one type of
# timestamp here, whose session is in UTC: the first name is the one that it goes back to.
TYPES = {
    "VARCHAR": "string",
    "BOOLEAN": "boolean",
    "SMALLINT": "smallint",
    "INTEGER": "int",
    "BIGINT": "bigint",
    "DOUBLE": "double",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamp",
}
DECIMAL = re.compile(r"decimal\(\d+,\d+\)", re.IGNORECASE)


def open_session() -> Any:
    """Give a Spark session with the settings that dbt gives its own.

    errors: NotReached, and those of Spark
    """
    credentials = credentials_of_dbt(None)
    if credentials is None or credentials.type != "spark":
        raise NotReached("profiles.yml has no target on Spark; dbt debug says more")
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise NotReached("PySpark is not installed: make install TARGET=spark") from error

    builder = SparkSession.builder.enableHiveSupport()
    for name, value in credentials.server_side_parameters.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    # What does not fit is an error, and not null.
    spark.conf.set("spark.sql.ansi.enabled", "true")
    return spark


@contextmanager
def session() -> Iterator[Any]:
    """Give such a session, and end it.

    errors: NotReached
    """
    try:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException
    except ImportError as error:
        raise NotReached("PySpark is not installed: make install TARGET=spark") from error
    spark = None
    try:
        spark = open_session()
        yield spark
    except (PySparkException, Py4JError) as error:
        raise NotReached(f"Spark says: {str(error).strip()}") from error
    finally:
        if spark is not None:
            spark.stop()


@contextmanager
def shared_folder(spark: Any) -> Iterator[Path]:
    """Make a folder beside the tables, for files that all machines read; then remove it.

    errors: NotReached where the tables are on no file system of this machine
    """
    place = urlsplit(spark.conf.get("spark.sql.warehouse.dir"))
    if place.scheme not in ("", "file"):
        raise NotReached(
            f"the tables are in {place.geturl()}, which this machine does not reach as a folder"
        )
    tables = Path(unquote(place.path)).resolve()
    tables.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".moving_", dir=tables.parent))
    # Workers may run as somebody else.
    folder.chmod(0o777)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def named(name: str) -> str:
    """Quote a name for Spark."""
    return "`" + name.replace("`", "``") + "`"


def columns_on_spark(spark: Any, relation: str) -> dict[str, str]:
    """Give the columns of a table with their types; none where it is not there."""
    return dict(spark.table(relation).dtypes) if spark.catalog.tableExists(relation) else {}


def type_on_spark(name: str, data_type: str) -> str:
    """Translate a type of DuckDB.

    name: of the column, for the error: ValueError where there is no such type
    """
    found = data_type.lower() if DECIMAL.fullmatch(data_type) else TYPES.get(data_type)
    if found is None:
        raise ValueError(f"column {name} is {data_type}, which Spark has not")
    return found


def type_on_duckdb(name: str, data_type: str) -> str:
    """Translate a type of Spark, likewise."""
    names = {theirs: ours for ours, theirs in reversed(TYPES.items())}
    found = data_type.upper() if DECIMAL.fullmatch(data_type) else names.get(data_type)
    if found is None:
        raise ValueError(f"column {name} is {data_type}, which DuckDB has not")
    return found


def typed_columns(types: dict[str, str]) -> str:
    """Give a list for `select` that reads columns of a file of DuckDB with Spark's types.

    types: DuckDB's, by name; Spark takes a time without a zone for another type
    """
    return ", ".join(
        f"cast({named(name)} as {type_on_spark(name, data_type)}) as {named(name)}"
        for name, data_type in types.items()
    )


def rows_for_spark(
    spark: Any, connection: duckdb.DuckDBPyConnection, source: str, file: Path
) -> Any:
    """Give what DuckDB reads as a data frame, through a file.

    source: SQL to select from; file: a path in the shared folder, where nothing is
    """
    columns = typed_columns(types_of(connection, source))
    connection.execute(
        f"copy (select * from {source}) to {literal(str(file))} (format parquet)"
    )
    return spark.sql(f"select {columns} from parquet.{named(file.as_uri())}")


def copy_to_duckdb(
    spark: Any, source: str, connection: duckdb.DuckDBPyConnection, relation: str, folder: Path
) -> int:
    """Make a table on DuckDB of one on Spark; give the number of rows.

    source, relation: schema and name as SQL; folder: a path in the shared folder, where
      nothing is
    """
    types = columns_on_spark(spark, source)
    if not types:
        raise ValueError(f"{source} is not there")
    spark.table(source).write.parquet(folder.as_uri())
    copied = spark.table(source).count()
    connection.execute("set TimeZone = 'UTC'")
    columns = ", ".join(
        f"cast({quoted(name)} as {type_on_duckdb(f'{source}.{name}', data_type)})"
        f" as {quoted(name)}"
        for name, data_type in types.items()
    )
    [count] = connection.execute(
        f"create table {relation} as select {columns}"
        f" from read_parquet({literal(str(folder / '*.parquet'))})"
    ).fetchone()
    if count != copied:
        raise ValueError(f"{source} has {copied} rows, but {count} arrived")
    return count
