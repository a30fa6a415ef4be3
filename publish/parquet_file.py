"""One table as a Parquet file, and the manifest of a folder of them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import duckdb

from durable import sync
from publication import Publication, literal

MANIFEST = "manifest.json"


def write_table(
    connection: duckdb.DuckDBPyConnection, relation: str, folder: Path, name: str
) -> dict:
    """Write a table below a folder; give what a manifest says of the file."""
    file = folder / f"{name}.parquet"
    file.parent.mkdir(parents=True, exist_ok=True)
    [count] = connection.execute(
        f"copy (select * from {relation}) to {literal(str(file))}"
        " (format parquet, compression zstd)"
    ).fetchone()
    sync(file)
    return {"file": f"{name}.parquet", "rows": count, "sha256": checksum(file)}


def write_manifest(folder: Path, publication: Publication, files: list[dict]) -> None:
    """Say of which run a folder is, and what is in it."""
    manifest = folder / MANIFEST
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


def checksum(file: Path) -> str:
    """Give the SHA-256 of a file."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def types_of(connection: duckdb.DuckDBPyConnection, source: str) -> dict[str, str]:
    """Give the columns of a table, or of a file, with their types."""
    rows = connection.execute(f"describe select * from {source}").fetchall()
    return {row[0]: row[1] for row in rows}


def rows_in(file: Path) -> str:
    """Give a Parquet file as SQL that reads it."""
    return f"read_parquet({literal(str(file))})"
