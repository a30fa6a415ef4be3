"""How the cost of scoring grows with clients, periods, criteria and versions.

The SQL that dbt compiled runs on tables of every size, each run in a child process. The
slope is fitted on logarithms: 1 is linear, less is better. The largest table is scored
with a limit on DuckDB's memory, too.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import duckdb

from costs import Cost, in_turns, of_child, of_dbt
from made_up import SCHEMA, MadeUp, compiled

HISTORY = f"{SCHEMA}.int_metric_history"
MEMORY_LIMIT = "2GB"


def build(project: MadeUp) -> None:
    """Make a project, and its views and tables up to the scoring."""
    project.write()
    project.fill()
    of_dbt(project.folder, [
        "build", "--exclude-resource-type", "test", "--select",
        "+int_profile_candidates", "+int_candidate_version_profiles",
    ])


def part_of_history(project: MadeUp, clients: int) -> None:
    """Leave so many clients in the history that is scored."""
    with duckdb.connect(str(project.database)) as connection:
        connection.execute(f"delete from {HISTORY}")
        connection.execute(
            f"insert into {HISTORY} by name select * from made_up.int_client_metrics"
            f" where client_id < 'C' || lpad('{clients}', 7, '0')"
        )
        connection.execute("checkpoint")


def score(project: MadeUp, **limits: str) -> Cost:
    """Score all that is in the history, by all versions."""
    queries = [compiled(project, "int_profile_candidates")]
    if project.versions > 1:
        queries.append(candidates_scored(project))
    return of_child("sql_child.py", {
        "database": str(project.database), **limits,
        "statements": [
            f"create or replace table measured_{place} as {query}"
            for place, query in enumerate(queries)
        ],
    })


def candidates_scored(project: MadeUp) -> str:
    """Give the SQL that scores and judges the candidates, without their confirmation."""
    query = compiled(project, "int_candidate_version_profiles")
    begin = query.index("begin_course as (")
    return query[:begin].rstrip().rstrip(",") + "\nselect * from judge_clients"


def slope(points: list[tuple[int, float]]) -> float:
    """Fit a line through the logarithms; give its slope."""
    logs = [(math.log(size), math.log(cost)) for size, cost in points]
    mean_x = sum(x for x, _ in logs) / len(logs)
    mean_y = sum(y for _, y in logs) / len(logs)
    return sum((x - mean_x) * (y - mean_y) for x, y in logs) / sum(
        (x - mean_x) ** 2 for x, _ in logs
    )


def measure(
    folder: Path, sizes: dict[str, list[int]], base: dict[str, int], rounds: int,
    say: Callable[[str], None],
) -> dict:
    """Measure every series.

    sizes: what is tried by its name; base: clients and periods of the other series
    """
    series: dict[str, list[dict]] = {}

    def add(name: str, size: int, cost: Cost) -> None:
        series.setdefault(name, []).append({"size": size, **vars(cost)})

    large = MadeUp(folder / "growth_clients", max(sizes["clients"]), 12)
    say(f"making {large.clients:,} clients x {large.periods} periods")
    build(large)
    for clients in sizes["clients"]:
        part_of_history(large, clients)
        name = f"{clients:,} clients"
        add("clients", clients, in_turns({name: lambda: score(large)}, rounds, say)[name])
    name = f"{large.clients:,} clients with {MEMORY_LIMIT}"
    limited = in_turns(
        {name: lambda: score(large, memory_limit=MEMORY_LIMIT)}, rounds, say
    )[name]
    for kind in ("periods", "criteria", "versions"):
        for size in sizes[kind]:
            project = MadeUp(
                folder / f"growth_{kind}", **{**base, kind: size},
            )
            say(f"making the project with {size} {kind}")
            build(project)
            name = f"{size} {kind}"
            cost = in_turns({name: lambda: score(project)}, rounds, say)[name]
            add(kind, size, cost)
    return {
        "base": base, "largest_rows": large.clients * large.periods,
        "series": series,
        "slopes": {
            kind: slope([(each["size"], each["cpu"]) for each in points])
            for kind, points in series.items()
        },
        "memory_limit": MEMORY_LIMIT, "limited": vars(limited),
    }
