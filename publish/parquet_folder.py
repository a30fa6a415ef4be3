"""Writes what people read as Parquet files, for tools that read no database.

    parquet/
      20261101T031500Z-1f2e3d4c/       one publication
        manifest.json                  what is in it, with the SHA-256 of every file
        client_profiles/fct_client_profiles.parquet …
        history/                       what runs add to, complete (history_export.py)
      current -> 20261101T031500Z-1f2e3d4c

A publication is written into a folder of its own; then `current` is switched to it. The
last ones are kept, so that whoever reads one is not interrupted.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from durable import point_to, sync
from history_export import write_history
from parquet_file import write_manifest, write_table
from publication import Publication

KEPT = 3
PUBLICATION = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")


@contextmanager
def new_folder(
    source: Path, build_file: Path, parent: Path, publication: Publication
) -> Iterator[Path]:
    """Write the tables of a DuckDB file into a new folder; remove it at the end.

    source: the new published file; build_file: the one that holds the history
    gives: the folder, until `switch_to` takes it over
    errors: duckdb.Error, OSError
    """
    parent.mkdir(parents=True, exist_ok=True)
    pointer = parent / "current"
    if pointer.exists() and not pointer.is_symlink():
        raise FileExistsError(
            f"{pointer} is a folder of its own and not a link to a publication, as it is after "
            "copying one without keeping links; move it away and run again"
        )
    # What runs left behind that were ended in between.
    for leftover in parent.glob(".*"):
        if leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover)
    unfinished = parent / f".{publication.folder_name}"
    try:
        write(source, build_file, unfinished, publication)
        yield unfinished
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def switch_to(unfinished: Path) -> Path:
    """Give a finished folder its name and let `current` point to it; forget old ones."""
    parent = unfinished.parent
    folder = parent / unfinished.name.removeprefix(".")
    os.replace(unfinished, folder)
    sync(parent)
    point_to(parent / "current", folder)
    forget_old_ones(parent)
    return folder


def write(source: Path, build_file: Path, folder: Path, publication: Publication) -> None:
    """Write all files of a publication, its manifest at last."""
    write_history(build_file, folder / "history", publication)
    with duckdb.connect(str(source), read_only=True) as connection:
        files = [
            write_table(connection, table.relation, folder, f"{table.schema}/{table.name}")
            for table in publication.tables
        ]
    write_manifest(folder, publication, files)
    for each in (*folder.rglob("*"), folder):
        if each.is_dir():
            sync(each)


def forget_old_ones(parent: Path) -> None:
    """Remove all publications but the last ones."""
    current = (parent / "current").resolve()
    folders = sorted(
        each for each in parent.iterdir()
        if PUBLICATION.fullmatch(each.name) and each.is_dir() and each.resolve() != current
    )
    for folder in folders[: max(0, len(folders) - KEPT + 1)]:
        shutil.rmtree(folder)
