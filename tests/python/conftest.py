"""Fixtures every Python test can ask for.

| fixture | gives |
|---|---|
| `project_copy` | a fresh copy of the project in a temporary folder, ready for dbt |
| `postgres_server` | variables of a PostgreSQL server of the tests' own |
| `postgres_database` | the same, with an empty database for one test |
| `shared_data` | the folder with the real data sets |

The functions behind them are in `project_files`, `dbt_runner` and
`postgres_server`; tests import those by name.

`make test` gives whole modules to the processors, so that what the tests of a
module share, as a build, is made once.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from postgres_server import PostgresServer, find_binaries
from project_files import ROOT, copy_project


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the module that takes longest, so that nobody waits for it at the end."""
    items.sort(key=lambda item: not item.path.name.startswith("test_spark_"))


@pytest.fixture
def project_copy(tmp_path: Path) -> Path:
    """Give a copy of the project that a test may change and build at will."""
    return copy_project(tmp_path / "client_profiles")


@pytest.fixture(scope="session")
def _started_postgres() -> Iterator[PostgresServer]:
    """Start one server, for all tests of one process."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip(
            "PostgreSQL's server programs (initdb, postgres) are not installed: "
            "on Debian, `apt-get install postgresql`"
        )
    server = PostgresServer(binaries)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def postgres_server(_started_postgres: PostgresServer) -> dict[str, str]:
    """Give the environment variables that send dbt to the tests' server."""
    return _started_postgres.environment()


@pytest.fixture
def postgres_database(_started_postgres: PostgresServer) -> dict[str, str]:
    """Give the same variables, with an empty database for this test alone."""
    name = f"test_{uuid.uuid4().hex}"
    _started_postgres.create_database(name)
    return _started_postgres.environment(name)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Give the folder with the real data sets, which are not in the repository."""
    folder = Path(
        os.environ.get("CLIENT_PROFILES_TEST_DATA", ROOT.parent / "shared" / "data")
    )
    if not folder.is_dir():
        pytest.skip(
            "The real data sets are not here: set CLIENT_PROFILES_TEST_DATA to "
            "the folder that holds them"
        )
    return folder
