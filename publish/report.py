"""Make the report: one page that shows what was published.

    python publish/report.py [--periods N] [--optional]

Reads the published file, `CLIENT_PROFILES_PUBLISH_PATH` (warehouse/published.duckdb), and
writes `report.html` beside it in one step. With CLIENT_PROFILES_TARGET=postgres it reads
the published schema instead, for which the rights of a reader are enough. The page needs no
server and no network: open it from disk, or let any web server hand it out.

`--periods` limits it to the last N periods, for very many clients. `--optional` is for
runs that have published already: where the page can't be bundled, they still succeed.

Exit code 0: written, or `--optional` and it says why not. 1: it could not be made, and
why. What was there before stays as it was.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from durable import put_in_place
from page_bundle import CannotBundle, bundle
from page_html import html
from postgres_tables import NotReached, copy_published_schema
from published import Published, Unreadable
from report_data import read_labels, read_tables

CACHE = Path(".cache/page")


def main(arguments: list[str] | None = None) -> int:
    """Make the report; return the exit code."""
    parser = argparse.ArgumentParser(prog="report.py", description=__doc__.split("\n")[0])
    parser.add_argument("--periods", type=at_least_one, metavar="N")
    parser.add_argument("--optional", action="store_true")
    given = parser.parse_args(arguments)
    published = Path(
        os.environ.get("CLIENT_PROFILES_PUBLISH_PATH") or "warehouse/published.duckdb"
    )
    target = published.with_name("report.html")
    try:
        with published_file(published) as file:
            page = make(file, given.periods)
        target.parent.mkdir(parents=True, exist_ok=True)
        write(target, page)
    except CannotBundle as error:
        print(f"report: {error}", file=sys.stderr)
        print(f"No report was made.{about_former(target)}", file=sys.stderr)
        return 0 if given.optional else 1
    except (OSError, ValueError, Unreadable, NotReached, duckdb.Error) as error:
        print(f"report: {error}", file=sys.stderr)
        print(f"No report was made.{about_former(target)}", file=sys.stderr)
        return 1
    size = len(page.encode()) / 1_000_000
    print(f"Report: {target}, {size:.2f} MB; open it in any browser")
    return 0


def at_least_one(text: str) -> int:
    """Read a number of periods."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of periods, 1 or more")
    return int(text)


@contextmanager
def published_file(published: Path) -> Iterator[Path]:
    """Give a file that holds what the target published.

    On PostgreSQL it is a copy of the published schema, which is gone afterwards.
    """
    if os.environ.get("CLIENT_PROFILES_TARGET", "duckdb") != "postgres":
        yield published
        return
    with tempfile.TemporaryDirectory(prefix="client_profiles_") as folder:
        file = Path(folder) / "published_schema.duckdb"
        copy_published_schema(file)
        yield file


def make(published: Path, periods: int | None) -> str:
    """Read what was published and give the page."""
    if not published.is_file():
        raise Unreadable(f"{published} is not there: publish first, with make run")
    parts = bundle(CACHE)
    source = Published(published, periods)
    try:
        labels = read_labels(source)
        if not labels["periods"]:
            raise Unreadable(f"{published} holds no profiles yet: there is nothing to show")
        return html(parts, labels, read_tables(source, labels))
    finally:
        source.close()


def write(target: Path, page: str) -> None:
    """Let the new page take the place of the former one."""
    new = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        new.write_text(page, encoding="utf-8")
        put_in_place(new, target)
    finally:
        new.unlink(missing_ok=True)


def about_former(target: Path) -> str:
    """Say that what lies there is not of this run."""
    if not target.is_file():
        return ""
    return f" {target} is still that of an earlier publication, as it says at its top."


if __name__ == "__main__":
    sys.exit(main())
