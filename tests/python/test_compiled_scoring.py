"""The compiled SQL gives what the oracle gives, for rules and clients made by chance.

Two ways, each with its own strength:

- many small worlds through the project's models on a DuckDB in memory, in one run or
  several: thousands of edges in a minute;
- a large world through dbt itself, on DuckDB and on PostgreSQL, in a project of its own
  that installs this one and brings the rules as seeds.

They are the same at every run; CLIENT_PROFILES_ORACLE_EFFORT=10 tries ten times as
many. What fails is reduced to a few lines of rules and metrics.
"""

from __future__ import annotations

import functools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dbt_runner import run_dbt
from jinja_models import JinjaModels
from oracle import months_before
from oracle_tables import Row, differences
from project_files import ROOT, install_packages
from random_rules import METRICS, World, random_world, reduced
from warehouse_dump import connect_postgres
from world_report import report
from world_tables import metric_table, seed_tables, write_csv

EFFORT = int(os.environ.get("CLIENT_PROFILES_ORACLE_EFFORT", "1"))

# The tables that are compared, and the schemas that dbt builds them in.
TABLES = {
    "int_profile_candidates": "client_profiles_intermediate",
    "int_profile_assignments": "client_profiles_intermediate",
    "int_candidate_version_profiles": "client_profiles_intermediate",
    "int_population_effects": "client_profiles_intermediate",
    "fct_criterion_scores": "client_profiles",
    "rpt_confirmation_replay": "client_profiles",
    "rpt_population_effect": "client_profiles",
}


@settings(
    max_examples=100 * EFFORT,
    derandomize=True,
    database=None,
    deadline=None,
    # Smaller seeds make no smaller worlds.
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(st.integers(min_value=0, max_value=2**32))
def test_small_worlds_agree_with_the_oracle(seed: int) -> None:
    """Small worlds agree, through the models rendered in memory."""
    world = random_world(Random(seed), scorecards=3, clients=8, periods=6)
    assert_agreement(world, run_in_memory(world))


@functools.cache
def in_memory() -> JinjaModels:
    """Give the renderer, whose compiled templates all examples share."""
    return JinjaModels()


def run_in_memory(world: World) -> dict[str, list[Row]]:
    """Give the rows of the compared tables, after one run for each day of the world."""
    models = in_memory()
    models.load(metric_table(world))
    for day in world.days:
        models.look_from(day, seed_tables(world, day))
        models.run("int_profile_assignments")
    return {table: models.run(table) for table in TABLES}


@pytest.mark.parametrize("seed", range(EFFORT))
@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_dbt_builds_agree_with_the_oracle(
    engine: str, seed: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """A large world agrees after two runs of dbt, on both engines."""
    environment = (
        request.getfixturevalue("postgres_database") if engine == "postgres" else {}
    )
    world = random_world(Random(seed), scorecards=15, clients=40, periods=8)
    last = world.days[-1]
    world = replace(world, days=(months_before(last, 3), last))
    build(world, tmp_path, environment)
    with connect(tmp_path, environment) as cursor:
        tables = {
            table: read(cursor, f"{schema}.{table}") for table, schema in TABLES.items()
        }
    assert_agreement(world, tables)


def build(world: World, project: Path, environment: dict[str, str]) -> None:
    """Build a dbt project with a world's rules and metrics, once for each of its days.

    Tests run on the last day only.
    """
    write_project(world, project)
    for day in world.days:
        for name, table in seed_tables(world, day).items():
            write_csv(project / "seeds" / "scorecards" / f"{name}.csv", table)
        without_tests = ["--exclude-resource-type", "test"] if day != world.days[-1] else []
        arguments = ["--warn-error", "build", "--vars", f"{{as_of: {day}}}", *without_tests]
        result = run_dbt(project, arguments, env=environment)
        assert result.exit_code == 0, result.output


def write_project(world: World, project: Path) -> None:
    """Write a dbt project that installs this one, as an adopter would."""
    seeds = project / "seeds" / "scorecards"
    seeds.mkdir(parents=True)
    shutil.copy(ROOT / "seeds" / "scorecards" / "_scorecards__seeds.yml", seeds)
    write_csv(project / "seeds" / "known_metrics.csv", metric_table(world))
    models = project / "models"
    models.mkdir()
    (models / "int_client_metrics.sql").write_text(
        "{{ config(materialized='table') }}\n"
        "select * from {{ ref('known_metrics') }}\n"
    )
    (models / "stg_clients.sql").write_text(
        "select distinct client_id, client_id as client_name,\n"
        "    cast(null as text) as acquisition_channel,\n"
        "    cast(null as text) as region, cast(null as text) as category\n"
        "from {{ ref('int_client_metrics') }}\n"
    )
    types = {
        "client_id": "text", "period_start": "date",
        **dict.fromkeys(METRICS, "numeric(28, 6)"), "tenure_months": "integer",
    }
    settings = {
        "name": "made_by_chance",
        "profile": "client_profiles",
        "flags": {"require_ref_searches_node_package_before_root": True},
        # Half of the clients may be away at the end.
        "vars": {"check_against_reference": True, "snapshot_maximum_left_share": 1},
        "seeds": {
            "made_by_chance": {
                "scorecards": {"+schema": "rules"},
                "known_metrics": {"+column_types": types},
            }
        },
    }
    (project / "dbt_project.yml").write_text(yaml.safe_dump(settings))
    shutil.copy(ROOT / "profiles.yml", project)
    (project / "warehouse").mkdir()
    install_packages(project, local={"client_profiles": ROOT})


@contextmanager
def connect(project: Path, environment: dict[str, str]) -> Iterator[Any]:
    """Give a cursor of the database that was built."""
    if environment:
        with connect_postgres(environment) as cursor:
            yield cursor
    else:
        with duckdb.connect(str(project / "warehouse/build.duckdb")) as connection:
            yield connection.cursor()


def read(cursor: Any, table: str) -> list[Row]:
    """Give all rows of a table, by column."""
    cursor.execute(f"select * from {table}")
    columns = [column[0] for column in cursor.description]
    return [dict(zip(columns, row)) for row in cursor.fetchall()]


# -- comparing --------------------------------------------------------------------


def assert_agreement(world: World, tables: dict[str, list[Row]]) -> None:
    """Fail where the project's rows differ from the oracle, and show how.

    What is shown is as small a part of the world as differs too when it is run in
    memory, or all that the first difference rests on where none does.
    """
    found = list(differences(world, tables))
    if found:
        small = reduced(world, lambda each: any(differences(each, run_in_memory(each))))
        shown = list(differences(small, run_in_memory(small)))
        shown, small = (shown, small) if shown else (found, world)
        pytest.fail(report(small, shown, len(found)), pytrace=False)
