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
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dbt_runner import run_dbt
from jinja_models import JinjaModels
from oracle import Condition, Criterion, Judgement, Verdict, Version
from project_files import ROOT, install_packages
from random_rules import (
    METRICS,
    World,
    metric_table,
    random_world,
    reduced,
    seed_tables,
    text,
    write_csv,
)

EFFORT = int(os.environ.get("CLIENT_PROFILES_ORACLE_EFFORT", "1"))
# What one failure shows: the first differences, and the world of the first.
SHOWN = 5

Row = dict[str, Any]


# -- the two ways -----------------------------------------------------------------


@settings(
    max_examples=150 * EFFORT,
    derandomize=True,
    database=None,
    deadline=None,
    # Hypothesis would need minutes to shrink what it does not know the meaning of.
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(st.randoms(use_true_random=False, note_method_calls=False))
def test_small_worlds_agree_with_the_oracle(random: Random) -> None:
    """Small worlds agree, through the models rendered in memory."""
    world = random_world(random, scorecards=3, clients=8, periods=6)
    assert_agreement(world, *run_in_memory(world))


@functools.cache
def in_memory() -> JinjaModels:
    """Give the renderer, whose compiled templates all examples share."""
    return JinjaModels()


def run_in_memory(world: World) -> tuple[list[Row], list[Row]]:
    """Give the rows of int_profile_candidates and of fct_criterion_scores."""
    models = in_memory()
    models.load(seed_tables(world), metric_table(world), world.as_of)
    return models.run("int_profile_candidates"), models.run("fct_criterion_scores")


@pytest.mark.parametrize("seed", range(EFFORT))
def test_a_dbt_build_agrees_with_the_oracle(seed: int, tmp_path: Path) -> None:
    """A large world agrees, through dbt and with the rules as seeds."""
    world = random_world(Random(seed), scorecards=25, clients=60, periods=8)
    assert_agreement(world, *build(world, tmp_path))


def build(world: World, project: Path) -> tuple[list[Row], list[Row]]:
    """Write a dbt project with a world's rules and metrics, then build and test it.

    Returns the rows of int_profile_candidates and of fct_criterion_scores.
    """
    write_project(world, project)
    result = run_dbt(project, ["--warn-error", "build"])
    assert result.exit_code == 0, result.output
    with duckdb.connect(str(project / "build.duckdb"), read_only=True) as connection:
        return (
            read(connection, "client_profiles_intermediate.int_profile_candidates"),
            read(connection, "client_profiles.fct_criterion_scores"),
        )


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
    for name, table in seed_tables(world).items():
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
        f"vars: {{as_of: '{world.as_of}'}}\n"
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


# -- comparing --------------------------------------------------------------------


def assert_agreement(
    world: World, candidates: list[Row], criterion_scores: list[Row]
) -> None:
    """Fail where the project's rows differ from the oracle, and show how.

    What is shown is as small a part of the world as differs too when it is run in
    memory, or all that the first difference rests on where none does.
    """
    found = list(differences(world, candidates, criterion_scores))
    if found:
        small = reduced(world, lambda each: any(differences(each, *run_in_memory(each))))
        shown = list(differences(small, *run_in_memory(small)))
        shown, small = (shown, small) if shown else (found, world)
        lines = [
            f"{len(found)} differences between the project and the oracle, for example:",
            *(f"  {place(key)}: {difference}" for key, difference in shown[:SHOWN]),
            "",
            *describe(small, shown[0][0]),
        ]
        pytest.fail("\n".join(lines), pytrace=False)


def differences(
    world: World, candidates: list[Row], criterion_scores: list[Row]
) -> Iterator[tuple[tuple, str]]:
    """Give every difference as the key of the verdict and a sentence."""
    verdicts = world.verdicts
    by_key = keyed(candidates, "scorecard", "client_id", "period_start")
    by_criterion = keyed(
        criterion_scores, "scorecard", "client_id", "period_start", "criterion"
    )
    if len(by_key) < len(candidates) or len(by_criterion) < len(criterion_scores):
        yield min(by_key), "the project has several rows, for this or another key"
    for key in sorted(verdicts.keys() ^ by_key.keys()):
        yield key, "only the " + ("oracle" if key in verdicts else "project") + " has it"
    expected_criteria = {
        (*key, name) for key, verdict in verdicts.items() for name in verdict.judgements
    }
    for key in sorted(expected_criteria ^ by_criterion.keys()):
        who = "oracle" if key in expected_criteria else "project"
        yield key[:3], f"only the {who} judges {key[3]}"
    for key in sorted(verdicts.keys() & by_key.keys()):
        verdict = verdicts[key]
        yield from unequal(key, "", by_key[key], expected_row(verdict))
        for name, judgement in verdict.judgements.items():
            if (*key, name) in by_criterion:
                row = by_criterion[(*key, name)]
                expected = expected_criterion_row(verdict, judgement)
                yield from unequal(key, f"{name}: ", row, expected)


def keyed(rows: list[Row], *columns: str) -> dict[tuple, Row]:
    """Give the rows by their key."""
    return {tuple(row[column] for column in columns): row for row in rows}


def unequal(key: tuple, about: str, row: Row, expected: Row) -> Iterator[tuple]:
    """Give the columns in which a row is not as expected."""
    for column, value in expected.items():
        if row[column] != value:
            yield key, f"{about}{column} is {row[column]}, the oracle says {value}"


def expected_row(verdict: Verdict) -> Row:
    """Give the columns of int_profile_candidates that a verdict decides."""
    return {
        "version": verdict.version,
        "ineligibility_reason": verdict.ineligibility_reason,
        "coverage": verdict.coverage,
        "score": verdict.score,
        "rule": verdict.rule,
        "computed_profile": verdict.profile,
    }


def expected_criterion_row(verdict: Verdict, judgement: Judgement) -> Row:
    """Give the columns of fct_criterion_scores that a judgement decides."""
    expected = {
        "version": verdict.version,
        "metric_value": judgement.metric_value,
        "value_age_months": judgement.age,
        "is_missing": judgement.metric_value is None,
        "judged_value": judgement.judged_value,
        "band": judgement.band,
        "band_label": judgement.band,
        "contribution": judgement.contribution,
    }
    # What the points of a client without score are is nobody's business.
    if verdict.score is not None:
        expected["points"] = judgement.points
    return expected


# -- showing what failed ----------------------------------------------------------


def place(key: tuple[str, str, date]) -> str:
    """Name a verdict."""
    scorecard, client, period = key
    return f"{scorecard}, {client}, {period:%Y-%m}"


def describe(world: World, key: tuple[str, str, date]) -> Iterator[str]:
    """Give the rules and metrics that one verdict rests on, line by line."""
    scorecard, client, period = key
    verdict = world.verdicts.get(key)
    for version in world.versions:
        if version.scorecard == scorecard and (
            verdict is None or version.name == verdict.version
        ):
            yield from describe_version(version)
    yield f"Metrics, as of {world.as_of}:"
    for (other, month), values in sorted(world.metrics.items()):
        if other == client or month == period:
            known = ", ".join(f"{name}={text(value)}" for name, value in values.items())
            yield f"  {other} {month:%Y-%m}: {known}"


def describe_version(version: Version) -> Iterator[str]:
    """Give the rules of a version, line by line."""
    yield (
        f"{version.scorecard}, version {version.name}, from {version.effective_from} to "
        f"{version.effective_to}, tenure >= {version.minimum_tenure_months}, "
        f"coverage >= {version.minimum_coverage}"
    )
    for criterion in version.criteria:
        yield "  " + describe_criterion(criterion)
    for rule in sorted(version.rules, key=lambda rule: rule.priority):
        conditions = " and ".join(map(describe_condition, rule.conditions))
        yield f"  {rule.priority}. {rule.name} -> {rule.profile} if {conditions}"


def describe_condition(condition: Condition) -> str:
    """Give a condition as people write it."""
    words = [condition.subject, condition.subject_name]
    if condition.lower is not None:
        words.append(f">= {text(condition.lower)}")
    if condition.upper is not None:
        words.append(f"< {text(condition.upper)}")
    return " ".join(word for word in words if word)


def describe_criterion(criterion: Criterion) -> str:
    """Give a criterion with its bands, in one line."""
    bands = ", ".join(
        f"{band.name} [{text(band.lower)}..{text(band.upper)}) {band.points}"
        for band in criterion.bands
    )
    return (
        f"{criterion.name}: {criterion.weight} x {criterion.metric} "
        f"({criterion.normalization}, {criterion.missing_value_policy}, up to "
        f"{criterion.maximum_age_months} months old): {bands}"
    )
