"""What is published: only what passed, as a whole, while people read.

The publication is made of a copy of the demo. Readers are processes of their own.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

import publish
from database_lock import database_lock
from demo_project import AS_OF, DemoProject, built_demo  # noqa: F401
from dbt_runner import dbt_environment
from parquet_folder import KEPT
from project_files import ROOT
from publication import Publication
from published_demo import publication, said  # noqa: F401
from run_lock import Busy, run_lock
from seed_edits import replace as replace_text

MARTS, SNAPSHOTS = "client_profiles", "client_profiles_snapshots"
PUBLISH = [sys.executable, str(ROOT / "publish" / "publish.py")]


def as_run(publication: Publication, number: int) -> Publication:
    """Give the same publication by another run, some minutes later."""
    return replace(
        publication,
        run_id=f"{number:08x}-run",
        published_at=publication.published_at.replace(minute=number % 60, hour=4),
    )


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Read all files of a folder, and where `current` points to."""
    found = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    pointer = folder / "parquet" / "current"
    return found | ({"current": os.readlink(pointer).encode()} if pointer.is_symlink() else {})


# -- what is in it ----------------------------------------------------------------


def test_the_published_tables_are_those_of_the_build(
    built_demo: DemoProject, publication: Publication, tmp_path: Path  # noqa: F811
) -> None:
    target = tmp_path / "published.duckdb"
    publish.copy(built_demo.build_file, target, publication)
    folder = tmp_path / "parquet" / "current"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    rows = {each["file"]: each["rows"] for each in manifest["files"]}
    with duckdb.connect(str(target), read_only=True) as connection:
        connection.execute(f"attach '{built_demo.build_file}' as build (read_only)")
        expected = {
            (schema, name)
            for schema, name in connection.execute(
                "select table_schema, table_name from information_schema.tables"
                " where table_catalog = 'build' and table_schema in ($1, $2)",
                [MARTS, SNAPSHOTS],
            ).fetchall()
        }
        assert {(table.schema, table.name) for table in publication.tables} == expected
        for schema, name in sorted(expected):
            file = f"{schema}/{name}.parquet"
            [count] = connection.execute(f"select count(*) from build.{schema}.{name}").fetchone()
            for copy in (f"{schema}.{name}", f"read_parquet('{folder / file}')"):
                assert not connection.execute(
                    f"(from build.{schema}.{name} except all from {copy}) union all"
                    f" (from {copy} except all from build.{schema}.{name})"
                ).fetchall()
            assert rows.pop(file) == count
            [[counted]] = connection.execute(
                f"select row_count from {MARTS}.publication_tables where table_name = $1",
                [f"{schema}.{name}"],
            ).fetchall()
            assert counted == count
    assert not rows


def test_it_says_which_run_made_it(
    built_demo: DemoProject, publication: Publication, tmp_path: Path  # noqa: F811
) -> None:
    target = tmp_path / "published.duckdb"
    publish.copy(built_demo.build_file, target, publication)
    folder = tmp_path / "parquet" / "20261101T031500Z-0123abcd"
    assert (tmp_path / "parquet" / "current").resolve() == folder.resolve()
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    with duckdb.connect(str(target), read_only=True) as connection:
        rows = connection.execute(
            "select run_id, git_revision, rules_fingerprint, cast(as_of as text),"
            " cast(published_at_utc as text), row_count = (select sum(row_count)"
            f" from {MARTS}.publication_tables) from {MARTS}.publication"
        ).fetchall()
        assert rows == [
            (
                "0123abcd-run", publication.git_revision, publication.rules_fingerprint,
                AS_OF, "2026-11-01 03:15:00", True,
            )
        ]
        described = connection.execute(
            "select count(*) from duckdb_columns() where comment is not null"
            f" and schema_name = '{MARTS}'"
        ).fetchone()
        assert described[0] > 300
    assert (manifest["run_id"], manifest["as_of"]) == ("0123abcd-run", AS_OF)
    for each in manifest["files"]:
        content = (folder / each["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == each["sha256"]
    # Nobody opens it for writing by mistake, which would lock all others out.
    assert target.stat().st_mode & 0o222 == 0


def test_the_last_publications_are_kept(
    built_demo: DemoProject, publication: Publication, tmp_path: Path  # noqa: F811
) -> None:
    """So that whoever reads one is not interrupted; older ones go."""
    for number in range(KEPT + 2):
        publish.copy(
            built_demo.build_file, tmp_path / "published.duckdb", as_run(publication, number)
        )
    folders = sorted(
        path.name for path in (tmp_path / "parquet").iterdir() if not path.is_symlink()
    )
    assert [name[-8:] for name in folders] == [f"{number:08x}" for number in range(2, KEPT + 2)]
    assert os.readlink(tmp_path / "parquet" / "current") == folders[-1]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["parquet", "published.duckdb"]


# -- what fails leaves it as it was -----------------------------------------------


@pytest.mark.parametrize("where", ["duckdb_file.describe_run", "parquet_folder.write", "publish.put_in_place"])
def test_a_publication_that_fails_changes_nothing(
    built_demo: DemoProject,  # noqa: F811
    publication: Publication,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
) -> None:
    target = tmp_path / "published.duckdb"
    publish.copy(built_demo.build_file, target, publication)
    before = bytes_of(tmp_path)

    def fail(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(where, fail)
    with pytest.raises(OSError, match="no space left"):
        publish.copy(built_demo.build_file, target, as_run(publication, 1))
    assert bytes_of(tmp_path) == before


def test_a_folder_in_the_place_of_the_link_is_named(
    built_demo: DemoProject, publication: Publication, tmp_path: Path  # noqa: F811
) -> None:
    """Before anything is switched, so that file and folder stay those of one run."""
    (tmp_path / "parquet" / "current").mkdir(parents=True)
    with pytest.raises(FileExistsError, match="move it away and run again"):
        publish.copy(built_demo.build_file, tmp_path / "published.duckdb", publication)
    assert [path.name for path in tmp_path.iterdir()] == ["parquet"]


def test_what_a_killed_run_left_is_cleared_away(
    built_demo: DemoProject, publication: Publication, tmp_path: Path  # noqa: F811
) -> None:
    (tmp_path / "parquet" / ".20261101T020000Z-deadbeef").mkdir(parents=True)
    (tmp_path / ".published.duckdb.4711").write_bytes(b"half a file")
    (tmp_path / ".published.duckdb.4711.wal").write_bytes(b"half a log")
    publish.copy(built_demo.build_file, tmp_path / "published.duckdb", publication)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["parquet", "published.duckdb"]
    assert sorted(path.name for path in (tmp_path / "parquet").iterdir()) == [
        publication.folder_name, "current",
    ]


def run_publish(project: DemoProject, *arguments: str) -> subprocess.CompletedProcess:
    """Run the command as `make publish` does."""
    return subprocess.run(
        [*PUBLISH, *arguments],
        cwd=project.folder,
        env=dbt_environment(project.folder, {}),
        capture_output=True,
        text=True,
    )


def test_only_a_build_that_passed_is_published(
    built_demo: DemoProject, tmp_path: Path  # noqa: F811
) -> None:
    """A wrong rule stops it, and a failing test does; then the next one is published."""
    project = built_demo.copy_to(tmp_path / "project")
    warehouse = project.folder / "warehouse"
    first = run_publish(project)
    assert first.returncode == 0, first.stdout + first.stderr
    assert re.search(rf"^Published \d+ tables, as of {AS_OF}$", first.stdout, re.MULTILINE)
    published = {
        name: content for name, content in bytes_of(warehouse).items()
        if not name.startswith(("build", "run"))
    }
    assert "published.duckdb" in published

    project.edit_rules(
        "criterion_weights",
        replace_text("relationship,2,margin,0.26", "relationship,2,margin,0.25"),
    )
    second = run_publish(project)
    assert second.returncode == 1
    assert "Nothing was published: what was there before is still there." in second.stderr
    assert published.items() <= bytes_of(warehouse).items()


# -- one at a time ----------------------------------------------------------------


def test_a_second_run_ends_at_once_and_says_why(
    built_demo: DemoProject, tmp_path: Path  # noqa: F811
) -> None:
    project = built_demo.copy_to(tmp_path / "project")
    with run_lock(project.folder / "warehouse" / "run.lock", "build and publish"):
        began = time.monotonic()
        second = run_publish(project)
        assert time.monotonic() - began < 10
    assert second.returncode == 75
    assert second.stderr.startswith(
        f"Another run is under way: build and publish, process {os.getpid()} of "
    )
    assert "since 20" in second.stderr and "Traceback" not in second.stderr


def hold_for_ever(path: Path, holds: multiprocessing.Event) -> None:
    """Hold the lock until killed."""
    with run_lock(path, "make run"):
        holds.set()
        time.sleep(600)


def test_a_lock_is_gone_when_its_holder_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    context = multiprocessing.get_context("fork")
    holds = context.Event()
    holder = context.Process(target=hold_for_ever, args=(path, holds))
    holder.start()
    assert holds.wait(30)
    with pytest.raises(Busy, match=f"make run, process {holder.pid} of "):
        with run_lock(path, "make run"):
            pass
    os.kill(holder.pid, signal.SIGKILL)
    holder.join()
    with run_lock(path, "make run"):
        assert str(os.getpid()) in path.read_text(encoding="utf-8")
    assert path.read_text(encoding="utf-8") == ""


def test_a_second_run_on_a_server_ends_at_once_and_says_why(
    postgres_server: dict[str, str], project_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when it was started on another machine, in a folder of its own."""
    for name, value in {**postgres_server, "DBT_PROFILES_DIR": str(project_copy)}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(project_copy)
    with database_lock("build and publish", None):
        second = subprocess.run(
            PUBLISH, cwd=project_copy, env=dbt_environment(project_copy, postgres_server),
            capture_output=True, text=True,
        )
    assert second.returncode == 75 and "Traceback" not in second.stderr
    assert second.stderr.startswith(
        f"Another run is under way in this database: build and publish, {getpass.getuser()} on"
    )
    # It is gone with its holder.
    with database_lock("build", "{as_of: 2026-11-01}"):
        pass


HOLD = """
import duckdb, sys
with duckdb.connect(sys.argv[1], read_only=True) as connection:
    print("open", flush=True)
    sys.stdin.read()
"""


def test_a_reader_of_the_build_is_named(
    built_demo: DemoProject, tmp_path: Path  # noqa: F811
) -> None:
    project = built_demo.copy_to(tmp_path / "project")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(project.build_file)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as reader:
        assert reader.stdout.readline() == "open\n"
        refused = run_publish(project)
        reader.stdin.close()
    assert refused.returncode == 75
    assert "The database of the build is open in another program" in refused.stderr
    assert f"process {reader.pid}" in refused.stderr


# -- people read meanwhile --------------------------------------------------------


def read_file(target: Path) -> str:
    """Read a publication as a BI tool does: open, ask twice, close."""
    with duckdb.connect(str(target), read_only=True) as connection:
        [run_id, rows] = connection.execute(
            f"select run_id, row_count from {MARTS}.publication"
        ).fetchone()
        [counted] = connection.execute(
            f"select sum(row_count) from {MARTS}.publication_tables"
        ).fetchone()
        [held] = connection.execute(
            f"select count(*) from {MARTS}.fct_client_profiles"
        ).fetchone()
        assert counted == rows and held > 0
        return run_id


def read_parquet(target: Path) -> str:
    """Read a publication from its files: the folder that `current` points to."""
    folder = (target.parent / "parquet" / "current").resolve()
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for each in manifest["files"][:5]:
        content = (folder / each["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == each["sha256"]
    return manifest["run_id"]


def keep_reading(reader, target: Path, ends: multiprocessing.Event, seen) -> None:
    """Read again and again; report the runs in the order they were seen."""
    runs, reads = [], 0
    try:
        while not ends.is_set():
            run_id = reader(target)
            reads += 1
            if not runs or runs[-1] != run_id:
                runs.append(run_id)
    except Exception as error:
        seen.put((reads, runs, repr(error)))
    else:
        seen.put((reads, runs, None))


def test_readers_are_never_locked_out_and_see_old_or_new(
    built_demo: DemoProject, publication: Publication, tmp_path: Path  # noqa: F811
) -> None:
    target = tmp_path / "published.duckdb"
    publish.copy(built_demo.build_file, target, as_run(publication, 0))
    context = multiprocessing.get_context("spawn")
    ends, seen = context.Event(), context.Queue()
    readers = [
        context.Process(target=keep_reading, args=(reader, target, ends, seen))
        for reader in (read_file, read_parquet)
    ]
    for reader in readers:
        reader.start()
    time.sleep(2)
    for number in range(1, 9):
        publish.copy(built_demo.build_file, target, as_run(publication, number))
    time.sleep(0.5)
    ends.set()
    reports = [seen.get(timeout=60) for _ in readers]
    for reader in readers:
        reader.join()
    for reads, runs, error in reports:
        assert error is None
        assert reads > 20
        # Each run once, in their order: nobody falls back to an old one.
        assert runs == sorted(set(runs)) and len(runs) > 3
        assert runs[-1] == as_run(publication, 8).run_id
