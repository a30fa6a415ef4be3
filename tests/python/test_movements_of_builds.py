"""Drivers and causes of the demo and of a retailer's history, recomputed for a sample.

Rules and metrics are read out of the build; what follows from them is worked out by the
oracle, the places among all other clients by counting them.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from built_rules import read_clients, read_overrides, read_versions, reader
from demo_project import AS_OF, DemoProject, built_demo  # noqa: F401
from integration_builds import online_retail_build  # noqa: F401
from oracle import months_before
from oracle_causes import cause_rows
from oracle_drivers import DRIVER_KEY, driver_rows
from oracle_histories import histories, judge_some
from oracle_tables import CLIENT_MONTH, Expected, Row, unequal


def test_the_demo_agrees_with_the_oracle(built_demo: DemoProject) -> None:  # noqa: F811
    """Every tenth client, and all that a decision by hand is about."""
    rows = compare(built_demo.build_file, date.fromisoformat(AS_OF), every=10)
    assert {row["driver"] for row in rows["fct_movement_drivers"]} == {
        "metric", "missing_data", "population", "band", "weight", "gate", "override",
    }
    assert {row["cause"] for row in rows["fct_movement_causes"]} >= {
        "metric", "missing_data", "population", "several", "override", "requirements",
        "entry", "exit",
    }


def test_the_retailer_agrees_with_the_oracle(online_retail_build: Path) -> None:  # noqa: F811
    """Some of nearly six thousand customers; version 2 places them among all."""
    with duckdb.connect(str(online_retail_build), read_only=True) as connection:
        [(last,)] = connection.execute(
            "select max(period_start) from client_profiles.fct_client_profiles"
        ).fetchall()
    rows = compare(online_retail_build, months_before(last, -1), every=250)
    assert {row["driver"] for row in rows["fct_movement_drivers"]} >= {
        "metric", "population", "band", "weight", "gate",
    }


def compare(build_file: Path, first_open_period: date, every: int) -> dict[str, list[Row]]:
    """Fail where a sample of clients is not as the oracle says; give their rows.

    first_open_period: the first that is not complete; every: one of so many clients
    """
    with duckdb.connect(str(build_file), read_only=True) as connection:
        read = reader(connection.cursor())
        clients, overrides = read_clients(read), read_overrides(read)
        names = sorted(
            {*sorted({client for client, _ in clients.metrics})[::every]}
            | {override.client for override in overrides}
        )
        verdicts = judge_some(read_versions(read), clients, names, first_open_period)
        found = histories(verdicts, overrides, (first_open_period,))
        ranks = {row["profile"]: row["rank"] for row in read("stg_profiles")}
        expected = {
            "fct_movement_drivers": Expected(DRIVER_KEY, driver_rows(found, clients)),
            "fct_movement_causes": Expected(
                CLIENT_MONTH, cause_rows(found, clients, ranks)
            ),
        }
        rows = {
            table: [row for row in read(table) if row["client_id"] in names]
            for table in expected
        }
    for table in expected:
        assert list(map(str, unequal(table, expected[table], rows[table]))) == []
        assert len(rows[table]) > 100
    return rows
