"""Bring the history back from a publication, into a new file for the build.

    python publish/restore_history.py [--from FOLDER] [--discard]

FOLDER is a publication or its folder `history`, a copy of one, or what export_history.py
wrote; without it, the last publication. Every file is checked against its SHA-256 first. The
next run makes everything else anew from the sources and the rules.

The file of the build that was there is kept beside the new one. When it holds history that
the publication does not, nothing is done: --discard says that it may go.

With CLIENT_PROFILES_TARGET=postgres it is brought into the database, in one transaction, and
the tables that were there are kept in a schema of their own. With spark, Delta keeps the
versions of the tables that were there.

Exit code 0: restored. 1: refused, nothing was changed. 75: something else uses the database;
run again later.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from database_lock import database_lock
from durable import put_in_place, sync
from history_export import History
from history_guard import published_histories, read_sound_history
from other_engine import HoldsMore, NotReached
from parquet_file import types_of
from postgres_history import bring_to_postgres
from publication import HistoryTable, quoted
from publish import BUSY, FAILED, HELD, ask_dbt, explain, place
from run_lock import Busy, run_lock
from spark_history import bring_to_spark

# Where the build is not a file.
BRING_TO = {"postgres": bring_to_postgres, "spark": bring_to_spark}


class Refused(Exception):
    """Nothing was changed; the text says why, and what to do."""


def main(arguments: list[str] | None = None) -> int:
    """Restore; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="restore_history.py", description=__doc__.split("\n")[0]
    )
    parser.add_argument("--from", dest="folder", type=Path, metavar="FOLDER")
    parser.add_argument("--discard", action="store_true")
    given = parser.parse_args(arguments)
    build_file = place("CLIENT_PROFILES_BUILD_PATH", "build.duckdb")
    bring = BRING_TO.get(os.environ.get("CLIENT_PROFILES_TARGET", "duckdb"))
    what = "restore the history"
    try:
        with run_lock(build_file.with_name("run.lock"), what), database_lock(what, None):
            history = find_history(
                given.folder, place("CLIENT_PROFILES_PUBLISH_PATH", "published.duckdb")
            )
            if bring:
                target, kept = restore_elsewhere(history, bring, given.discard)
            else:
                target, kept = build_file, restore(history, build_file, given.discard)
    except Busy as busy:
        print(busy, file=sys.stderr)
        return BUSY
    except (Refused, NotReached, OSError, ValueError, duckdb.Error) as error:
        print(f"restore-history: {error}\nNothing was changed.", file=sys.stderr)
        return FAILED
    rows = sum(each.rows for each in history.files)
    print(f"Restored {len(history.files)} tables, {rows:,} rows, as of {history.as_of}")
    print(f"  from {history.folder}")
    print(f"  into {target}")
    if kept:
        print(f"  what was there is kept as {kept}")
    print("Next:\n  make run    build everything else again, and publish it")
    return 0


def find_history(folder: Path | None, target: Path) -> History:
    """Read the history that is asked for, whose files must be sound."""
    if folder is None:
        published = published_histories(target)
        if not published:
            raise Refused(
                f"no history is published beside {target}; name a folder that holds one: "
                "make restore-history FROM=folder"
            )
        folder = published[0]
    elif (folder / "history").is_dir():
        folder = folder / "history"
    history, damage = read_sound_history(folder)
    if history is None:
        others = [
            each for each in published_histories(target)
            if each.resolve() != folder.resolve() and read_sound_history(each)[0]
        ]
        raise Refused(
            "; ".join(damage)
            + (f". The one before is sound: make restore-history FROM={others[0]}"
               if others else "")
        )
    return history


def restore(history: History, build_file: Path, discard: bool) -> Path | None:
    """Put a file with this history in place; say where the one before it is kept."""
    if build_file.exists() and not discard:
        refuse_to_lose(history, build_file)
    build_file.parent.mkdir(parents=True, exist_ok=True)
    # What was ended in between.
    for leftover in build_file.parent.glob(f".{build_file.name}.*"):
        leftover.unlink()
    new = build_file.with_name(f".{build_file.name}.{os.getpid()}")
    try:
        write(history, new)
        kept = set_aside(build_file)
        try:
            put_in_place(new, build_file)
        except OSError:
            if kept:
                move(kept, build_file)
            raise
    finally:
        for leftover in (new, Path(f"{new}.wal")):
            leftover.unlink(missing_ok=True)
    return kept


def write(history: History, new: Path) -> None:
    """Write the tables of a history into a new file, and count them."""
    with duckdb.connect(str(new)) as connection:
        connection.execute("begin")
        for each in history.files:
            connection.execute(f"create schema if not exists {quoted(each.table.schema)}")
            [count] = connection.execute(
                f"create table {each.table.relation} as select * from {each.source}"
            ).fetchone()
            if count != each.rows:
                raise ValueError(f"{each.path} has {count} rows, not {each.rows}")
        connection.execute("commit")
        connection.execute("checkpoint")


def refuse_to_lose(history: History, build_file: Path) -> None:
    """Raise Refused when a build holds history that is not in this one."""
    try:
        connection = duckdb.connect(str(build_file), read_only=True)
    except duckdb.Error as error:
        held = HELD.search(str(error))
        if held:
            raise Busy(explain(*held.groups())) from None
        # Nobody can read what it holds; it is kept.
        print(f"{build_file} can't be read: {error}", file=sys.stderr)
        return
    with connection:
        more = []
        for each in history.files:
            if each.table.keeps == "nothing":
                continue
            number = count_more(connection, each.table, each.source)
            if number:
                more.append(f"{each.table.full_name}: {number}")
    if more:
        raise Refused(
            explain_more(str(build_file), history, more, "the file is kept beside the new one")
        )


def explain_more(holder: str, history: History, more: list[str], kept: str) -> str:
    """Say what would be lost, and what to do about it."""
    return (
        f"{holder} holds rows of the history that {history.folder} does not:\n  "
        + "\n  ".join(more)
        + f"\nIf they may go: make restore-history DISCARD=1 ({kept})."
    )


def restore_elsewhere(
    history: History, bring: Callable, discard: bool
) -> tuple[str, str | None]:
    """Bring a history to another engine; say where, and where the one before it is kept."""
    places = {
        each["name"]: each["schema"] for each in ask_dbt("print_history_tables", [])["tables"]
    }
    strange = [
        each.table.full_name for each in history.files if each.table.name not in places
    ]
    if strange:
        raise Refused(
            f"{history.folder} holds tables that this project has not: {', '.join(strange)}"
        )
    try:
        return bring(history, places, discard)
    except HoldsMore as error:
        raise Refused(
            explain_more(
                error.database, history, error.tables, "what is there now is kept"
            )
        ) from None


def count_more(
    connection: duckdb.DuckDBPyConnection, table: HistoryTable, source: str
) -> int:
    """Count the rows of a table that are not in the file of it."""
    there = connection.execute(
        "select count(*) from information_schema.tables"
        " where table_schema = $1 and table_name = $2",
        [table.schema, table.name],
    ).fetchone()[0]
    if not there:
        return 0
    kept = types_of(connection, source)
    columns = list(types_of(connection, table.relation))
    wanted = ", ".join(map(quoted, columns))
    # A column that the file does not have was added later.
    read = ", ".join(
        quoted(column) if column in kept else f"null as {quoted(column)}"
        for column in columns
    )
    return connection.execute(
        f"select count(*) from (select {wanted} from {table.relation}"
        f" except all select {read} from {source})"
    ).fetchone()[0]


def set_aside(build_file: Path) -> Path | None:
    """Rename the file of a build, with its log; a new file must not meet the log."""
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    kept = build_file.with_name(f"{build_file.name}.before_restore_{stamp}")
    return kept if move(build_file, kept) else None


def move(file: Path, to: Path) -> bool:
    """Rename a DuckDB file with its log; say whether one of them was there."""
    found = [suffix for suffix in ("", ".wal") if Path(f"{file}{suffix}").exists()]
    for suffix in found:
        os.replace(f"{file}{suffix}", f"{to}{suffix}")
    sync(to.parent)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
