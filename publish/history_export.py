"""Writes the history into every publication, complete, so that it can be restored.

    history/
      manifest.json            what is in it, with the SHA-256 of every file
      client_profiles_snapshots/client_profiles_snapshot.parquet …

History is every table that a run adds to instead of making it anew. The folder needs
nothing beside it: copied to another place it is a backup (restore_history.py).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import duckdb

from parquet_file import (
    MANIFEST, checksum, rows_in, types_of, write_manifest, write_table,
)
from publication import HistoryTable, Publication, literal


@dataclass(frozen=True)
class HistoryFile:
    """One table of the history, as it was written."""

    table: HistoryTable
    path: Path
    rows: int
    sha256: str

    @property
    def source(self) -> str:
        """Give it as SQL that reads it."""
        return rows_in(self.path)

    def damage(self) -> str | None:
        """Say in which way the file is not the one that was written."""
        if not self.path.is_file():
            return f"{self.path} is missing"
        if checksum(self.path) != self.sha256:
            return f"{self.path} is not the file that was written: its SHA-256 differs"
        return None


@dataclass(frozen=True)
class History:
    """The history that a folder holds."""

    folder: Path
    as_of: str
    files: tuple[HistoryFile, ...]


def write_history(build_file: Path, folder: Path, publication: Publication) -> int:
    """Write all tables that runs add to, with their types as they are; count the rows.

    errors: ValueError where a type would not come back from a Parquet file
    """
    files = []
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(str(build_file))} as build (read_only)")
        for table in publication.history:
            relation = f"build.{table.relation}"
            said = write_table(connection, relation, folder, f"{table.schema}/{table.name}")
            kept = types_of(connection, rows_in(folder / said["file"]))
            for column, data_type in types_of(connection, relation).items():
                if kept[column] != data_type:
                    raise ValueError(
                        f"{table.full_name}: column {column} is {data_type}, but a Parquet "
                        f"file holds it as {kept[column]}; cast it in the model"
                    )
            files.append(
                {"schema": table.schema, "name": table.name, "keeps": table.keeps, **said}
            )
    write_manifest(folder, publication, files)
    return sum(each["rows"] for each in files)


def read_history(folder: Path) -> History | None:
    """Read what a folder says it holds; none where it is not there.

    errors: ValueError where it is no manifest of a history
    """
    manifest = folder / MANIFEST
    try:
        said = json.loads(manifest.read_text(encoding="utf-8"))
        files = tuple(
            HistoryFile(
                HistoryTable(each["schema"], each["name"], each["keeps"]),
                folder / each["file"], each["rows"], each["sha256"],
            )
            for each in said["files"]
        )
        return History(folder, said["as_of"], files)
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{manifest} can't be read ({error!r})") from error
