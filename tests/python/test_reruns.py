"""The same inputs give the same tables, whenever, wherever and how often dbt runs.

Closed periods stay as they were scored: late data enters only where it may.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dbt_runner import run_dbt
from demo_project import (  # noqa: F401
    BUILD_WITHOUT_TESTS, LAST_PERIOD, DemoProject, assert_succeeded, built_demo,
)
from project_files import ROOT, copy_project
from warehouse_dump import (
    ASSIGNMENTS, CANDIDATES, CURRENT, KEPT, MARTS, METRIC_HISTORY, METRICS, MOVEMENTS,
    NOTICES, PROFILES, SNAPSHOT, Dump, assert_same, rows_of,
)


@pytest.fixture
def project(built_demo: DemoProject, tmp_path: Path) -> DemoProject:  # noqa: F811
    """Give a built copy of the demo, to run again."""
    return built_demo.copy_to(tmp_path / "project")


def changed_keys(before: Dump, after: Dump, relation: str) -> set[tuple[str, str]]:
    """Give client and period of every row of a relation that is not the same.

    For how long the rules have said the same is left aside: it counts on into
    periods in which nothing else has changed.
    """
    old, new = (
        {str({**row, "computed_periods": None}): row for row in rows_of(dump, relation)}
        for dump in (before, after)
    )
    rows = {**old, **new}
    return {
        (rows[text]["client_id"], rows[text]["period_start"])
        for text in old.keys() ^ new.keys()
    }


# --- the same again ------------------------------------------------------------


def test_a_second_build_changes_nothing(
    built_demo: DemoProject, project: DemoProject  # noqa: F811
) -> None:
    """Every relation, from the sources to the history, is the same byte for byte."""
    project.succeed("build")

    assert_same(built_demo.dump(), project.dump())


def test_a_build_elsewhere_is_the_same(
    built_demo: DemoProject, tmp_path: Path  # noqa: F811
) -> None:
    """From nothing, in another folder, time zone, language and number of threads."""
    project = DemoProject(copy_project(tmp_path / "elsewhere"))

    result = run_dbt(
        project.folder,
        ["build"],
        env={
            "TZ": "Pacific/Auckland",
            "LC_ALL": "C",
            "PYTHONHASHSEED": "4711",
            "CLIENT_PROFILES_THREADS": "5",
        },
    )

    assert_succeeded(result)
    assert_same(built_demo.dump(), project.dump())


def test_month_by_month_is_the_same_as_all_at_once(
    built_demo: DemoProject, tmp_path: Path  # noqa: F811
) -> None:
    """A period knows nothing of what came later, and months may be left out.

    The history that is written on the way says for every day what was known then.
    """
    project = DemoProject(copy_project(tmp_path / "stepwise"))
    project.succeed("seed")
    days = [
        # The beginning, when nobody has been a client for long.
        "2024-12-01", "2025-01-01",
        # Version 2 of scorecard relationship comes into force.
        "2025-11-01", "2025-11-17", "2025-12-01",
        "2026-11-01",
    ]
    for as_of in days:
        project.succeed(
            *BUILD_WITHOUT_TESTS, "--exclude-resource-type", "seed",
            "--vars", f"{{as_of: {as_of}, snapshot_maximum_left_share: 1}}",
        )

    tables = (MARTS, METRIC_HISTORY)
    assert_same(
        without_days_of_issue(built_demo.dump(*tables)),
        without_days_of_issue(project.dump(*tables)),
    )
    for as_of in days:
        assert known_on(project, as_of) == scored_before(project, as_of), as_of


def without_days_of_issue(dump: Dump) -> Dump:
    """Leave out when notices were issued: that is the day of the run."""
    told = [{**row, "issued_on": None} for row in rows_of(dump, NOTICES)]
    return {**dump, NOTICES: sorted(map(str, told))}


def test_confirmation_goes_on_month_by_month_as_all_at_once(tmp_path: Path) -> None:
    """Where a profile waits for three months, a later run knows for how long it has."""
    at_once = DemoProject(copy_project(tmp_path / "at_once"))
    stepwise = DemoProject(copy_project(tmp_path / "stepwise"))
    build = [*BUILD_WITHOUT_TESTS, "--select", "+fct_client_profiles"]

    at_once.confirm_in(3)
    at_once.succeed(*build)
    stepwise.confirm_in(3)
    for as_of in (
        "2025-04-01", "2025-05-01", "2025-06-01",
        # Version 2 comes into force, while some are waiting.
        "2025-11-01", "2025-12-01",
        "2026-11-01",
    ):
        stepwise.succeed(*build, "--vars", f"{{as_of: {as_of}}}")

    tables = (CANDIDATES, ASSIGNMENTS, PROFILES)
    profiles = rows_of(at_once.dump(PROFILES), PROFILES)
    assert len([row for row in profiles if row["is_awaiting_confirmation"] == "true"]) > 100
    assert_same(at_once.dump(*tables), stepwise.dump(*tables))


def known_on(project: DemoProject, day: str) -> list[tuple]:
    """Read from the history who was in which profile on a day."""
    return project.query(
        f"""
        select client_id, scorecard, profile, version from {SNAPSHOT}
        where dbt_valid_from <= '{day}' and coalesce(dbt_valid_to, '9999-12-31') > '{day}'
            and profile <> 'left'
        order by all
        """
    )


def scored_before(project: DemoProject, day: str) -> list[tuple]:
    """Read the profiles of the last period that was complete on a day."""
    return project.query(
        f"""
        select client_id, scorecard, profile, version from {PROFILES}
        where period_start = date_trunc('month', date '{day}') - interval 1 month
        order by all
        """
    )


# --- data that come late -------------------------------------------------------


def test_late_data_leave_closed_periods_alone(
    built_demo: DemoProject, project: DemoProject  # noqa: F811
) -> None:
    """Until somebody says from when on history is to be restated."""
    client = project.multiply_orders("2025-06")
    before = built_demo.dump(*KEPT, METRICS)

    project.succeed("build")
    after = project.dump(*KEPT, METRICS)
    measured = changed_keys(before, after, METRICS)
    assert (client, "2025-06-01") in measured
    assert_same(without(before, METRICS), without(after, METRICS))

    project.succeed(*BUILD_WITHOUT_TESTS, *project.record_restatement("2025-06-01"))
    restated = project.dump(*KEPT, METRICS)
    assert changed_keys(before, restated, METRIC_HISTORY) == measured
    scored = changed_keys(before, restated, PROFILES)
    assert (client, "2025-06-01") in scored
    assert {period for _, period in scored} <= {period for _, period in measured}


def test_restating_begins_where_it_says(
    built_demo: DemoProject, project: DemoProject  # noqa: F811
) -> None:
    """A month before it keeps the scores it has, though its data are others now."""
    client = project.multiply_orders("2025-06")

    project.succeed(*BUILD_WITHOUT_TESTS, *project.record_restatement("2025-07-01"))

    changed = changed_keys(built_demo.dump(*KEPT), project.dump(*KEPT), METRIC_HISTORY)
    # The three months from June on see the orders; later ones compare with them.
    assert min(changed) == (client, "2025-07-01")


def test_late_data_enter_the_last_period(
    built_demo: DemoProject, project: DemoProject  # noqa: F811
) -> None:
    """The last period that was scored may still change, and only that."""
    client = project.multiply_orders("2026-10")

    project.succeed(*BUILD_WITHOUT_TESTS)

    before, after = built_demo.dump(*KEPT), project.dump(*KEPT)
    assert changed_keys(before, after, METRIC_HISTORY) == {(client, LAST_PERIOD)}
    scored = changed_keys(before, after, PROFILES)
    assert (client, LAST_PERIOD) in scored
    assert {period for _, period in scored} == {LAST_PERIOD}


def test_a_longer_lookback_takes_in_more(
    built_demo: DemoProject, project: DemoProject  # noqa: F811
) -> None:
    """Three months: August to October may change, July may not."""
    client = project.multiply_orders("2026-07")

    project.succeed(*BUILD_WITHOUT_TESTS, "--vars", "{lookback_periods: 3}")

    changed = changed_keys(built_demo.dump(*KEPT), project.dump(*KEPT), METRIC_HISTORY)
    assert changed == {
        (client, "2026-08-01"), (client, "2026-09-01"), (client, LAST_PERIOD),
    }


def without(dump: Dump, relation: str) -> Dump:
    """Leave out one relation."""
    return {name: lines for name, lines in dump.items() if name != relation}


def test_a_client_that_vanished_leaves_the_last_period(
    built_demo: DemoProject, project: DemoProject  # noqa: F811
) -> None:
    """The sources know nothing of it any more; its closed periods stay."""
    client = built_demo.query(
        f"select min(client_id) from {CURRENT} where last_movement <> 'new'"
    )[0][0]
    project.forget_client(client)
    before = built_demo.dump(*KEPT)

    project.succeed("build")

    after = project.dump(*KEPT)
    assert not [row for row in rows_of(after, CURRENT) if row["client_id"] == client]
    kept = [row for row in rows_of(after, PROFILES) if row["client_id"] == client]
    assert kept == [
        row for row in rows_of(before, PROFILES)
        if row["client_id"] == client and row["period_start"] != LAST_PERIOD
    ]
    assert {
        (row["scorecard"], row["category"], row["to_profile"])
        for row in rows_of(after, MOVEMENTS)
        if (row["client_id"], row["period_start"]) == (client, LAST_PERIOD)
    } == {("relationship", "left", None), ("tier", "left", None)}
    # Nobody else is touched outside of the last period.
    changed = changed_keys(before, after, PROFILES)
    assert {period for _, period in changed} == {LAST_PERIOD}


# --- the clock -----------------------------------------------------------------

CLOCK = re.compile(
    r"\b(now\s*\(|today\s*\(|current_(time|date)|getdate|sysdate|local_?time"
    r"|clock_timestamp|transaction_timestamp|utcnow|random|gen_random|uuid\w*\s*\()",
    re.IGNORECASE,
)


def find_clock(folder: Path, pattern: str = "**/*.sql") -> list[str]:
    """List the lines of SQL files that ask for the time or for chance."""
    return [
        f"{path}: {line.strip()}"
        for path in sorted(folder.glob(pattern))
        for line in path.read_text(encoding="utf-8").splitlines()
        if CLOCK.search(line)
    ]


# dbt compares the age of sources with the clock: this tells it the age from `as_of`
# as a time so long before now.
FRESHNESS = "newest_record.sql"


@pytest.mark.parametrize("folder", ["models", "macros", "snapshots", "tests"])
def test_nothing_reads_the_clock(folder: str) -> None:
    """Which periods are complete follows from `as_of` alone."""
    assert (ROOT / folder).is_dir()
    found = [line for line in find_clock(ROOT / folder) if f"/{FRESHNESS}: " not in line]
    assert found == []


def test_one_macro_alone_asks_for_the_day_of_the_run() -> None:
    """Where nobody gives an `as_of`."""
    readers = [
        path.name for part in ("models", "macros", "snapshots", "tests")
        for path in (ROOT / part).glob("**/*.sql")
        if "run_started_at" in path.read_text(encoding="utf-8")
    ]
    assert readers == ["as_of_date.sql"]


def test_what_dbt_runs_does_not_read_the_clock(built_demo: DemoProject) -> None:  # noqa: F811
    """Neither what dbt itself puts around the models and the snapshot."""
    ran = built_demo.folder / "targets" / "target" / "run"
    assert list(ran.glob("**/client_profiles_snapshot.sql"))
    assert find_clock(ran) == []
