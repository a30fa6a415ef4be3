"""What scoring costs on DuckDB and on PostgreSQL, for the same made-up metrics.

    .venv/bin/python benchmarks/engines.py [--clients 5000] [--periods 24] [--rounds 5]

It needs PostgreSQL's server programs, and starts a server of its own. The demo's rules score
the metrics of clients that do not exist, by the SQL that dbt compiles for each engine:

| measured | what it is |
|---|---|
| copy floor | `create table as select *` of the metric history |
| scoring | `int_profile_candidates`: points, scores, requirements, rules, in one pass |

The CPU time is that of the database: of this process on DuckDB, of all processes of the
server on PostgreSQL, workers included. Medians of the rounds. The server writes to disk
without waiting for it, as in the tests: CPU time is what to compare.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / folder) for folder in ("tests/python", "publish", "benchmarks")]

import duckdb  # noqa: E402

from demo_project import BUILD_WITHOUT_TESTS, DemoProject, assert_succeeded  # noqa: E402
from dbt_runner import run_dbt  # noqa: E402
from postgres_server import PostgresServer, find_binaries  # noqa: E402
from postgres_tables import copy_to_postgres  # noqa: E402
from project_files import copy_project  # noqa: E402
from scoring import HISTORY, make_metrics  # noqa: E402
from warehouse_dump import connect_postgres  # noqa: E402

MODEL = "int_profile_candidates"
TICKS = os.sysconf("SC_CLK_TCK")


def scoring_sql(project: DemoProject, name: str, environment: dict[str, str]) -> str:
    """Build what the scoring reads on an engine; give the SQL of the scoring itself."""
    target = project.folder / "targets" / name
    environment = {**environment, "DBT_TARGET_PATH": str(target)}
    for command in (
        [*BUILD_WITHOUT_TESTS, "--select", f"+{MODEL}"],
        # As if nothing had been scored: all periods.
        ["compile", "--full-refresh", "--select", MODEL],
    ):
        assert_succeeded(run_dbt(project.folder, command, environment))
    [file] = (target / "compiled").rglob(f"{MODEL}.sql")
    return file.read_text(encoding="utf-8")


def server_seconds(server: PostgresServer) -> float:
    """Give the CPU time of a server so far: of its processes, and of those that ended."""
    # Fields 14 and 15 of /proc/…/stat, counted behind the name; 16 and 17 of children.
    parent = server.process.pid
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            process, _, rest = stat.read_text().rpartition(")")
        except OSError:
            # It has just ended; the parent counts it.
            continue
        fields = rest.split()
        if int(process.split()[0]) == parent:
            ticks += sum(map(int, fields[11:15]))
        elif int(fields[1]) == parent:
            ticks += sum(map(int, fields[11:13]))
    return ticks / TICKS


def own_seconds() -> float:
    """Give the CPU time of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def measure(
    run: Callable[[str], object], cpu: Callable[[], float], query: str, rounds: int
) -> tuple[float, float]:
    """Make a table of a query several times; give the medians of CPU and wall seconds."""
    found = []
    for _ in range(rounds):
        run("drop table if exists measured")
        before, began = cpu(), time.monotonic()
        run(f"create table measured as {query}")
        wall = time.monotonic() - began
        found.append((cpu() - before, wall))
    return tuple(statistics.median(each) for each in zip(*found))


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=5_000)
    parser.add_argument("--periods", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    binaries = find_binaries()
    if binaries is None:
        sys.exit("PostgreSQL's server programs are missing: on Debian, apt-get install postgresql")
    server = PostgresServer(binaries)
    with tempfile.TemporaryDirectory() as folder:
        server.start()
        try:
            compare(DemoProject(copy_project(Path(folder) / "project")), server, given)
        finally:
            server.stop()


def compare(project: DemoProject, server: PostgresServer, given: argparse.Namespace) -> None:
    """Build on both, put the same metrics in the place of the demo's, and measure."""
    on_duckdb = scoring_sql(project, "duckdb", {})
    on_postgres = scoring_sql(project, "postgres", server.environment())
    with (
        # The name is part of the SQL that dbt compiled.
        duckdb.connect(str(project.build_file)) as connection,
        connect_postgres(server.environment()) as cursor,
    ):
        make_metrics(connection, given.clients, given.periods)
        copy_to_postgres(connection, HISTORY, cursor, "made_up")
        cursor.execute(f"delete from {HISTORY}")
        columns = ", ".join(row[0] for row in connection.execute(f"describe {HISTORY}").fetchall())
        cursor.execute(f"insert into {HISTORY} ({columns}) select {columns} from made_up")
        cursor.execute("vacuum analyze")
        [rows] = connection.execute(f"select count(*) from {HISTORY}").fetchone()
        cursor.execute("show server_version")
        [version] = cursor.fetchone()
        print(
            f"{rows:,} client-periods, {os.cpu_count()} cores, {platform.machine()},"
            f" DuckDB {duckdb.__version__}, PostgreSQL {version}\n"
        )
        print("| engine | measured | CPU s | wall s | CPU s per million client-periods |")
        print("|---|---|---|---|---|")
        for engine, run, cpu, scoring in (
            ("DuckDB", connection.execute, own_seconds, on_duckdb),
            ("PostgreSQL", cursor.execute, lambda: server_seconds(server), on_postgres),
        ):
            for name, query in (("copy floor", f"select * from {HISTORY}"), ("scoring", scoring)):
                seconds, wall = measure(run, cpu, query, given.rounds)
                print(
                    f"| {engine} | {name} | {seconds:.2f} | {wall:.2f} |"
                    f" {seconds / rows * 1e6:.1f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
