"""Who gets a scarce benefit, what would close the distance, who fits the ideal profile.

- Random rules, clients and benefits, on an engine in memory: plain loops make the same
  queues, and a search over all levers finds the same easiest ones.
- The demo and Online Retail: the same queues; the engine itself judges clients that have
  done what would bring them over the line; groups are compared client by client.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from random import Random

import duckdb
import pytest

from demo_project import DemoProject, built_demo  # noqa: F401
from integration_builds import online_retail_build  # noqa: F401
from oracle_benefits import (
    Benefit, Fit, Standing, closing_lever, fits, order, own_order, queue,
)
from project_files import ROOT
from random_rules import RANKS, World
from tried_worlds import Row, Tried
from walked_levers import read_seeds, walk

WORLDS = range(24)
DEMO_SEEDS = ROOT / "seeds" / "scorecards"
ONLINE_RETAIL_SEEDS = ROOT / "integration_tests" / "online_retail" / "seeds" / "scorecards"


def random_benefits(seed: int, world: World) -> list[Row]:
    """Give each scorecard a benefit for some, and one without conditions."""
    random = Random(f"benefits of {seed}")
    lines = []
    for scorecard in sorted({version.scorecard for version in world.versions}):
        for number in range(2):
            has_conditions = number == 0
            lines.append(
                {
                    "benefit": f"benefit_{scorecard}_{number}",
                    "scorecard": scorecard,
                    "lowest_profile": random.choice(["", *RANKS]) if has_conditions else "",
                    "minimum_score": random.choice(["", "35.5", "60"]) if has_conditions else "",
                    "capacity_per_period": str(random.randint(0, 4)),
                    "description": "made by chance",
                }
            )
    return lines


def read_benefits(lines: list[Row], ranks: dict[tuple[str, str], int]) -> list[Benefit]:
    """Read the lines of the seed; ranks by scorecard and profile."""
    return [
        Benefit(
            line["benefit"],
            line["scorecard"],
            ranks[line["scorecard"], line["lowest_profile"]] if line["lowest_profile"] else None,
            Decimal(line["minimum_score"]) if line["minimum_score"] else None,
            int(line["capacity_per_period"]),
        )
        for line in lines
    ]


@functools.cache
def tried(seed: int) -> tuple[Tried, list[Benefit]]:
    """Give a random world with its benefits, run once."""
    world = Tried(
        seed,
        ["fct_client_profiles", "fct_benefit_queue"],
        functools.partial(random_benefits, seed),
    )
    lines = random_benefits(seed, world.world)
    ranks = {
        (line["scorecard"], profile): rank for line in lines for profile, rank in RANKS.items()
    }
    return world, read_benefits(lines, ranks)


def assert_queue(rows: list[Row], profiles: list[Row], benefits: list[Benefit]) -> None:
    """Check the queues of all periods, row by row; the levers are another matter."""
    by_benefit = defaultdict(dict)
    for row in rows:
        key = row["client_id"], row["period_start"]
        assert key not in by_benefit[row["benefit"]]
        by_benefit[row["benefit"]][key] = row
    own = {
        (row["scorecard"], row["client_id"], row["period_start"]): row for row in profiles
    }
    for benefit in benefits:
        expected = queue(profiles, benefit)
        found = by_benefit.pop(benefit.name, {})
        assert found.keys() == expected.keys()
        for key, standing in expected.items():
            assert_standing(found[key], own[(benefit.scorecard, *key)], standing, benefit)
    assert not by_benefit


def assert_standing(found: Row, own: Row, standing: Standing, benefit: Benefit) -> None:
    """Check one client's row of a queue; `own` is what it is in the period."""
    assert found["ineligibility_reason"] == standing.refused
    assert found["place"] == standing.place
    within = standing.place is not None and standing.place <= benefit.capacity
    assert found["is_within_capacity"] == within
    assert found["capacity_per_period"] == benefit.capacity
    for column in ("profile", "score", "version", "rules_fingerprint", "profile_rank"):
        assert found[column] == own[column]
    if standing.place is None:
        assert found["places_to_line"] is None
    else:
        assert found["places_to_line"] == standing.place - benefit.capacity
    line = standing.line or {"profile": None, "score": None, "client_id": None}
    assert (found["line_profile"], found["line_score"]) == (line["profile"], line["score"])
    if standing.refused or own["profile"] != line["profile"]:
        assert found["score_to_line"] is None and not found["is_tied_with_line"]
        return
    both_known = line["score"] is not None and own["score"] is not None
    assert found["score_to_line"] == (line["score"] - own["score"] if both_known else None)
    assert found["is_tied_with_line"] == (
        line["score"] == own["score"] and line["client_id"] != own["client_id"]
    )


# -- random worlds ----------------------------------------------------------------


@pytest.mark.parametrize("seed", WORLDS)
def test_clients_queue_by_profile_score_and_id(seed: int) -> None:
    world, benefits = tried(seed)
    assert_queue(
        world.tables["fct_benefit_queue"], world.tables["fct_client_profiles"], benefits
    )


@pytest.mark.parametrize("seed", WORLDS)
def test_the_easiest_lever_closes_the_distance(seed: int) -> None:
    """It is found by trying all of them; where none is named, there is none."""
    world, benefits = tried(seed)
    profiles = world.tables["fct_client_profiles"]
    last = max(row["period_start"] for row in profiles)
    named = {benefit.name: benefit for benefit in benefits}
    own = {
        (row["scorecard"], row["client_id"]): row
        for row in profiles
        if row["period_start"] == last
    }
    standings = {benefit.name: queue(profiles, benefit) for benefit in benefits}
    for found in world.tables["fct_benefit_queue"]:
        said = (found["closing_criterion"], found["closing_effort"], found["closing_value"])
        nothing = (None, None, None)
        scorecard, client = found["scorecard"], found["client_id"]
        if found["period_start"] != last or scorecard not in world.situations:
            assert said == nothing and not found["closing_sentence"]
            continue
        standing = standings[found["benefit"]][client, last]
        lever = None
        if not found["is_within_capacity"]:
            lever = closing_lever(
                world.situations[scorecard], world.traits, RANKS, own[scorecard, client],
                named[found["benefit"]], standing.line,
            )
        expected = (lever[0], lever[1], lever[2].value) if lever else nothing
        assert said == expected
        assert bool(found["closing_sentence"]) == bool(lever)


def test_the_worlds_are_worth_trying() -> None:
    """All kinds of rows occur, or the comparisons above would say little."""
    rows = [row for seed in WORLDS for row in tried(seed)[0].tables["fct_benefit_queue"]]
    reasons = {row["ineligibility_reason"] for row in rows}
    assert reasons == {None, "no_profile", "profile", "score"}
    assert sum(row["is_tied_with_line"] for row in rows) > 20
    levers = [row for row in rows if row["closing_criterion"]]
    assert sum(row["place"] is None for row in levers) > 10
    assert sum(row["place"] is not None for row in levers) > 10
    assert sum(row["line_profile"] is None for row in levers) > 5
    placed_by_hand = {
        (seed, row["scorecard"], row["client_id"], row["period_start"])
        for seed in WORLDS
        for row in tried(seed)[0].tables["fct_client_profiles"]
        if row["assignment_source"] == "override"
    }
    assert len(placed_by_hand) > 20


# -- the demo and Online Retail ---------------------------------------------------


def read_rows(build_file: Path, query: str) -> list[Row]:
    """Ask a build; give rows by the columns' names."""
    with duckdb.connect(str(build_file), read_only=True) as connection:
        result = connection.execute(query)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row)) for row in result.fetchall()]


def table(build_file: Path, name: str) -> list[Row]:
    """Read a mart."""
    return read_rows(build_file, f"select * from client_profiles.{name}")


def benefits_of(seeds_folder: Path) -> list[Benefit]:
    """Read the benefits of a project."""
    seeds = read_seeds(seeds_folder)
    ranks = {
        (line["scorecard"], line["profile"]): int(line["rank"])
        for line in seeds["profiles"][1]
        if line["rank"]
    }
    return read_benefits(seeds["benefits"][1], ranks)


def assert_closers_arrive(build_file: Path, seeds_folder: Path, one_by_one: int) -> int:
    """Let clients pull the levers; the engine must find them above the line.

    The others are taken as they were, as docs/benefits.md says.
    """
    benefits = {benefit.name: benefit for benefit in benefits_of(seeds_folder)}
    profiles = table(build_file, "fct_client_profiles")
    last = max(row["period_start"] for row in profiles)
    own = {
        (row["scorecard"], row["client_id"]): row
        for row in profiles
        if row["period_start"] == last
    }
    ranks = {
        (row["scorecard"], row["profile"]): row["rank"]
        for row in read_rows(build_file, "select * from client_profiles_rules.stg_profiles")
    }
    arrived = 0
    closers = read_rows(
        build_file,
        "select queue.*, metrics.metric from client_profiles.fct_benefit_queue as queue"
        " inner join client_profiles_intermediate.int_version_metrics as metrics"
        " on queue.scorecard = metrics.scorecard"
        " and queue.closing_criterion = metrics.criterion"
        " order by queue.benefit, queue.client_id",
    )
    assert all(row["period_start"] == last for row in closers)
    by_benefit = defaultdict(list)
    for row in closers:
        by_benefit[row["benefit"]].append(row)
    for name, rows in by_benefit.items():
        benefit = benefits[name]
        line = queue(profiles, benefit)[rows[0]["client_id"], last].line
        walks = {
            (row["scorecard"], name, row["client_id"]): {row["metric"]: row["closing_value"]}
            for row in rows
        }
        for key, judged in walk(build_file, seeds_folder, walks, one_by_one).items():
            scorecard, _, client = key
            then = judged[scorecard, client]
            rank = ranks[scorecard, then.profile]
            if own[scorecard, client]["assignment_source"] == "override":
                rank = own[scorecard, client]["profile_rank"]
            assert not benefit.refuses(rank, then.score)
            assert line is None or order(rank, then.score, client) < own_order(line)
            arrived += 1
    return arrived


def test_the_queues_of_the_demo(built_demo: DemoProject) -> None:  # noqa: F811
    build_file = built_demo.build_file
    assert_queue(
        table(build_file, "fct_benefit_queue"),
        table(build_file, "fct_client_profiles"),
        benefits_of(DEMO_SEEDS),
    )


def test_the_queues_of_online_retail(online_retail_build: Path) -> None:  # noqa: F811
    assert_queue(
        table(online_retail_build, "fct_benefit_queue"),
        table(online_retail_build, "fct_client_profiles"),
        benefits_of(ONLINE_RETAIL_SEEDS),
    )


def test_the_levers_of_the_demo_lead_over_the_line(
    built_demo: DemoProject,  # noqa: F811
) -> None:
    assert assert_closers_arrive(built_demo.build_file, DEMO_SEEDS, one_by_one=200) > 150


def test_the_levers_of_online_retail_lead_over_the_line(
    online_retail_build: Path,  # noqa: F811
) -> None:
    assert assert_closers_arrive(online_retail_build, ONLINE_RETAIL_SEEDS, 10) > 500


def assert_fits(build_file: Path, staging: str, revenue: str) -> None:
    """Compare rpt_ideal_client_fit with loops over clients.

    staging: the schema that stg_clients is in; revenue: expression of the metric
    """
    rows = table(build_file, "fct_client_profiles")
    contributions = defaultdict(dict)
    for row in table(build_file, "fct_criterion_scores"):
        key = row["scorecard"], row["client_id"], row["period_start"]
        contributions[key][row["criterion"]] = row["contribution"]
    channels = {
        str(row["client_id"]): row["acquisition_channel"]
        for row in read_rows(build_file, f"select * from {staging}.stg_clients")
    }
    revenues = {
        (row["client_id"], row["period_start"]): row["revenue"]
        for row in read_rows(
            build_file,
            f"select client_id, period_start, {revenue} as revenue"
            " from client_profiles_intermediate.int_metric_history",
        )
    }
    found = {
        (row["scorecard"], row["dimension"], row["group_name"], row["period_start"]): row
        for row in table(build_file, "rpt_ideal_client_fit")
    }
    expected = fits(rows, contributions, channels, revenues)
    assert found.keys() == expected.keys()
    for key, fit in expected.items():
        assert {column: found[key][column] for column in Fit._fields} == fit._asdict(), key
        gap = None
        if fit.average_score is not None and fit.ideal_average_score is not None:
            gap = fit.ideal_average_score - fit.average_score
        assert found[key]["score_gap"] == gap
        assert found[key]["is_small_group"] == (fit.clients < 10)
    assert any(fit.widest_gap for fit in expected.values())


def test_groups_of_the_demo_are_compared_with_ideal_clients(
    built_demo: DemoProject,  # noqa: F811
) -> None:
    assert_fits(built_demo.build_file, "client_profiles_staging", "monthly_revenue")


def test_groups_of_online_retail_are_compared_with_ideal_clients(
    online_retail_build: Path,  # noqa: F811
) -> None:
    with duckdb.connect(str(online_retail_build), read_only=True) as connection:
        [[staging]] = connection.execute(
            "select table_schema from information_schema.tables where table_name = 'stg_clients'"
        ).fetchall()
    assert_fits(online_retail_build, staging, "cast(null as decimal(18, 6))")
