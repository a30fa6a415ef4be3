"""The demo on Spark with Delta and on DuckDB: every row and digit the same.

A master and two workers on this machine; tables, histories and views are compared as the
texts that each engine itself makes of their values. Few clients are left in the demo: what
differs between engines is in the SQL, not in the number of rows.

With SPARK_TESTS=first it is the first of the four builds, up to the profiles and their history; with
full it is all of them, with everything that is built.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo_project import BUILD_WITHOUT_TESTS, DemoProject, assert_succeeded
from golden_builds import STEPS, golden_builds
from project_files import copy_project
from recorded_demo import cut_to_few_clients
from spark_cluster import WANTED, spark_master  # noqa: F401
from spark_warehouse import SparkWarehouse
from warehouse_dump import PROFILES, SNAPSHOT, assert_same, row_count

BUILDS = STEPS if WANTED == "full" else STEPS[:1]
# What explains movements and paths takes most of the time on Spark.
COMMAND = (
    BUILD_WITHOUT_TESTS if WANTED == "full"
    else [*BUILD_WITHOUT_TESTS, "--select", "+client_profiles_snapshot"]
)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoProject:
    """Give the demo with few clients, not built yet."""
    project = DemoProject(copy_project(tmp_path_factory.mktemp("spark") / "project"))
    cut_to_few_clients(project)
    return project


@pytest.fixture(scope="module")
def warehouse(
    demo: DemoProject, spark_master: str  # noqa: F811
) -> Iterator[SparkWarehouse]:
    """Give the demo's warehouse on the cluster, empty."""
    warehouse = SparkWarehouse(demo.folder, spark_master)
    try:
        yield warehouse
    finally:
        warehouse.close()


@pytest.fixture(scope="module")
def built(demo: DemoProject, warehouse: SparkWarehouse) -> list[str]:
    """Build on both engines and compare; give the arguments of the last build."""
    given = []

    def build_there(*args: str) -> None:
        given[:] = args
        assert_succeeded(warehouse.dbt(*args))

    done = []
    for build in golden_builds(demo, build_there, warehouse.dump, steps=BUILDS, command=COMMAND):
        assert not build.differences, f"{build.name}:\n" + "\n".join(build.differences)
        assert row_count(build.dump, PROFILES) > 400
        assert row_count(build.dump, SNAPSHOT) > 20
        done.append(build.name)
    assert done == [step.name for step in BUILDS]
    return given


def test_every_relation_is_the_same_after_every_build(built: list[str]) -> None:
    """From the sources to the history, byte for byte, also where tables are added to."""
    assert built


def test_a_run_that_did_not_end_is_taken_back(
    built: list[str], warehouse: SparkWarehouse
) -> None:
    """Spark has no transaction over the steps of a snapshot: the next run mends it."""
    before = warehouse.dump(SNAPSHOT)
    warehouse.execute(
        "set spark.databricks.delta.commitInfo.userMetadata = client_profiles a-run-that-was-killed",
        f"delete from {SNAPSHOT} where profile <> 'left'",
    )
    assert warehouse.dump(SNAPSHOT) != before
    variables = built[built.index("--vars"):] if "--vars" in built else []
    result = warehouse.dbt("snapshot", "--select", "client_profiles_snapshot", *variables)
    assert_succeeded(result)
    assert "Take back what a run that did not end left" in result.output
    assert_same(before, warehouse.dump(SNAPSHOT))
