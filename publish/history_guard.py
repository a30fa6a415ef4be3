"""No run begins an empty history where a publication holds one.

The comparison row by row is the macro history_losses, after the build. Before it, this
looks whether the tables are there at all.
"""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from history_export import History, read_history

ADVICE = (
    "Bring the history back: make restore-history\n"
    "To begin a new one on purpose: make run NEW_HISTORY=1"
)


def published_histories(target: Path) -> list[Path]:
    """List the histories in the publications beside the published file, the last first."""
    parent = target.with_name("parquet")
    current = (parent / "current").resolve()
    others = sorted(
        (each for each in parent.glob("[0-9]*") if each.resolve() != current), reverse=True
    )
    return [each / "history" for each in (current, *others) if (each / "history").is_dir()]


def last_history(target: Path) -> History | None:
    """Read the history of the last publication whose files are as they were written.

    errors: ValueError where there are some, but all are damaged
    """
    damage = []
    for folder in published_histories(target):
        history, found = read_sound_history(folder)
        if history:
            return history
        damage += found
    if damage:
        raise ValueError("every history that was published is damaged: " + "; ".join(damage))
    return None


def read_sound_history(folder: Path) -> tuple[History | None, list[str]]:
    """Read a history; where it is damaged, say how instead."""
    try:
        history = read_history(folder)
    except (OSError, ValueError) as error:
        return None, [str(error)]
    if history is None:
        return None, [f"{folder} has no manifest.json"]
    damage = [each for each in (file.damage() for file in history.files) if each]
    return (None, damage) if damage else (history, [])


def why_it_is_missing(build_file: Path, target: Path) -> str | None:
    """Say which history of the last publication the build does not have, and what to do.

    It looks at DuckDB files only: on PostgreSQL the tables of a build have no file that
    could be lost by itself.
    """
    if os.environ.get("CLIENT_PROFILES_TARGET", "duckdb") != "duckdb":
        return None
    try:
        last = last_history(target)
    except ValueError as error:
        return f"{error}\n{ADVICE}"
    if last is None:
        return None
    if not build_file.exists():
        problem = f"{build_file} is not there"
    else:
        try:
            missing = missing_tables(build_file, last)
        except duckdb.Error as error:
            if "Conflicting lock" in str(error):
                # Whoever holds it is named by dbt, a moment later.
                return None
            problem = f"{build_file} can't be read ({error})"
        else:
            if not missing:
                return None
            problem = f"{build_file} has no {', '.join(missing)}"
    return (
        f"{problem}, but a history was published as of {last.as_of} ({last.folder}); "
        f"a run would begin an empty one.\n{ADVICE}"
    )


def missing_tables(build_file: Path, last: History) -> list[str]:
    """List the tables of a history that the file does not have."""
    with duckdb.connect(str(build_file), read_only=True) as connection:
        there = set(
            connection.execute(
                "select table_schema, table_name from information_schema.tables"
            ).fetchall()
        )
    return [
        each.table.full_name for each in last.files
        if each.table.keeps != "nothing"
        and (each.table.schema, each.table.name) not in there
    ]


def lost_since(last: History) -> dict:
    """Give what the macro print_publication needs to compare."""
    return {
        "last": {
            "as_of": last.as_of,
            "tables": [
                {
                    "schema": each.table.schema,
                    "name": each.table.name,
                    "keeps": each.table.keeps,
                    "file": str(each.path.resolve()),
                }
                for each in last.files
            ],
        }
    }


def keep_history(target: Path) -> None:
    """Copy the history of the last publication, before another one takes its place."""
    for folder in published_histories(target)[:1]:
        copy = target.with_name(f"history_before_{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
        shutil.copytree(folder, copy)
        print(f"  the history that was published before is kept in {copy}")
