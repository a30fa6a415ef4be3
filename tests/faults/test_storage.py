"""Disks that are full, can't be written to, or gave back other bytes."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

import publish
from dbt_runner import dbt_environment
from demo_project import DemoProject
from disturbed_runs import (  # noqa: F401
    BecomeLimitedDbt, Lab, StartedDbt, _disturbed_project, history_damage, how_many, lab, moment,
)
from history_guard import last_history
from project_files import ROOT
from recorded_demo import RUN, RecordedDemo, recorded_demo  # noqa: F401

RUNS_THAT_LEAVE_A_LOG = 12


def command(
    project: DemoProject, name: str, *arguments: str, before: Callable | None = None
) -> subprocess.CompletedProcess:
    """Run a command of `publish/` as make does; `before` is called in its process."""
    return subprocess.run(
        [sys.executable, str(ROOT / "publish" / name), *arguments],
        cwd=project.folder,
        env=dbt_environment(project.folder, {}),
        capture_output=True,
        text=True,
        preexec_fn=before,
    )


# -- the write-ahead log -----------------------------------------------------------


@pytest.fixture(scope="module")
def _killed_with_a_log(
    recorded_demo: RecordedDemo,  # noqa: F811
    _disturbed_project: DemoProject,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Give the warehouse of a run that was killed while its log held rows."""
    folder = tmp_path_factory.mktemp("log") / "warehouse"
    log = Path(f"{_disturbed_project.build_file}.wal")
    for attempt in range(RUNS_THAT_LEAVE_A_LOG):
        recorded_demo.put_back(_disturbed_project)
        when = moment("log", attempt, 0.4, 0.9) * recorded_demo.seconds
        StartedDbt(_disturbed_project, *RUN).kill_after(when)
        if log.exists() and log.stat().st_size > 10_000:
            shutil.copytree(log.parent, folder, symlinks=True)
            return folder
    pytest.fail("no run that was killed left a log")


def spoil_log_and_recover(
    lab: Lab, killed: Path, spoil: Callable[[Path], None]  # noqa: F811
) -> None:
    """Spoil the log; the file opens without it, or the history is brought back."""
    warehouse = lab.project.folder / "warehouse"
    shutil.rmtree(warehouse)
    shutil.copytree(killed, warehouse, symlinks=True)
    spoil(Path(f"{lab.project.build_file}.wal"))
    try:
        history_damage(lab.demo.before, lab.project.build_file)
    except duckdb.Error:
        refused = command(lab.project, "publish.py")
        assert refused.returncode == 1
        assert "can't be read (" in refused.stderr
        assert "Bring the history back: make restore-history" in refused.stderr
        restored = command(lab.project, "restore_history.py")
        assert restored.returncode == 0, restored.stderr
        lab.count("restored_by_command", 1)
    lab.look()
    lab.run_again()


@pytest.mark.parametrize("number", range(min(how_many(6), 6)))
def test_a_torn_log(_killed_with_a_log: Path, lab: Lab, number: int) -> None:  # noqa: F811
    lab.count("fault", "write-ahead log torn")

    def tear(log: Path) -> None:
        os.truncate(log, int(moment("tear", number, 1, log.stat().st_size - 1)))

    spoil_log_and_recover(lab, _killed_with_a_log, tear)


@pytest.mark.parametrize("number", range(min(how_many(6), 6)))
def test_a_log_with_a_flipped_bit(
    _killed_with_a_log: Path, lab: Lab, number: int  # noqa: F811
) -> None:
    lab.count("fault", "write-ahead log with a flipped bit")
    spoil_log_and_recover(
        lab, _killed_with_a_log, lambda log: flip_a_bit(log, "flip", number)
    )


def flip_a_bit(file: Path, kind: str, number: int) -> None:
    """Change one bit of a file somewhere."""
    content = bytearray(file.read_bytes())
    bit = int(moment(kind, number, 0, 8 * len(content)))
    content[bit // 8] ^= 1 << bit % 8
    file.chmod(0o644)
    file.write_bytes(content)


# -- full and read-only disks ------------------------------------------------------


class SmallDisk:
    """A disk in memory with little room, in place of a folder; for root only."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._mount("-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs")

    def resize(self, megabytes: int) -> None:
        self._mount("-o", f"remount,size={megabytes}m")

    def read_only(self, yes: bool) -> None:
        self._mount("-o", "remount,ro" if yes else "remount,rw")

    def remove(self) -> None:
        subprocess.run(["umount", str(self.folder)], check=True)

    def _mount(self, *arguments: str) -> None:
        subprocess.run(
            ["mount", *arguments, str(self.folder)], check=True, capture_output=True
        )


@pytest.fixture
def small_disk(lab: Lab) -> Iterator[SmallDisk]:  # noqa: F811
    """Put the warehouse on a disk of its own, with 3 MB left."""
    warehouse = lab.project.folder / "warehouse"
    shutil.rmtree(warehouse)
    used = sum(path.stat().st_size for path in lab.demo.before.rglob("*") if path.is_file())
    try:
        disk = SmallDisk(warehouse, used // 2**20 + 3)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("Only root may mount a small disk, and not in every container")
    try:
        shutil.copytree(lab.demo.before, warehouse, symlinks=True, dirs_exist_ok=True)
        yield disk
    finally:
        disk.remove()


def test_a_disk_that_is_full_in_the_build(lab: Lab, small_disk: SmallDisk) -> None:  # noqa: F811
    lab.count("fault", "disk full in the build")
    result = lab.project.dbt(*RUN)
    assert result.exit_code == 1 and "No space left" in result.output, result.output[-2000:]
    small_disk.resize(400)
    lab.look()
    lab.run_again()


def test_a_disk_that_is_full_in_the_publication(
    lab: Lab, small_disk: SmallDisk  # noqa: F811
) -> None:
    """What was published stays."""
    lab.count("fault", "disk full in the publication")
    before = published_bytes(lab.project)
    refused = publish_alone(lab.project)
    assert refused.returncode == 1
    assert "Nothing was published" in refused.stderr and "Traceback" not in refused.stderr
    assert published_bytes(lab.project) == before
    small_disk.resize(400)
    lab.look()
    lab.run_again()
    published = publish_alone(lab.project)
    assert published.returncode == 0, published.stderr


def test_files_that_may_not_grow(lab: Lab) -> None:  # noqa: F811
    """A full disk for those who are not root: a limit on the size of files."""
    lab.count("fault", "file size limit in the build")
    # What a run writes goes into places that are free in the file, which is much larger.
    size = 2 * 2**20
    assert lab.project.build_file.stat().st_size > 4 * size
    run = StartedDbt(lab.project, *RUN, target=BecomeLimitedDbt(resource.RLIMIT_FSIZE, size))
    result = run.finish()
    assert result.exit_code == 1 and "File too large" in result.output, result.output[-2000:]
    lab.look()
    lab.run_again()


def test_published_files_that_may_not_grow(lab: Lab) -> None:  # noqa: F811
    lab.count("fault", "file size limit in the publication")
    before = published_bytes(lab.project)

    size = (lab.project.folder / "warehouse" / "published.duckdb").stat().st_size - 2**20

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    refused = publish_alone(lab.project, before=limit)
    assert refused.returncode == 1
    assert "Nothing was published" in refused.stderr and "Traceback" not in refused.stderr
    assert published_bytes(lab.project) == before
    lab.look()
    lab.run_again()


def published_bytes(project: DemoProject) -> dict[str, bytes]:
    """Read every published file, and where `current` points to."""
    folder = project.folder / "warehouse"
    files = [folder / "published.duckdb", *sorted((folder / "parquet").rglob("*"))]
    found = {str(path): path.read_bytes() for path in files if path.is_file()}
    return found | {"current": os.readlink(folder / "parquet" / "current").encode()}


PUBLISH_ALONE = """
import sys
from pathlib import Path
import publish
publish.last_run_id = lambda: "deadbeef-run"
sys.exit(publish.publish([], Path("warehouse/published.duckdb"), False))
"""


def publish_alone(
    project: DemoProject, before: Callable | None = None
) -> subprocess.CompletedProcess:
    """Publish as the command does, of a build that passed before."""
    return subprocess.run(
        [sys.executable, "-c", PUBLISH_ALONE],
        cwd=project.folder,
        env=dbt_environment(
            project.folder, {"PYTHONPATH": str(ROOT / "publish"), **project.target_of()}
        ),
        capture_output=True,
        text=True,
        preexec_fn=before,
    )


def test_a_folder_that_is_read_only(lab: Lab, small_disk: SmallDisk) -> None:  # noqa: F811
    """No run begins, and it says why; the history is as it was."""
    lab.count("fault", "read-only folder")
    small_disk.read_only(True)
    refused = command(lab.project, "publish.py")
    restored = command(lab.project, "restore_history.py")
    for finished in (refused, restored):
        assert finished.returncode == 1
        assert "Read-only file system" in finished.stderr
        assert "Traceback" not in finished.stderr
    small_disk.read_only(False)
    lab.look()
    small_disk.resize(400)
    lab.run_again()


# -- published files that gave back other bytes ------------------------------------


@pytest.mark.parametrize("name", ["published.duckdb", "history", "manifest.json"])
def test_a_published_file_that_is_damaged(lab: Lab, name: str) -> None:  # noqa: F811
    """The build does not read it; the next publication takes its place."""
    lab.count("fault", "published file damaged")
    warehouse = lab.project.folder / "warehouse"
    target = warehouse / "published.duckdb"
    publish.copy(lab.project.build_file, target, replace(
        lab.demo.publication, run_id="abadcafe-run",
        published_at=lab.demo.publication.published_at.replace(month=10, day=2),
    ))
    current = warehouse / "parquet" / "current"
    damaged = {
        "published.duckdb": target,
        "history": max(current.glob("history/*/*.parquet"), key=lambda path: path.stat().st_size),
        "manifest.json": current / "history" / "manifest.json",
    }[name]
    flip_a_bit(damaged, name, 0)
    if name == "manifest.json":
        damaged.write_bytes(damaged.read_bytes()[:-20])
    lab.look()
    lab.run_again()
    if name != "published.duckdb":
        assert last_history(target).folder.parent.name.endswith("0dd5eed0")
    publish.copy(lab.project.build_file, target, lab.demo.publication)
    with duckdb.connect(str(target), read_only=True) as connection:
        assert connection.execute(
            "select run_id from client_profiles.publication"
        ).fetchall() == [("feedbeef-run",)]
    assert last_history(target).folder.parent.name.endswith("feedbeef")
