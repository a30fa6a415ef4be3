"""What one new period costs, as part of building all periods anew, step by step.

Through dbt. Each round begins with the file of a company that has all periods but the
last: the last one comes in, and every model is built. Seconds per model are those that
dbt records, with one thread so that models don't disturb each other; the CPU seconds of
the whole run are beside them, without what a run with a model of one row costs.
"""

from __future__ import annotations

import json
import shutil
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from costs import Cost, median, of_dbt
from made_up import SCHEMA, LAST_PERIOD, MadeUp, months_before

SCORING = ["int_metric_history", "int_profile_candidates", "int_profile_assignments"]
PROFILES = [*SCORING, "fct_client_profiles"]
MOVEMENTS = [
    "fct_profile_movements", "int_period_pairs", "int_score_changes",
    "int_movement_changes", "fct_movement_drivers",
]
PATHS = ["int_current_scores", "int_metric_options", "int_greedy_paths", "int_exact_paths"]
CANDIDATE = "int_candidate_version_profiles"


@dataclass
class Rounds:
    """What several runs of the same models cost."""

    costs: list[Cost] = field(default_factory=list)
    seconds: dict[str, list[float]] = field(default_factory=dict)

    def add(self, project: MadeUp, models: list[str], day: str) -> None:
        """Run the models once more."""
        self.costs.append(of_dbt(
            project.folder,
            ["run", "--vars", f"{{as_of: {day}}}", "--select", *models], threads=1,
        ))
        results = json.loads(
            (project.folder / "target" / "run_results.json").read_text(encoding="utf-8")
        )["results"]
        for result in results:
            name = result["unique_id"].split(".")[-1]
            self.seconds.setdefault(name, []).append(result["execution_time"])


def measure(
    folder: Path, clients: int, periods: int, rounds: int, say: Callable[[str], None]
) -> dict:
    """Measure a new period, the rebuild, and a candidate that was edited."""
    project = MadeUp(folder / "changes", clients, periods, versions=2)
    say(f"making {clients:,} clients x {periods} periods")
    project.write()
    (project.folder / "models" / "nothing.sql").write_text("select 1 as nothing\n")
    project.fill()
    before, after = LAST_PERIOD.isoformat(), months_before(LAST_PERIOD, -1).isoformat()
    models = [*PROFILES, *MOVEMENTS, *PATHS, CANDIDATE]
    say("building all but the last period")
    of_dbt(project.folder, [
        "build", "--vars", f"{{as_of: {before}}}", "--exclude-resource-type", "test",
        "--select", *(f"+{model}" for model in models),
    ])
    kept = project.folder / "all_but_the_last.duckdb"
    shutil.copy(project.database, kept)
    measured = {name: Rounds() for name in ("nothing", "new", "rebuild", "candidate")}
    for turn in range(1, rounds + 1):
        for name, run in measured.items():
            shutil.copy(kept, project.database)
            chosen = {"nothing": ["nothing"], "candidate": [CANDIDATE]}.get(name, models)
            if name == "rebuild":
                with duckdb.connect(str(project.database)) as connection:
                    for model in models:
                        schema = "client_profiles" if model.startswith("fct_") else SCHEMA
                        drop(connection, schema, model)
            run.add(project, chosen, after)
            say(f"{turn}/{rounds} {name}: {run.costs[-1].cpu:.2f} CPU s")
    return {
        "clients": clients, "periods": periods,
        "movements": count(project, "client_profiles.fct_profile_movements"),
        "runs": {name: vars(median(run.costs)) for name, run in measured.items()},
        "models": {
            model: {
                name: statistics.median(run.seconds[model])
                for name, run in measured.items() if model in run.seconds
            }
            for model in models
        },
        "groups": {
            "scoring and assignment": SCORING, "with the table for readers": PROFILES,
            "movements and drivers": MOVEMENTS, "paths": PATHS,
        },
    }


def drop(connection: duckdb.DuckDBPyConnection, schema: str, model: str) -> None:
    """Drop a model's table, if it is one."""
    kind = connection.execute(
        "select table_type from information_schema.tables"
        " where table_schema = ? and table_name = ?", [schema, model],
    ).fetchone()
    if kind and kind[0] == "BASE TABLE":
        connection.execute(f"drop table {schema}.{model}")


def count(project: MadeUp, table: str) -> int:
    """Count the rows of a table."""
    with duckdb.connect(str(project.database), read_only=True) as connection:
        return connection.execute(f"select count(*) from {table}").fetchone()[0]
