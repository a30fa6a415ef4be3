"""The compiled SQL gives what the oracle gives, for rules and clients made by chance.

Two ways, each with its own strength:

- many small worlds through the project's models on a DuckDB in memory: thousands of
  edges in seconds;
- a large world through dbt itself, in a project of its own that installs this one
  and brings the rules as seeds.

They are the same at every run; CLIENT_PROFILES_ORACLE_EFFORT=10 tries ten times as
many. What fails is reduced to a few lines of rules and metrics.
"""

from __future__ import annotations

import functools
import os
import shutil
from dataclasses import replace
from pathlib import Path
from random import Random

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dbt_runner import run_dbt
from jinja_models import JinjaModels
from oracle_tables import Row, differences
from project_files import ROOT, install_packages
from random_rules import METRICS, World, random_world, reduced
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
def test_a_dbt_build_agrees_with_the_oracle(seed: int, tmp_path: Path) -> None:
    """A large world agrees, through dbt and with the rules as seeds."""
    world = random_world(Random(seed), scorecards=25, clients=60, periods=8)
    world = replace(world, days=world.days[-1:])
    assert_agreement(world, build(world, tmp_path))


def build(world: World, project: Path) -> dict[str, list[Row]]:
    """Write a dbt project with a world's rules and metrics, then build and test it.

    Returns the rows of the compared tables.
    """
    write_project(world, project)
    result = run_dbt(project, ["--warn-error", "build"])
    assert result.exit_code == 0, result.output
    with duckdb.connect(str(project / "build.duckdb"), read_only=True) as connection:
        return {
            table: read(connection, f"{schema}.{table}")
            for table, schema in TABLES.items()
        }


def read(connection: duckdb.DuckDBPyConnection, table: str) -> list[Row]:
    """Give all rows of a table, by column."""
    cursor = connection.execute(f"select * from {table}")
    columns = [column[0] for column in cursor.description]
    return [dict(zip(columns, row)) for row in cursor.fetchall()]


def write_project(world: World, project: Path) -> None:
    """Write a dbt project that installs this one, as an adopter would."""
    seeds = project / "seeds" / "scorecards"
    seeds.mkdir(parents=True)
    shutil.copy(ROOT / "seeds" / "scorecards" / "_scorecards__seeds.yml", seeds)
    for name, table in seed_tables(world, world.days[-1]).items():
        write_csv(seeds / f"{name}.csv", table)
    write_csv(project / "metrics.csv", metric_table(world))
    models = project / "models"
    models.mkdir()
    types = {"client_id": "varchar", "period_start": "date", "tenure_months": "integer"}
    columns = {
        column: types.get(column, "decimal(28, 6)")
        for column in ("client_id", "period_start", *METRICS)
    }
    (models / "int_client_metrics.sql").write_text(
        "{{ config(materialized='table') }}\n"
        f"select * from read_csv('{project / 'metrics.csv'}', columns = {columns})\n"
    )
    (models / "stg_clients.sql").write_text(
        "select distinct client_id, client_id as client_name,\n"
        "    cast(null as text) as acquisition_channel,\n"
        "    cast(null as text) as region, cast(null as text) as category\n"
        "from {{ ref('int_client_metrics') }}\n"
    )
    (project / "dbt_project.yml").write_text(
        "name: made_by_chance\n"
        "profile: made_by_chance\n"
        "flags: {require_ref_searches_node_package_before_root: true}\n"
        f"vars: {{as_of: '{world.days[-1]}', check_against_reference: true}}\n"
        "seeds: {made_by_chance: {+schema: rules}}\n"
    )
    (project / "profiles.yml").write_text(
        "made_by_chance:\n"
        "  target: duckdb\n"
        "  outputs:\n"
        "    duckdb: {type: duckdb, path: build.duckdb, schema: client_profiles,\n"
        "             threads: 2}\n"
    )
    install_packages(project, local={"client_profiles": ROOT})


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
