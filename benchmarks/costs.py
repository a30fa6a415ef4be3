"""What a child process costs: wall and CPU seconds, and the most memory it held.

Every measured case is a process of its own, so nothing that another one left (memory,
cached blocks, compiled templates) helps or harms it.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
DBT = [sys.executable, "-c", "from dbt.cli.main import cli; cli()"]


@dataclass(frozen=True)
class Cost:
    """Seconds and megabytes."""

    wall: float
    cpu: float
    memory: float

    def __sub__(self, other: Cost) -> Cost:
        """Give what it costs beyond another one; memory is not taken apart."""
        return Cost(self.wall - other.wall, self.cpu - other.cpu, self.memory)


def median(costs: Iterable[Cost]) -> Cost:
    """Give the median of each figure."""
    several = list(costs)
    return Cost(*(
        statistics.median(getattr(cost, name) for cost in several)
        for name in ("wall", "cpu", "memory")
    ))


def in_turns(
    cases: dict[str, Callable[[], Cost]], rounds: int, say: Callable[[str], None]
) -> dict[str, Cost]:
    """Measure all cases once, then again, so that no case has the quiet minutes alone."""
    costs: dict[str, list[Cost]] = {name: [] for name in cases}
    for turn in range(1, rounds + 1):
        for name, case in cases.items():
            cost = case()
            costs[name].append(cost)
            say(f"{turn}/{rounds} {name}: {cost.cpu:.2f} CPU s, {cost.wall:.2f} s")
    return {name: median(several) for name, several in costs.items()}


def of_command(command: list[str], folder: Path, env: dict[str, str]) -> Cost:
    """Run a command to its end; what it costs is counted by the operating system.

    It and all processes that it starts and waits for are counted, from start to exit.
    """
    with tempfile.TemporaryFile() as output:
        begin = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=env, stdout=output, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            text = output.read().decode(errors="replace")
            sys.exit(f"{' '.join(command)} in {folder} failed:\n{text[-4000:]}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def of_dbt(folder: Path, arguments: list[str], threads: int = 2) -> Cost:
    """Run dbt in a made-up project, from the start of Python to the last commit."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DBT_", "CLIENT_PROFILES_"))
    }
    own = {
        "DBT_PROFILES_DIR": str(folder), "DO_NOT_TRACK": "1", "NO_COLOR": "1",
        "CLIENT_PROFILES_BUILD_PATH": str(folder / "build.duckdb"),
        "CLIENT_PROFILES_THREADS": str(threads),
    }
    return of_command([*DBT, *arguments], folder, {**inherited, **own})


def of_child(script: str, arguments: dict) -> Cost:
    """Run one of the scripts beside this one, which tells its own costs.

    Those are without the start of Python and the import of packages.
    """
    finished = subprocess.run(
        [sys.executable, str(HERE / script), json.dumps(arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    if finished.returncode:
        sys.exit(f"{script} {arguments} failed:\n{finished.stderr[-4000:]}")
    return Cost(**json.loads(finished.stdout))


def tell_own_cost(work: Callable[[], None]) -> None:
    """In a child: do the work and print what it cost."""
    begin, used = time.perf_counter(), os.times()
    work()
    wall, now = time.perf_counter() - begin, os.times()
    peak = next(
        int(line.split()[1]) / 1024
        for line in Path("/proc/self/status").read_text().splitlines()
        if line.startswith("VmHWM")
    )
    cpu = now.user + now.system - used.user - used.system
    print(json.dumps({"wall": wall, "cpu": cpu, "memory": peak}))
