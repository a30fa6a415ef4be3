"""What is published: which run made it, and which tables there are."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

SCHEMA = "client_profiles"


@dataclass(frozen=True)
class Column:
    """A column of a published table, in words."""

    name: str
    description: str
    is_personal_data: bool


@dataclass(frozen=True)
class Table:
    """A table that people read; `kind` is mart or snapshot."""

    schema: str
    name: str
    kind: str
    description: str
    columns: tuple[Column, ...]

    @property
    def relation(self) -> str:
        """Give schema and name as SQL."""
        return f"{quoted(self.schema)}.{quoted(self.name)}"


@dataclass(frozen=True)
class HistoryTable:
    """A table that runs add to; no build can bring back what it holds.

    keeps: which of its rows stay for good: `records` (a snapshot's, of earlier dates),
      `rows` (all), `closed_periods`, or `nothing` where a full refresh may make it anew
    """

    schema: str
    name: str
    keeps: str

    @property
    def full_name(self) -> str:
        """Name it as manifests do."""
        return f"{self.schema}.{self.name}"

    @property
    def relation(self) -> str:
        """Give schema and name as SQL."""
        return f"{quoted(self.schema)}.{quoted(self.name)}"


@dataclass(frozen=True)
class Publication:
    """What one run publishes."""

    run_id: str
    published_at: datetime
    as_of: str
    git_revision: str | None
    rules_fingerprint: str
    tables: tuple[Table, ...]
    history: tuple[HistoryTable, ...]
    # Filled as the tables are copied: rows by schema and name.
    row_counts: dict[str, int] = field(default_factory=dict)

    @property
    def row_count(self) -> int:
        """Count the rows of all tables."""
        return sum(self.row_counts.values())

    @property
    def folder_name(self) -> str:
        """Name a folder that sorts by time."""
        return f"{self.published_at:%Y%m%dT%H%M%SZ}-{self.run_id[:8]}"


def read_publication(
    said: dict, run_id: str, published_at: datetime, project: Path
) -> Publication:
    """Make it of what the macro print_publication says."""
    tables = tuple(
        Table(
            each["schema"], each["name"], each["kind"], each["description"],
            tuple(
                Column(column["name"], column["description"], column["is_personal_data"])
                for column in each["columns"]
            ),
        )
        for each in said["tables"]
    )
    return Publication(
        run_id, published_at, said["as_of"], git_revision(project),
        said["rules_fingerprint"], tables,
        tuple(
            HistoryTable(each["schema"], each["name"], each["keeps"])
            for each in said["history"]
        ),
    )


def said_by(printed: str) -> dict:
    """Find the object among the lines that dbt printed."""
    for line in reversed(printed.splitlines()):
        if line.startswith("{"):
            return json.loads(line)
    raise ValueError(f"dbt printed no publication: {printed}")


def git_revision(project: Path) -> str | None:
    """Give the commit of the project's folder, marked when files differ from it."""
    try:
        finished = subprocess.run(
            ["git", "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty=+changes"],
            cwd=project, capture_output=True, text=True, check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return finished.stdout.strip() or None


def quoted(name: str) -> str:
    """Quote an SQL name."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str | None) -> str:
    """Quote an SQL text."""
    return "null" if text is None else "'" + text.replace("'", "''") + "'"
