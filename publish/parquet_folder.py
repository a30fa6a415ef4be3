"""Writes what people read as Parquet files, for tools that read no database.

    parquet/
      20261101T031500Z-1f2e3d4c/       one publication
        manifest.json                  what is in it, with the SHA-256 of every file
        client_profiles/fct_client_profiles.parquet …
      current -> 20261101T031500Z-1f2e3d4c

A publication is written into a folder of its own; then `current` is switched to it. The
last ones are kept, so that whoever reads one is not interrupted.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from durable import point_to, sync
from publication import Publication, literal

KEPT = 3
PUBLICATION = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")


@contextmanager
def new_folder(source: Path, parent: Path, publication: Publication) -> Iterator[Path]:
    """Write the tables of a DuckDB file into a new folder; remove it at the end.

    gives: the folder, until `switch_to` takes it over
    errors: duckdb.Error, OSError
    """
    parent.mkdir(parents=True, exist_ok=True)
    # What runs left behind that were ended in between.
    for leftover in parent.glob(".*"):
        if leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover)
    unfinished = parent / f".{publication.folder_name}"
    try:
        write(source, unfinished, publication)
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


def write(source: Path, folder: Path, publication: Publication) -> None:
    """Write all files of a publication, the manifest at last."""
    files = []
    with duckdb.connect(str(source), read_only=True) as connection:
        for table in publication.tables:
            file = folder / table.schema / f"{table.name}.parquet"
            file.parent.mkdir(parents=True, exist_ok=True)
            connection.execute(
                f"copy (select * from {table.relation}) to {literal(str(file))}"
                " (format parquet, compression zstd)"
            )
            sync(file)
            files.append(
                {
                    "file": str(file.relative_to(folder)),
                    "rows": publication.row_counts[f"{table.schema}.{table.name}"],
                    "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
                }
            )
    manifest = folder / "manifest.json"
    manifest.write_text(
        json.dumps(
            {
                "run_id": publication.run_id,
                "published_at": publication.published_at.isoformat(timespec="seconds"),
                "as_of": publication.as_of,
                "git_revision": publication.git_revision,
                "rules_fingerprint": publication.rules_fingerprint,
                "files": files,
            },
            indent=2,
        )
        + "\n",
        encoding="utf-8",
    )
    sync(manifest)
    for each in (*folder.iterdir(), folder):
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
