"""Builds of the projects in integration_tests/, each made once.

A test module asks for one by importing its fixture:

    from integration_builds import online_retail_build  # noqa: F401

| fixture | gives |
|---|---|
| `online_retail_build` | DuckDB file of integration_tests/online_retail |
| `rfm_build` | DuckDB file of integration_tests/rfm_published |

The build is shared, so tests only read it. The project that made the file stands
beside it, for tests that take a copy of both to run dbt again. Where the data sets are
not at hand, the tests are skipped.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from built_once import built_once
from dbt_runner import DbtResult, run_dbt
from project_files import LEFT_OUT, ROOT, install_packages

# Project: the variable that names its data, and where the data set has them.
DATA = {
    "online_retail": ("ONLINE_RETAIL_LINES", "online_retail/lines.parquet"),
    "rfm_published": ("RFM_ORDERS", "rfm_orders/orders.parquet"),
}


def data_file(name: str, shared_data: Path) -> Path:
    """Find the data of an integration project; skip the test if they are not here."""
    file = shared_data / DATA[name][1]
    if not file.is_file():
        pytest.skip(f"The data set is not here: there is no {file}")
    return file


def run_integration(
    project_dir: Path, shared_data: Path, args: list[str], env: dict[str, str] | None = None
) -> DbtResult:
    """Run dbt in a copy of an integration project, its warnings being errors.

    The database is `build.duckdb` in the project's folder.
    """
    name = project_dir.name
    return run_dbt(
        project_dir,
        ["--warn-error", *args],
        env={
            DATA[name][0]: str(data_file(name, shared_data)),
            "CLIENT_PROFILES_BUILD_PATH": str(project_dir / "build.duckdb"),
            **(env or {}),
        },
    )


def _build(
    name: str, shared_data: Path, factory: pytest.TempPathFactory
) -> Path:
    data_file(name, shared_data)

    def build(folder: Path) -> None:
        # Links are followed: the copy holds the description of the seeds itself, as
        # the project of an adopter does.
        shutil.copytree(
            ROOT / "integration_tests" / name,
            folder,
            ignore=shutil.ignore_patterns(*LEFT_OUT),
        )
        install_packages(folder, local={"client_profiles": ROOT})
        result = run_integration(folder, shared_data, ["build"])
        assert result.exit_code == 0, result.output

    return built_once(factory, name, build) / "build.duckdb"


@pytest.fixture(scope="session")
def online_retail_build(
    shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Give the DuckDB file of integration_tests/online_retail, built and tested."""
    return _build("online_retail", shared_data, tmp_path_factory)


@pytest.fixture(scope="session")
def rfm_build(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the DuckDB file of integration_tests/rfm_published, built and tested."""
    return _build("rfm_published", shared_data, tmp_path_factory)
