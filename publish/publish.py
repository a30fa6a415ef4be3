"""Build where nobody looks, and publish what passed.

    python publish/publish.py [--build-only] [--new-history] [--vars VARS] [--full-refresh]

Runs `dbt build` in the folder from which it is called. Only when every model and every
test passed, and the history has lost nothing, the marts and the snapshots are copied to
where people read them:

- a DuckDB file, `CLIENT_PROFILES_PUBLISH_PATH` (warehouse/published.duckdb)
- Parquet files in a folder beside it, `parquet/current`, with the whole history

Both take the place of the last publication in one step each, once both are written.
Whatever fails before leaves it as it was. One run at a time: a second one ends at once.

Exit code 0: built and published. 1: the build or the publication failed; what was
published stays. 75: something else uses the database; run again later.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from database_lock import database_lock
from duckdb_file import new_file
from durable import put_in_place
from history_guard import keep_history, last_history, lost_since, why_it_is_missing
from parquet_folder import new_folder, switch_to
from publication import Publication, read_publication, said_by
from run_lock import Busy, run_lock

DBT = [sys.executable, "-c", "from dbt.cli.main import cli; cli()"]
FAILED, BUSY = 1, 75
# They try the models' SQL on made-up rows: that is for who changes it, in `make build`
# and `make test`, and says nothing of the data that are published.
WITHOUT_UNIT_TESTS = ["--exclude-resource-type", "unit_test"]
NOTHING_PUBLISHED = "Nothing was published: what was there before is still there."
# What DuckDB says when another process has the file open.
HELD = re.compile(r"Conflicting lock is held in (.+?) \(PID (\d+)\)")


class HalfPublished(Exception):
    """One of the two places could be switched, the other not."""


def main(arguments: list[str] | None = None) -> int:
    """Build and publish; return the exit code."""
    parser = argparse.ArgumentParser(prog="publish.py", description=__doc__.split("\n")[0])
    parser.add_argument("--build-only", action="store_true", help="publish nothing")
    parser.add_argument("--vars", help="variables for dbt, as YAML")
    # A part of the build would publish tables that do not belong together.
    parser.add_argument("--full-refresh", action="store_true")
    parser.add_argument(
        "--new-history", action="store_true",
        help="publish, though the last publication holds more of the history",
    )
    given = parser.parse_args(arguments)
    variables = ["--vars", given.vars] if given.vars else []
    command = [*variables, *(["--full-refresh"] if given.full_refresh else [])]
    target = place("CLIENT_PROFILES_PUBLISH_PATH", "published.duckdb")
    build_file = place("CLIENT_PROFILES_BUILD_PATH", "build.duckdb")
    lock = build_file.with_name("run.lock")
    what = "build" if given.build_only else "build and publish"
    try:
        with run_lock(lock, what), database_lock(what, given.vars):
            if not given.new_history:
                missing = why_it_is_missing(build_file, target)
                if missing:
                    print(f"publish: {missing}\n{NOTHING_PUBLISHED}", file=sys.stderr)
                    return FAILED
            code = build(command if given.build_only else [*command, *WITHOUT_UNIT_TESTS])
            if code == 0 and not given.build_only:
                code = publish(variables, target, given.new_history)
            return code
    except Busy as busy:
        print(busy, file=sys.stderr)
        return BUSY
    except OSError as error:
        print(f"publish: {error}\n{NOTHING_PUBLISHED}", file=sys.stderr)
        return FAILED


def place(variable: str, name: str) -> Path:
    """Give the path that a variable of the environment says, or the usual one."""
    return Path(os.environ.get(variable) or Path("warehouse") / name)


def build(arguments: list[str]) -> int:
    """Run dbt build, showing its output; return the exit code."""
    with subprocess.Popen(
        [*DBT, "build", *arguments], stdout=subprocess.PIPE, text=True
    ) as process:
        holder = None
        for line in process.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            holder = holder or HELD.search(line)
    if not process.returncode:
        return 0
    if holder:
        raise Busy(explain(*holder.groups()))
    print(NOTHING_PUBLISHED, file=sys.stderr)
    return FAILED


def explain(program: str, process: str) -> str:
    """Say who has the database open, and what to do about it."""
    return (
        f"The database of the build is open in another program: {program}, process "
        f"{process}. Close it there, and run again. Read the published file instead of it: "
        "that one is never locked."
    )


def publish(variables: list[str], target: Path, new_history: bool) -> int:
    """Publish the build that just passed; return the exit code.

    new_history: whether it may hold less of the history than what was published last
    """
    print("==> publish", flush=True)
    try:
        last = None if new_history else last_history(target)
        said = ask_dbt("print_publication", variables, lost_since(last) if last else None)
        if said["history_losses"]:
            raise ValueError(explain_losses(said["history_losses"], last.as_of))
        if new_history:
            keep_history(target)
        publication = read_publication(
            said, last_run_id(), datetime.now(UTC).replace(microsecond=0), Path.cwd()
        )
        if said["engine"] == "duckdb":
            places = copy(Path(said["build_path"]), target, publication)
        else:
            places = swap_schema(said["published_schema"], publication, variables, new_history)
    except HalfPublished as error:
        print(f"publish: {error}", file=sys.stderr)
        return FAILED
    except (OSError, ValueError, duckdb.Error) as error:
        print(f"publish: {error}\n{NOTHING_PUBLISHED}", file=sys.stderr)
        return FAILED
    print(f"Published {len(publication.tables)} tables, as of {publication.as_of}")
    for where in places:
        print(f"  {where}")
    return 0


def explain_losses(losses: list[str], as_of: str) -> str:
    """Say what is gone since the publication of that date, and what to do about it."""
    return (
        f"the history has lost what was published as of {as_of}:\n  "
        + "\n  ".join(losses)
        + "\nBring it back: make restore-history DISCARD=1 (it keeps a copy of this build; "
        "docs/history.md says how on PostgreSQL)."
        "\nIf it is right so: make publish NEW_HISTORY=1 (it keeps a copy of what was "
        "published)."
    )


def copy(build_file: Path, target: Path, publication: Publication) -> list[str]:
    """Write file and folder, then put both in place; say where they are."""
    with (
        new_file(build_file, target, publication) as (file, counted),
        new_folder(file, build_file, target.with_name("parquet"), counted) as unfinished,
    ):
        put_in_place(file, target)
        try:
            folder = switch_to(unfinished)
        except OSError as error:
            raise HalfPublished(
                f"{target} is the new publication, but the Parquet files are still those of "
                f"the one before ({error}). Run again."
            ) from error
    return [
        f"{target}, {counted.row_count:,} rows",
        f"{folder.parent / 'current'} -> {folder.name}",
    ]


def swap_schema(
    schema: str, publication: Publication, variables: list[str], new_history: bool
) -> list[str]:
    """Let dbt publish in the database; say where it is."""
    reader = os.environ.get("CLIENT_PROFILES_PG_READER") or None
    said = ask_dbt(
        "publish_schema", variables,
        {
            "run_id": publication.run_id,
            "published_at": f"{publication.published_at:%Y-%m-%d %H:%M:%S}",
            "git_revision": publication.git_revision,
            "reader": reader,
            "new_history": new_history,
        },
    )
    if "history_losses" in said:
        raise ValueError(explain_losses(said["history_losses"], said["as_of"]))
    readers = f", role {reader} may read it" if reader else ""
    return [f"schema {schema}, {said['row_count']:,} rows{readers}"]


def ask_dbt(macro: str, variables: list[str], given: dict | None = None) -> dict:
    """Run a macro that prints an object."""
    finished = subprocess.run(
        [
            *DBT, "--quiet", "run-operation", macro, "--args", json.dumps(given or {}),
            *variables,
        ],
        stdout=subprocess.PIPE, text=True,
    )
    if finished.returncode:
        raise ValueError(f"dbt run-operation {macro} failed:\n{finished.stdout}")
    return said_by(finished.stdout)


def last_run_id() -> str:
    """Give dbt's id of the build."""
    folder = Path(os.environ.get("DBT_TARGET_PATH") or "target")
    results = json.loads((folder / "run_results.json").read_text(encoding="utf-8"))
    return results["metadata"]["invocation_id"]


if __name__ == "__main__":
    sys.exit(main())
