"""How types are translated between DuckDB and Spark; it needs no Spark."""

from __future__ import annotations

import pytest

from spark_tables import TYPES, named, type_on_duckdb, type_on_spark


@pytest.mark.parametrize("data_type", [*TYPES, "DECIMAL(18,6)", "DECIMAL(7,4)"])
def test_a_type_goes_there_and_back(data_type: str) -> None:
    """A time of a zone becomes one without: Spark's session is in UTC."""
    back = type_on_duckdb("column", type_on_spark("column", data_type))
    assert back == ("TIMESTAMP" if data_type.startswith("TIMESTAMP") else data_type)


def test_a_type_that_would_not_come_back_is_named() -> None:
    with pytest.raises(ValueError, match=r"column list is INTEGER\[\], which Spark has not"):
        type_on_spark("list", "INTEGER[]")
    with pytest.raises(ValueError, match="column map is map<string,int>, which DuckDB has not"):
        type_on_duckdb("map", "map<string,int>")


def test_a_name_is_only_a_name() -> None:
    assert named("a`; drop table b; --") == "`a``; drop table b; --`"
