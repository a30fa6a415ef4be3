"""Write the history of PostgreSQL or Spark into a folder, to move it to another engine.

    CLIENT_PROFILES_TARGET=postgres python publish/export_history.py FOLDER

FOLDER is made. It is as the folder `history` of a publication, so restore_history.py brings
it to any engine. On DuckDB every publication has it already.

Exit code 0: written. 1: refused, or it failed; FOLDER is not there. 75: a run is under way.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from database_lock import database_lock
from history_export import write_history
from other_engine import NotReached
from postgres_history import read_from_postgres
from publication import read_publication
from publish import BUSY, FAILED, ask_dbt, place
from run_lock import Busy, run_lock
from spark_history import read_from_spark

READ_FROM = {"postgres": read_from_postgres, "spark": read_from_spark}


def main(arguments: list[str] | None = None) -> int:
    """Export; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="export_history.py", description=__doc__.split("\n")[0]
    )
    parser.add_argument("folder", metavar="FOLDER")
    given = parser.parse_args(arguments)
    what = "export the history"
    lock = place("CLIENT_PROFILES_BUILD_PATH", "build.duckdb").with_name("run.lock")
    try:
        if not given.folder:
            raise ValueError("name a folder: make export-history TARGET=postgres TO=folder")
        read = READ_FROM.get(os.environ.get("CLIENT_PROFILES_TARGET", "duckdb"))
        if not read:
            raise ValueError(
                "on DuckDB every publication holds it: copy warehouse/parquet/current/history"
            )
        with run_lock(lock, what), database_lock(what, None):
            rows, as_of = export(Path(given.folder), read)
    except Busy as busy:
        print(busy, file=sys.stderr)
        return BUSY
    except (NotReached, OSError, ValueError, duckdb.Error) as error:
        print(f"export-history: {error}\nNothing was written.", file=sys.stderr)
        return FAILED
    print(f"Exported {rows:,} rows of the history, as of {as_of}")
    print(f"  into {given.folder}")
    print(f"Next:\n  make restore-history FROM={given.folder}    on the other engine")
    return 0


def export(folder: Path, read: Callable) -> tuple[int, str]:
    """Write the folder, all of it or nothing; give the number of rows and the as-of date."""
    if folder.exists():
        raise ValueError(f"{folder} is there already; name one that is not")
    publication = read_publication(
        ask_dbt("print_publication", []), "export",
        datetime.now(UTC).replace(microsecond=0), Path.cwd(),
    )
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        file = unfinished / "history.duckdb"
        as_of = read(publication.history, file)
        written = unfinished / "history"
        rows = write_history(file, written, replace(publication, as_of=as_of))
        os.replace(written, folder)
    finally:
        shutil.rmtree(unfinished)
    return rows, as_of


if __name__ == "__main__":
    sys.exit(main())
