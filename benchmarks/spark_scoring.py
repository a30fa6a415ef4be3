"""What scoring costs on Spark, for metrics of growing size, with the slope.

    .venv/bin/python benchmarks/spark_scoring.py [--project .] [--clients 40000 80000 160000]
        [--periods 24] [--rounds 3]

It takes the SQL that dbt compiled for Spark and the metrics it stored (so
`make build TARGET=spark` comes first), repeats the metrics under new ids until there are
enough, and runs in one process, `local[*]`:

| measured | what it is |
|---|---|
| copy | reading all metrics and writing them as Parquet |
| scoring | `int_client_points`, `int_client_scores` and `int_profile_candidates` in one pass, written as Parquet |

CPU seconds of the JVM, the least of the rounds, after a first one that warms it up. The
slope is that of a line through the sizes: what a million more client-periods cost.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from pathlib import Path

import jinja2
import yaml

HISTORY = "client_profiles_intermediate.int_metric_history"
# In the order in which they read each other.
MODELS = ("int_client_points", "int_client_scores", "int_profile_candidates")


def settings() -> dict[str, str]:
    """Read Spark's settings as dbt would."""
    environment = jinja2.Environment()
    environment.filters["as_number"] = int
    text = environment.from_string(Path("profiles.yml").read_text(encoding="utf-8")).render(
        env_var=lambda name, default="": os.environ.get(name, default)
    )
    profile = yaml.safe_load(text)["client_profiles"]["outputs"]["spark"]
    return profile["server_side_parameters"]


def start_session():
    """Start Spark in this process, without the catalog, which another one may hold."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder
    wanted = {**settings(), "spark.sql.ansi.enabled": "true", "spark.driver.memory": "6g"}
    for name, value in wanted.items():
        builder = builder.config(name, str(value))
    return builder.getOrCreate()


def jvm_cpu_seconds(session) -> float:
    """Ask the operating system how much CPU time the JVM has used."""
    process = session.sparkContext._jvm.java.lang.ProcessHandle.current().pid()
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def compiled(name: str) -> str:
    """Read the SQL that dbt compiled for a model."""
    folder = Path(os.environ.get("DBT_TARGET_PATH", "target")) / "compiled"
    file = folder / "client_profiles" / "models" / "intermediate" / f"{name}.sql"
    if not file.is_file():
        sys.exit(f"{name} is not compiled yet; run: make build TARGET=spark")
    return file.read_text(encoding="utf-8")


def make_metrics(session, clients: int, periods: int, folder: str) -> int:
    """Write made-up metrics, whose values are drawn from the stored ones; count them."""
    schema, table = HISTORY.split(".")
    place = Path(settings()["spark.sql.warehouse.dir"]) / f"{schema}.db" / table
    stored = session.read.format("delta").load(str(place))
    columns = [name for name in stored.columns if name not in ("client_id", "period_start")]
    stored.createOrReplaceTempView("history")
    session.sql(f"""
        select client_id, {', '.join(columns)},
            row_number() over (order by client_id, period_start) - 1 as place
        from history
    """).createOrReplaceTempView("stored")
    count = session.table("stored").count()
    values = ", ".join(
        name if name == "tenure_months"
        else f"cast({name} * (0.9 + 0.001 * pmod(hash(id, '{name}'), 200)) as decimal(18, 6)) as {name}"
        for name in columns
    )
    session.sql(f"""
        select concat('M', cast(id div {periods} as string)) as client_id, {values},
            cast(add_months(date '2026-10-01', cast(-(id % {periods}) as int)) as date) as period_start
        from range(0, {clients * periods}, 1, {max(4, clients * periods // 500_000)}) as wanted
        inner join stored on stored.place = pmod(hash(id), {count})
    """).write.mode("overwrite").parquet(folder)
    session.read.parquet(folder).createOrReplaceTempView("made_up")
    return session.table("made_up").count()


def scoring_over(view: str) -> str:
    """Give the compiled models as one query over a view of metrics."""
    steps = []
    for name in MODELS:
        query = compiled(name)
        # The last run may have been an incremental one: take its filter out.
        if name == "int_profile_candidates":
            query, filters = re.subn(
                r"(?s)(where\s+status = 'approved').*?\n\),", r"\1\n),", query, count=1
            )
            if not filters:
                sys.exit(f"{name} does not read what it read before: look at scoring_over()")
        for read, by in ((HISTORY, view), *((f"client_profiles_intermediate.{m}", m) for m in MODELS)):
            query = re.sub(rf"`?{re.escape(read).replace('.', '`?[.]`?')}`?(?![a-z_])", f"step__{by}" if by in MODELS else by, query)
        steps.append(f"step__{name} as (\n{query}\n)")
    return "with " + ",\n".join(steps) + f"\nselect * from step__{MODELS[-1]}"


def least(session, query: str, rounds: int, folder: str) -> float:
    """Write a query's rows several times; give the least CPU time."""
    found = []
    for _ in range(rounds + 1):
        before = jvm_cpu_seconds(session)
        session.sql(query).write.mode("overwrite").parquet(folder)
        found.append(jvm_cpu_seconds(session) - before)
    return min(found[1:])


def slope(points: list[tuple[int, float]]) -> float:
    """Give the slope of the line of least squares, per million."""
    count = len(points)
    mean_x, mean_y = (sum(values) / count for values in zip(*points))
    rise = sum((x - mean_x) * (y - mean_y) for x, y in points)
    return 1_000_000 * rise / sum((x - mean_x) ** 2 for x, _ in points)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--project", type=Path, default=Path("."))
    parser.add_argument("--clients", type=int, nargs="+", default=[40_000, 80_000, 160_000])
    parser.add_argument("--periods", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    os.chdir(given.project)
    session = start_session()
    measured: dict[str, list[tuple[int, float]]] = {"copy": [], "scoring": []}
    print("| client-periods | copy, CPU s | scoring, CPU s | x copy |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="spark_scoring_") as folder:
        for clients in given.clients:
            rows = make_metrics(session, clients, given.periods, f"{folder}/metrics")
            copy = least(session, "select * from made_up", given.rounds, f"{folder}/result")
            scoring = least(session, scoring_over("made_up"), given.rounds, f"{folder}/result")
            measured["copy"].append((rows, copy))
            measured["scoring"].append((rows, scoring))
            print(f"| {rows:,} | {copy:.2f} | {scoring:.2f} | {scoring / copy:.1f} |", flush=True)
    for name, points in measured.items():
        if len(points) > 1:
            print(f"{name}: {slope(points):.2f} CPU s per million client-periods more")


if __name__ == "__main__":
    main()
