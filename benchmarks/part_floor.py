"""Scoring and assignment through dbt, against copying the metrics and against other ways.

All through dbt in one made-up project, with the metrics in the same DuckDB file. What a
run with a model of one row costs (start, reading the project, connecting) is taken off
all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

import other_designs
from costs import Cost, in_turns, of_dbt
from made_up import SCHEMA, MadeUp, compiled

METRICS = "made_up.int_client_metrics"
# What the other ways give, too.
FIVE_COLUMNS = "client_id, period_start, score, coverage, computed_profile as profile"
SCORED = f"{SCHEMA}.int_profile_candidates"
# What the project does after the scoring, until everybody has a profile for readers.
STEPS = {
    "metrics kept (int_metric_history)": "int_metric_history",
    "scored and judged (int_profile_candidates)": "int_profile_candidates",
    "confirmed and decided (int_profile_assignments)": "int_profile_assignments",
    "table for readers (fct_client_profiles)": "fct_client_profiles",
}
SCHEMA_OF = {"fct_client_profiles": "client_profiles"}


def prepare(folder: Path, clients: int, periods: int) -> MadeUp:
    """Make a project with its metrics and everything up to the profiles."""
    project = MadeUp(folder, clients, periods)
    project.write()
    project.fill()
    of_dbt(folder, [
        "build", "--select", "+fct_client_profiles", "--exclude-resource-type", "test",
    ])
    scoring = compiled(project, "int_profile_candidates")
    compared = folder / "models" / "compared"
    compared.mkdir()
    for name, query in {
        "nothing": "select 1 as nothing",
        "copied": f"select * from {METRICS}",
        "result_copied": f"select * from {SCORED}",
        "five_columns": f"select {FIVE_COLUMNS} from ({scoring})",
        "by_hand": other_designs.one_pass(project, METRICS),
        "long_way": other_designs.long_way(project, METRICS),
    }.items():
        # Jinja must find nothing of its own in them.
        (compared / f"{name}.sql").write_text(
            "{{ config(materialized='table') }}\n" + query
        )
    return project


def run_model(project: MadeUp, model: str) -> Cost:
    """Build one model from nothing."""
    schema = SCHEMA_OF.get(model, SCHEMA)
    with duckdb.connect(str(project.database)) as connection:
        connection.execute(f"drop table if exists {schema}.{model}")
        connection.execute(f"drop table if exists client_profiles.{model}")
    return of_dbt(project.folder, ["run", "--select", model])


def differing_rows(project: MadeUp, table: str) -> int:
    """Count rows of a table that the project does not give, or the other way round."""
    own = f"select {FIVE_COLUMNS} from {SCORED}"
    other = f"select client_id, period_start, score, coverage, profile from {table}"
    with duckdb.connect(str(project.database), read_only=True) as connection:
        return connection.execute(
            f"select (select count(*) from ({own} except all {other}))"
            f" + (select count(*) from ({other} except all {own}))"
        ).fetchone()[0]


def measure(
    folder: Path, clients: int, periods: int, step_clients: int, rounds: int,
    say: Callable[[str], None],
) -> dict:
    """Measure everything of this part."""
    say(f"making {clients:,} clients x {periods} periods")
    project = prepare(folder / "floor", clients, periods)
    models = {
        "nothing": "nothing",
        "copy of the metrics": "copied",
        "this project, the five columns of the others": "five_columns",
        "this project, all that it keeps": "int_profile_candidates",
        "copy of all that it keeps": "result_copied",
        "one pass by hand": "by_hand",
        "the long way": "long_way",
    }
    costs = in_turns(
        {name: (lambda model=model: run_model(project, model)) for name, model in models.items()},
        rounds, say,
    )
    differing = {
        name: differing_rows(project, f"client_profiles.{models[name]}")
        for name in (
            "this project, the five columns of the others", "one pass by hand", "the long way"
        )
    }
    say(f"making {step_clients:,} clients x {periods} periods")
    small = prepare(folder / "steps", step_clients, periods)
    steps = in_turns(
        {
            name: (lambda model=model: run_model(small, model))
            for name, model in
            {"nothing": "nothing", "copy of the metrics": "copied", **STEPS}.items()
        },
        rounds, say,
    )
    return {
        "rows": clients * periods, "clients": clients, "periods": periods,
        "step_rows": step_clients * periods,
        "costs": {name: vars(cost) for name, cost in costs.items()},
        "differing": differing,
        "steps": {name: vars(cost) for name, cost in steps.items()},
    }
