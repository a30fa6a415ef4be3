"""What scoring costs, as multiples of copying the metrics, measured in one run.

    .venv/bin/python benchmarks/scoring.py [--clients 50000] [--periods 24] [--rounds 3]

It takes the SQL that dbt compiled for the demo (so `make run` comes first), puts
made-up metrics in the place of the demo's, and runs in one DuckDB process:

| measured | what it is |
|---|---|
| copy floor | `create table as select *` of the metric history |
| scoring | `int_profile_candidates`: points, scores, requirements, rules, in one pass |
| one new period | the same for the last period only, as an incremental run does |
| a candidate version | `int_candidate_version_profiles`: all periods by one more version |
| confirmation | `int_profile_assignments`: all periods confirmed and overridden |
| population effect | `int_population_effects`: everybody among others' values of a month later |

CPU seconds, the least of the rounds; the ratios are what to look at.
"""

from __future__ import annotations

import argparse
import re
import resource
import sys
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "warehouse" / "build.duckdb"
HISTORY = "client_profiles_intermediate.int_metric_history"
CANDIDATES = "client_profiles_intermediate.int_profile_candidates"


def compiled(name: str) -> str:
    """Read the SQL that dbt compiled for a node; stop if there is none."""
    folder = ROOT / "target" / "compiled" / "client_profiles"
    file = folder / "models" / "intermediate" / f"{name}.sql"
    if file.is_file():
        return file.read_text(encoding="utf-8")
    sys.exit(f"{name} is not compiled yet; run: make run")


def make_metrics(connection: duckdb.DuckDBPyConnection, clients: int, periods: int) -> None:
    """Fill the history with made-up clients whose values are drawn from the demo's.

    The demo's own rows are repeated under new ids, each value with a small shift
    that depends on the row only, so that every run has the same data.
    """
    columns = [
        row[0]
        for row in connection.execute(
            "select column_name from information_schema.columns"
            " where table_schema || '.' || table_name = ?"
            " and column_name not in ('client_id', 'period_start')"
            " order by ordinal_position",
            [HISTORY],
        ).fetchall()
    ]
    shifted = ", ".join(
        f"cast({name} * (0.9 + 0.001 * (hash(copy, {place}) % 200)) as decimal(28, 6)) as {name}"
        if name != "tenure_months" else name
        for place, name in enumerate(columns)
    )
    connection.execute(
        f"""
        create table made_up as
        with demo as (
            select *, row_number() over (order by client_id, period_start) as place
            from {HISTORY}
        ),
        wanted as (
            select
                client, period,
                1 + hash(client, period) % (select count(*) from demo) as place,
                client * 1000 + period as copy
            from range({clients}) as clients(client), range({periods}) as months(period)
        )
        select
            'M' || client as client_id, {shifted},
            cast(date '2026-10-01' - to_months(cast({periods} - 1 - period as integer)) as date)
                as period_start
        from wanted inner join demo using (place)
        order by period_start, client_id
        """
    )
    connection.execute(f"delete from {HISTORY}")
    connection.execute(f"insert into {HISTORY} by name select * from made_up")
    connection.execute("drop table made_up")


def cpu_seconds(connection: duckdb.DuckDBPyConnection, query: str, rounds: int) -> float:
    """Run `create table as <query>` several times; give the least CPU time."""
    least = float("inf")
    for _ in range(rounds):
        before = resource.getrusage(resource.RUSAGE_SELF)
        connection.execute(f"create or replace table measured as {query}")
        after = resource.getrusage(resource.RUSAGE_SELF)
        least = min(
            least,
            after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        )
    return least


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=50_000)
    parser.add_argument("--periods", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    if not BUILD.is_file():
        sys.exit("The demo is not built yet; run: make run")

    # A copy in memory, under the name that the views call it: the build file is
    # not touched.
    connection = duckdb.connect()
    connection.execute(f"attach '{BUILD}' as demo (read_only)")
    connection.execute("attach ':memory:' as build")
    connection.execute("copy from database demo to build")
    connection.execute("detach demo")
    connection.execute("use build")
    print(f"making {given.clients:,} clients x {given.periods} periods ...", flush=True)
    make_metrics(connection, given.clients, given.periods)

    # The demo's last run may have been an incremental one: take its filter out.
    scoring, filters = re.subn(
        r"(?s)(where\s+status = 'approved').*?\n\),", r"\1\n),",
        compiled("int_profile_candidates"), count=1,
    )
    assignments, cuts = re.subn(
        r"(?s)(int_profile_candidates\"\n).*?\n\),\n\noverrides", r"\1),\n\noverrides",
        compiled("int_profile_assignments"), count=1,
    )
    if not filters or not cuts:
        sys.exit("the compiled models do not read what they read before: look at main()")
    newest = scoring.replace(
        "status = 'approved'", "status = 'approved' and period_start >= date '2026-10-01'", 1
    )
    measured = {
        "copy floor": f"select * from {HISTORY}",
        "scoring": scoring,
        "one new period": newest,
        "a candidate version": compiled("int_candidate_version_profiles"),
        "confirmation": assignments,
        "population effect": compiled("int_population_effects"),
    }
    # What later steps read is what the first ones make of the made-up metrics.
    connection.execute(f"create or replace table {CANDIDATES} as {scoring}")
    floor = None
    rows = connection.execute(f"select count(*) from {HISTORY}").fetchone()[0]
    print(f"{rows:,} client-periods, DuckDB {duckdb.__version__}\n")
    print("| measured | CPU s | x copy floor |\n|---|---|---|")
    for name, query in measured.items():
        seconds = cpu_seconds(connection, query, given.rounds)
        floor = floor or seconds
        print(f"| {name} | {seconds:.2f} | {seconds / floor:.1f} |", flush=True)


if __name__ == "__main__":
    main()
