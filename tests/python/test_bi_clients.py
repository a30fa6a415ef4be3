"""The publication read with what people read it with: SQLAlchemy, polars, pandas.

Superset, for one, opens DuckDB files with SQLAlchemy and duckdb-engine, a new
connection for every query. Expected values come from DuckDB itself.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas
import polars
import pytest
import sqlalchemy
from sqlalchemy.pool import NullPool

import publish
from demo_project import DemoProject, built_demo  # noqa: F401
from publication import Publication
from published_demo import RUN, publication, published_file, said  # noqa: F401
from warehouse_dump import MARTS

PROFILE_SIZES = f"""
    select period_start, profile, count(*) as clients, sum(score) as score
    from {MARTS}.fct_client_profiles
    where scorecard = 'relationship' and score is not null
    group by period_start, profile
    order by period_start, profile
"""


def ask(file: Path, statement: str) -> list[tuple]:
    """Ask DuckDB itself."""
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(statement).fetchall()


def engine_of(file: Path) -> sqlalchemy.Engine:
    """Open a file as Superset does: to read it only, and anew for each query."""
    return sqlalchemy.create_engine(
        f"duckdb:///{file}", connect_args={"read_only": True}, poolclass=NullPool
    )


@pytest.fixture
def engine(published_file: Path) -> Iterator[sqlalchemy.Engine]:  # noqa: F811
    """Give SQLAlchemy's way into the publication."""
    engine = engine_of(published_file)
    yield engine
    engine.dispose()


def parquet_file(published: Path, table: str) -> Path:
    """Give the Parquet file of a published table."""
    return published.with_name("parquet") / "current" / MARTS / f"{table}.parquet"


# -- SQLAlchemy -------------------------------------------------------------------


def test_sqlalchemy_lists_tables_and_columns_with_their_descriptions(
    engine: sqlalchemy.Engine, publication: Publication  # noqa: F811
) -> None:
    """What a BI tool shows to whoever chooses a table."""
    found = sqlalchemy.inspect(engine)
    # duckdb-engine names a schema with its database.
    [database] = {name.rpartition(".")[0] for name in found.get_schema_names() if MARTS in name}
    for schema in {table.schema for table in publication.tables}:
        expected = {table.name: table for table in publication.tables if table.schema == schema}
        extra = {"publication", "publication_tables"} if schema == MARTS else set()
        assert set(found.get_table_names(f"{database}.{schema}")) == {*expected, *extra}
        for name, table in expected.items():
            columns = {
                column["name"]: column["comment"]
                for column in found.get_columns(name, f"{database}.{schema}")
            }
            # dbt's own columns of a snapshot are described by dbt.
            for column in table.columns:
                assert columns[column.name] == column.description != "", (name, column.name)


def test_sqlalchemy_reads_what_was_built(
    engine: sqlalchemy.Engine, published_file: Path  # noqa: F811
) -> None:
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(sqlalchemy.text(PROFILE_SIZES))]
    assert rows == ask(published_file, PROFILE_SIZES) and len(rows) > 50
    period, _, clients, score = rows[0]
    assert [type(value) for value in (period, clients, score)] == [datetime.date, int, Decimal]


def test_sqlalchemy_can_not_change_it(engine: sqlalchemy.Engine) -> None:
    with engine.connect() as connection:
        with pytest.raises(sqlalchemy.exc.DBAPIError, match="read-only mode"):
            connection.execute(sqlalchemy.text(f"delete from {MARTS}.client_profiles"))


def test_sqlalchemy_sees_the_next_publication(
    built_demo: DemoProject, publication: Publication, tmp_path: Path  # noqa: F811
) -> None:
    """Also while it still reads the last one, once that is closed."""
    target = tmp_path / "published.duckdb"
    question = sqlalchemy.text(f"select run_id from {MARTS}.publication")
    publish.copy(built_demo.build_file, target, publication)
    engine = engine_of(target)
    with engine.connect() as connection:
        assert connection.execute(question).scalar_one() == RUN
        publish.copy(built_demo.build_file, target, replace(publication, run_id="next-run"))
        assert connection.execute(question).scalar_one() == RUN
    with engine.connect() as connection:
        assert connection.execute(question).scalar_one() == "next-run"


# -- Parquet ----------------------------------------------------------------------


def test_polars_reads_what_was_built(published_file: Path) -> None:  # noqa: F811
    """Lazily, as for files that are larger than the memory; dates and decimals stay so."""
    table = polars.scan_parquet(parquet_file(published_file, "fct_client_profiles"))
    schema = table.collect_schema()
    assert schema["period_start"] == polars.Date and schema["score"] == polars.Decimal(7, 4)
    sizes = (
        table.filter(
            polars.col("scorecard") == "relationship", polars.col("score").is_not_null()
        )
        .group_by("period_start", "profile")
        .agg(polars.len().alias("clients"), polars.col("score").sum())
        .sort("period_start", "profile")
        .collect()
    )
    assert sizes.rows() == ask(published_file, PROFILE_SIZES)


def test_pandas_reads_what_was_built(published_file: Path) -> None:  # noqa: F811
    table = pandas.read_parquet(parquet_file(published_file, "fct_client_profiles"))
    relationship = table[(table["scorecard"] == "relationship") & table["score"].notna()]
    sizes = relationship.groupby(["period_start", "profile"])["score"].agg(["count", "sum"])
    expected = ask(published_file, PROFILE_SIZES)
    assert [(*group, *values) for group, values in zip(sizes.index, sizes.values)] == expected


def test_every_parquet_file_reads_the_same_in_polars(
    publication: Publication, published_file: Path  # noqa: F811
) -> None:
    """Every row of every table, as polars sees it and as DuckDB does."""
    folder = published_file.with_name("parquet") / "current"
    with duckdb.connect(str(published_file), read_only=True) as connection:
        for table in publication.tables:
            rows = polars.read_parquet(folder / table.schema / f"{table.name}.parquet")
            connection.register("seen", rows.to_arrow())
            assert connection.execute(
                f"select count(*) from ((from seen except all from {table.relation})"
                f" union all (from {table.relation} except all from seen))"
            ).fetchone() == (0,), table.name
            connection.unregister("seen")
