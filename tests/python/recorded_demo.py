"""A small demo with a history: two months recorded and published, a third to come.

    from recorded_demo import recorded_demo  # noqa: F401

| fixture | gives |
|---|---|
| `recorded_demo` | the project before and after its third run, for all processes: only to be read |

Between the runs a client leaves, rules are edited, a candidate is approved, and data of
closed months change: what the history holds can't be had from the sources any more.
"""

from __future__ import annotations

import csv
import shutil
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

import publish
from built_once import built_once
from demo_project import BUILD_WITHOUT_TESTS, DemoProject
from project_files import copy_project
from publication import Publication, read_publication, said_by
from seed_edits import replace

FIRST, SECOND, THIRD = "2026-09-01", "2026-10-01", "2026-11-01"
# The third is the demo's own date, and needs no variable.
RUN = BUILD_WITHOUT_TESTS
LEAVER = "C0007"
CLIENTS = 24


@dataclass(frozen=True)
class RecordedDemo:
    """One project folder; `before` and `after` are folders with its warehouse."""

    project: DemoProject
    before: Path
    after: Path

    @property
    def seconds(self) -> float:
        """How long the third run took, undisturbed."""
        return float((self.after / "seconds").read_text())

    @property
    def publication(self) -> Publication:
        """What the run before published, for another run to publish."""
        said = said_by((self.before / "said.json").read_text(encoding="utf-8"))
        return read_publication(
            said, "feedbeef-run", datetime(2026, 11, 1, 3, 15, tzinfo=UTC), Path("/")
        )

    def copy_to(self, folder: Path) -> DemoProject:
        """Give a copy that has the third run before it."""
        copied = self.project.copy_to(folder)
        self.put_back(copied)
        return copied

    def put_back(self, project: DemoProject) -> None:
        """Let the warehouse of a copy be as it was before the third run."""
        warehouse = project.folder / "warehouse"
        shutil.rmtree(warehouse, ignore_errors=True)
        shutil.copytree(self.before, warehouse, symlinks=True)


def cut_to_few_clients(project: DemoProject) -> None:
    """Leave the first clients and those that a rule names."""
    with (project.folder / "seeds/scorecards/profile_overrides.csv").open() as file:
        named = {line["client_id"] for line in csv.DictReader(file)}
    kept = named | {f"C{number:04d}" for number in range(1, CLIENTS + 1)}
    for path in (project.folder / "seeds" / "demo").glob("raw_*.csv"):
        header, *lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text(
            header + "".join(line for line in lines if kept & set(line.split(",")[:2])),
            encoding="utf-8",
        )


def publish_build(project: DemoProject, said: str, run_id: str, day: str) -> None:
    """Publish a build that passed, as the command does."""
    publication = read_publication(
        said_by(said), run_id, datetime.fromisoformat(f"{day}T03:15:00+00:00"), project.folder
    )
    publish.copy(
        project.build_file, project.folder / "warehouse" / "published.duckdb", publication
    )


def record(folder: Path) -> None:
    """Build the project and both warehouses."""
    folder.mkdir()
    project = DemoProject(copy_project(folder / "project"))
    cut_to_few_clients(project)
    as_of = ["--vars", f"{{as_of: {FIRST}}}"]
    project.succeed(*RUN, *as_of)
    # Late data: of the months that are closed by now, and of the one that is not.
    for month in ("2026-03", "2026-09"):
        project.multiply_orders(month)
    project.edit_rules("profiles", replace("B · Good", "B · Solid"))
    as_of = ["--vars", f"{{as_of: {SECOND}}}"]
    project.succeed(*RUN, *as_of)
    said = project.succeed("--quiet", "run-operation", "print_publication", *as_of).output
    publish_build(project, said, "0dd5eed0-run", SECOND)
    warehouse = project.folder / "warehouse"
    (warehouse / "said.json").write_text(said, encoding="utf-8")
    shutil.copytree(warehouse, folder / "before", symlinks=True)

    project.forget_client(LEAVER)
    project.multiply_orders("2026-05")
    project.approve_candidate("2026-10-01")
    # Parsed before, as the runs that are disturbed are.
    project.succeed("parse")
    began = time.monotonic()
    project.succeed(*RUN)
    (warehouse / "seconds").write_text(str(time.monotonic() - began))
    (folder / "after").mkdir()
    for name in ("build.duckdb", "seconds"):
        shutil.copy(warehouse / name, folder / "after" / name)


@pytest.fixture(scope="session")
def recorded_demo(tmp_path_factory: pytest.TempPathFactory) -> RecordedDemo:
    """Give the recorded demo; tests only read it."""
    folder = built_once(tmp_path_factory, "recorded_demo", record)
    return RecordedDemo(DemoProject(folder / "project"), folder / "before", folder / "after")
