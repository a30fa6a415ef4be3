"""A new criterion, profile or scorecard is data: seed lines, and one column.

Each is added to a copy of the demo that has been scored for two years, as a
manager would add it: with a new version from the last month on. The months before
must keep the profiles they have.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from demo_project import (  # noqa: F401
    LAST_PERIOD, WITHOUT_SOURCES, DemoProject, built_demo,
)
from extended_demo import add_metric, judge_metric
from seed_edits import append, replace
from warehouse_dump import (
    CRITERIA, KEPT, MOVEMENTS, NOTICES, PROFILES, Dump, assert_same, rows_of,
)

BY_PERIOD = (PROFILES, CRITERIA, MOVEMENTS)


@pytest.fixture
def project(built_demo: DemoProject, tmp_path: Path) -> DemoProject:  # noqa: F811
    """Give a scored copy of the demo, to extend."""
    return built_demo.copy_to(tmp_path / "project")


def add_version_4(project: DemoProject) -> None:
    """Let version 4 of scorecard relationship follow version 2, with its rules."""
    project.edit_rules(
        "scorecard_versions",
        append(
            f"relationship,4,approved,{LAST_PERIOD},,1,3,0.6,"
            "Board of departments,2026-09-20,One more thing counts"
        ),
    )
    project.copy_version("relationship", "2", "4")


def add_criterion(project: DemoProject, version: str) -> None:
    """Judge a new metric in a version, at the cost of the order volume."""
    add_metric(project, "recent_orders", "order_metrics.orders_last_three_months")
    project.edit_rules(
        "criteria",
        append("activity,recent_orders,Activity,orders,number,higher_is_better,true,1,Call them"),
    )
    judge_metric(
        project, f"relationship,{version},activity",
        {"asleep": ("", 0), "awake": ("1", 60), "busy": ("300", 100)},
        instead_of=f"relationship,{version},order_volume",
        weights={"1": ("0.25", "0.15"), "4": ("0.18", "0.08")}[version],
    )


def before_the_last_period(dump: Dump) -> Dump:
    """Keep the rows of closed periods."""
    return {
        name: [line for line in lines if f'"{LAST_PERIOD}"' not in line]
        for name, lines in dump.items()
    }


def of_the_last_period(dump: Dump, relation: str, **values: str) -> list[dict]:
    """Give the last period's rows with these values."""
    wanted = {"period_start": LAST_PERIOD, **values}
    return [row for row in rows_of(dump, relation) if wanted.items() <= row.items()]


def test_a_criterion_with_a_new_version(built_demo, project: DemoProject) -> None:  # noqa: F811
    """One column and seed lines: it counts from the new version's first day."""
    add_version_4(project)
    add_criterion(project, "4")

    project.succeed("build")

    before, after = built_demo.dump(*BY_PERIOD), project.dump(*BY_PERIOD)
    assert_same(before_the_last_period(before), before_the_last_period(after))
    judged = [row for row in rows_of(after, CRITERIA) if row["criterion"] == "activity"]
    assert judged
    assert {(row["version"], row["period_start"]) for row in judged} == {("4", LAST_PERIOD)}
    assert {row["band"] for row in judged} == {"asleep", "awake", "busy"}
    assert all(row["weight"] == "0.100000" for row in judged)
    clients = of_the_last_period(after, PROFILES, scorecard="relationship")
    assert len(clients) == len(judged)
    assert {row["version"] for row in clients} == {"4"}


def test_a_criterion_of_the_first_version(
    built_demo: DemoProject, project: DemoProject  # noqa: F811
) -> None:
    """Before anything has been scored, it is simply there in every month."""
    add_criterion(project, "1")
    project.build_file.unlink()

    project.succeed("build")

    judged = [
        row for row in rows_of(project.dump(CRITERIA), CRITERIA)
        if row["criterion"] == "activity"
    ]
    periods = {
        row["period_start"] for row in rows_of(built_demo.dump(PROFILES), PROFILES)
        if (row["scorecard"], row["version"]) == ("relationship", "1")
    }
    assert {row["version"] for row in judged} == {"1"}
    assert {row["period_start"] for row in judged} == periods
    assert len(periods) == 12


def test_a_profile(built_demo: DemoProject, project: DemoProject) -> None:  # noqa: F811
    """Seed lines only: the profile, and a version with a rule that leads to it."""
    project.edit_rules(
        "profiles",
        append("relationship,S,5,S · To save,false,#CC79A7,Below 30 points: talk today"),
    )
    project.edit_rules(
        "protocols",
        append(
            *(
                f"relationship,S,{department},,Talk to the client today,7,1,Phone call"
                for department in (
                    "support", "operations", "finance", "sales", "customer_success",
                )
            )
        ),
    )
    add_version_4(project)
    project.edit_rules(
        "profile_rules",
        replace(
            "relationship,4,4,d_otherwise,D,score,,,", "relationship,4,4,d_by_score,D,score,,30,"
        ),
        append("relationship,4,5,s_otherwise,S,score,,,"),
    )

    project.succeed("build", *WITHOUT_SOURCES)

    before, after = built_demo.dump(*BY_PERIOD), project.dump(*BY_PERIOD)
    assert_same(before_the_last_period(before), before_the_last_period(after))
    old = {
        row["client_id"]: row
        for row in of_the_last_period(before, PROFILES, scorecard="relationship")
    }
    new = of_the_last_period(after, PROFILES, scorecard="relationship")
    placed = {row["client_id"] for row in new if row["profile"] == "S"}
    expected = {
        client for client, row in old.items()
        if row["score"] is not None and float(row["score"]) < 30
    }
    assert placed == expected
    assert placed
    # Nobody else moved, and those who did moved down.
    assert all(
        row["profile"] == old[row["client_id"]]["profile"]
        for row in new if row["profile"] != "S"
    )
    moved = of_the_last_period(after, MOVEMENTS, to_profile="S")
    assert {row["category"] for row in moved} <= {"demoted", "new", "returned"}


def test_a_scorecard(built_demo: DemoProject, project: DemoProject) -> None:  # noqa: F811
    """Seed lines only: it scores all months from its first version's first day on."""
    project.edit_rules("scorecards", append("care,Care,Who needs our attention"))
    project.edit_rules(
        "scorecard_versions",
        append("care,2026.05,approved,2026-05-01,,1,0,0.5,Care,2026-04-20,A first try"),
    )
    project.edit_rules(
        "criterion_weights",
        append(
            "care,2026.05,ticket_rate,0.333333,percent_rank,exclude,0",
            "care,2026.05,payment_delay,0.666667,min_max,neutral,2",
        ),
    )
    project.edit_rules(
        "score_bands",
        append(
            "care,2026.05,ticket_rate,few,,0.5,100,lower half",
            "care,2026.05,ticket_rate,many,0.5,,0,upper half",
            "care,2026.05,payment_delay,soon,,0.1,100,soon",
            "care,2026.05,payment_delay,late,0.1,,33.33,late",
        ),
    )
    project.edit_rules(
        "profiles",
        append(
            "care,calm,1,Calm,true,#0072B2,All is well",
            "care,alarm,2,Alarm,false,#D55E00,Call them",
            "care,not_yet_eligible,,Not yet eligible,false,#BBBBBB,Not known",
        ),
    )
    project.edit_rules(
        "profile_rules",
        append("care,2026.05,10,calm,calm,score,,50,", "care,2026.05,20,alarm,alarm,score,,,"),
    )
    # One department is enough.
    project.edit_rules(
        "protocols",
        append(
            "care,calm,support,,Let them be,,24,",
            "care,alarm,support,,Call them,7,1,Phone call",
            "care,not_yet_eligible,support,,Let them be,,24,",
        ),
    )

    project.succeed("build", *WITHOUT_SOURCES)

    before, after = built_demo.dump(*KEPT), project.dump(*KEPT)
    others = {
        name: [line for line in lines if '"care"' not in line]
        for name, lines in after.items()
    }
    assert_same(before, others)
    new = [row for row in rows_of(after, PROFILES) if row["scorecard"] == "care"]
    assert {row["period_start"] for row in new} == {
        "2026-05-01", "2026-06-01", "2026-07-01", "2026-08-01", "2026-09-01", LAST_PERIOD,
    }
    assert {row["profile"] for row in new} == {"calm", "alarm", "not_yet_eligible"}
    moved = {
        row["movement_id"] for row in rows_of(after, MOVEMENTS) if row["scorecard"] == "care"
    }
    assert moved
    told = [row for row in rows_of(after, NOTICES) if row["scorecard"] == "care"]
    assert {row["department"] for row in told} == {"support"}
    assert {row["movement_id"] for row in told} <= moved
    # The name of a version is no number: its zero stays.
    assert {row["version"] for row in new} == {"2026.05"}
