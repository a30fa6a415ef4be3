"""A run of the recorded demo that is disturbed, and what is asked of it then.

    from disturbed_runs import lab  # noqa: F401

The history before the run is known, and so is every table after an undisturbed one. After
a fault nothing of the first may be gone or doubled, and the run that follows must give the
second, byte for byte.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import resource
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
import pytest

from dbt_forks import PRELOADED, _become_dbt
from dbt_runner import DbtResult, dbt_environment
from demo_project import DemoProject
from history_export import read_history
from publication import quoted
from recorded_demo import RUN, THIRD, RecordedDemo
from warehouse_dump import KEPT, describe_differences, dump_duckdb

# The last period that the third run may still change.
OPEN_PERIOD = "2026-09-01"
KEYS = {
    "int_metric_history": ("client_id", "period_start"),
    "int_profile_assignments": ("client_id", "scorecard", "period_start"),
    "int_department_notices": ("notice_id",),
    "int_profiles_before_restatement": (
        "restatement_number", "client_id", "scorecard", "period_start",
    ),
}
CONTEXT = multiprocessing.get_context("forkserver")


def how_many(usual: int) -> int:
    """Give how many faults of a random kind are tried; `usual` in the full battery."""
    wanted = os.environ.get("FAULTS", "2")
    return usual if wanted == "full" else min(usual, int(wanted))


def moment(kind: str, number: int, first: float, last: float) -> float:
    """Draw a moment that the seed, the kind and the number decide."""
    drawn = random.Random(f"{os.environ['FAULTS_SEED']} {kind} {number}")
    return drawn.uniform(first, last)


@cache
def undisturbed(folder: Path) -> dict:
    """Read what every table is after an undisturbed run."""
    return dump_duckdb(folder / "build.duckdb", *KEPT)


@dataclass(frozen=True)
class Lab:
    """A project before its third run, and the counters of one fault."""

    demo: RecordedDemo
    project: DemoProject
    count: Callable[[str, object], None]

    def look(self) -> None:
        """Check that the database opens and the history is whole, without doubles."""
        lost, doubled = history_damage(self.demo.before, self.project.build_file)
        self.count("history_rows_lost", sum(lost.values()))
        self.count("history_rows_doubled", sum(doubled.values()))
        assert (lost, doubled) == ({}, {})

    def run_again(self) -> None:
        """Run once more, undisturbed; it must succeed and give the right tables."""
        self.project.succeed(*RUN)
        self.compare()

    def compare(self, *wanted: str) -> None:
        """Check that the tables are those of an undisturbed run, byte for byte."""
        wanted = wanted or KEPT
        expected = {
            name: rows for name, rows in undisturbed(self.demo.after).items()
            if name in wanted or name.partition(".")[0] in wanted
        }
        differences = describe_differences(expected, self.project.dump(*wanted))
        # The run ended well, so nobody would look.
        self.count("silent_wrong_scores", sum(": " in line for line in differences))
        assert not differences, "\n".join(differences)


def history_damage(
    before: Path, build_file: Path
) -> tuple[dict[str, int], dict[str, int]]:
    """Count the rows that a history has lost, and those it holds twice, by table."""
    lost, doubled = {}, {}
    history = read_history(before / "parquet" / "current" / "history")
    with duckdb.connect(str(build_file), read_only=True) as connection:
        for each in history.files:
            if each.table.keeps == "nothing":
                continue
            columns = [
                row[0] for row in
                connection.execute(f"describe select * from {each.source}").fetchall()
            ]
            name, now = each.table.full_name, each.table.relation
            keeping = rows_that_stay(each.table.keeps, columns)
            [missing] = connection.execute(
                f"select count(*) from ({keeping.format(each.source)}"
                f" except all {keeping.format(now)})"
            ).fetchone()
            keys = KEYS.get(each.table.name, ("dbt_scd_id",))
            [twice] = connection.execute(
                f"select coalesce(sum(n - 1), 0) from (select count(*) as n from {now}"
                f" group by {', '.join(keys)})"
            ).fetchone()
            if each.table.keeps == "records":
                key = next(
                    tuple(k for k in keys if k in columns)
                    for keys in (("line_key",), ("run_key",), ("client_id", "scorecard"))
                    if keys[0] in columns
                )
                [open_twice] = connection.execute(
                    f"select coalesce(sum(n - 1), 0) from (select count(*) as n from {now}"
                    f" where dbt_valid_to is null group by {', '.join(key)})"
                ).fetchone()
                twice += open_twice
            if missing:
                lost[name] = missing
            if twice:
                doubled[name] = int(twice)
    return lost, doubled


def rows_that_stay(keeps: str, columns: list[str]) -> str:
    """Give the query for the rows of a table that no run may change."""
    names = [quoted(column) for column in columns]
    if keeps == "records":
        names = [quoted(column) for column in columns if column != "dbt_valid_to"]
        names.append(f"case when dbt_valid_to < '{THIRD}' then dbt_valid_to end")
        condition = f"dbt_valid_from < '{THIRD}'"
    elif keeps == "closed_periods":
        condition = f"period_start < '{OPEN_PERIOD}'"
    else:
        condition = "true"
    return f"select {', '.join(names)} from {{}} where {condition}"


class StartedDbt:
    """A dbt command under way, which can be killed."""

    def __init__(
        self, project: DemoProject, *args: str, target: Callable = _become_dbt
    ) -> None:
        CONTEXT.set_forkserver_preload(PRELOADED)
        self._output = tempfile.NamedTemporaryFile(prefix="dbt_output_")
        self.process = CONTEXT.Process(
            target=target,
            args=(
                project.folder, ["--no-write-json", *args],
                dbt_environment(project.folder, project.target_of(*args)),
                self._output.name,
            ),
        )
        self.process.start()

    def kill_after(self, seconds: float) -> bool:
        """Kill it with signal 9 unless it ends before; say whether it was killed."""
        self.process.join(seconds)
        killed = self.process.is_alive()
        self.process.kill()
        self.process.join()
        return killed

    def finish(self, timeout: float = 600) -> DbtResult:
        """Wait until it has ended."""
        self.process.join(timeout)
        assert not self.process.is_alive()
        text = Path(self._output.name).read_text(encoding="utf-8", errors="replace")
        return DbtResult(self.process.exitcode, text)


class BecomeLimitedDbt:
    """Be a dbt command whose process may use only so much of something."""

    def __init__(self, what: int, limit: int) -> None:
        self.what, self.limit = what, limit

    def __call__(self, *arguments: object) -> None:
        _, most = resource.getrlimit(self.what)
        resource.setrlimit(self.what, (self.limit, most))
        _become_dbt(*arguments)


@pytest.fixture(scope="session")
def _disturbed_project(
    recorded_demo: RecordedDemo, tmp_path_factory: pytest.TempPathFactory
) -> DemoProject:
    """Give one copy for all faults: parsing it anew takes as long as a run."""
    project = recorded_demo.copy_to(tmp_path_factory.mktemp("faults") / "project")
    project.succeed("parse")
    return project


@pytest.fixture
def lab(
    recorded_demo: RecordedDemo, _disturbed_project: DemoProject, record_property: Callable
) -> Lab:
    """Give the project before its third run."""
    recorded_demo.put_back(_disturbed_project)
    return Lab(recorded_demo, _disturbed_project, record_property)
