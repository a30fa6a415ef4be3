"""Publications of the built demo, for tests to read.

    from published_demo import publication, said  # noqa: F401

| fixture | gives |
|---|---|
| `said` | what the project says there is to publish |
| `publication` | a publication of the demo, not written yet |
| `published_file` | the DuckDB file of one, its Parquet files beside it: only to be read |
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

import publish
from demo_project import DemoProject, built_demo  # noqa: F401
from project_files import ROOT
from publication import Publication, read_publication, said_by

PUBLISHED_AT = datetime(2026, 11, 1, 3, 15, tzinfo=UTC)
RUN = "0123abcd-run"


@pytest.fixture(scope="module")
def said(built_demo: DemoProject, tmp_path_factory: pytest.TempPathFactory) -> dict:  # noqa: F811
    """Give what the project says there is to publish."""
    project = built_demo.copy_to(tmp_path_factory.mktemp("said") / "project")
    return said_by(project.succeed("--quiet", "run-operation", "print_publication").output)


@pytest.fixture(scope="module")
def publication(said: dict) -> Publication:
    """Give a publication of the demo by a run of this name."""
    return read_publication(said, RUN, PUBLISHED_AT, ROOT)


@pytest.fixture(scope="module")
def published_file(
    built_demo: DemoProject,  # noqa: F811
    publication: Publication,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Give the published file."""
    target = tmp_path_factory.mktemp("published") / "published.duckdb"
    publish.copy(built_demo.build_file, target, publication)
    return target
