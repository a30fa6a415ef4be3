"""Paths to better profiles and what profiles hang on, tried out.

- Random rules and clients, on an engine in memory: an independent search finds the same
  easiest paths, and nothing where the project finds nothing; every value, weight and
  edge that is said to lead to another profile does, and nothing nearer does.
- The demo and Online Retail: the engine itself judges clients that have done what their
  paths say, and finds them in the profile that was promised.
"""

from __future__ import annotations

import datetime
import functools
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from itertools import product
from math import prod
from pathlib import Path

import duckdb
import pytest

from demo_project import DemoProject, built_demo  # noqa: F401
from integration_builds import online_retail_build  # noqa: F401
from oracle import Verdict, half_up
from oracle_potential import (
    MILLIONTH,
    easiest_paths,
    levers,
    observed_rate,
    profile_of_edge,
    profile_of_score,
    profile_of_weight,
    representative,
)
from project_files import ROOT
from random_rules import RANKS
from tried_worlds import Row, Tried
from walked_levers import read_seeds, walk

WORLDS = range(32)
TABLES = (
    "int_metric_options", "int_weight_flips", "int_edge_flips", "fct_paths_to_ideal",
    "fct_path_steps", "fct_profile_sensitivity", "rpt_criterion_sensitivity",
)


@functools.cache
def tried(seed: int) -> Tried:
    """Give a random world, run once."""
    return Tried(seed, TABLES)


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest) -> Tried:
    """Give one random world after the other."""
    return tried(request.param)


# -- steps and paths --------------------------------------------------------------


def test_every_step_is_listed(world: Tried) -> None:
    """With the value needed and the profile that it leads to."""
    listed = world.by_client("int_metric_options")
    for scorecard, situation, client, verdict in world.clients():
        expected = {}
        if verdict.ineligibility_reason is None:
            for metric, steps, value in situation.options(client):
                then = situation.what_if(client, {metric: value})
                expected[metric, steps] = (value, then.score, then.profile)
        assert expected == {
            (row["metric"], row["steps"]): (
                row["value_needed"], row["score"], row["computed_profile"],
            )
            for row in listed[scorecard, client]
        }


def test_no_path_is_easier_and_none_is_missing(world: Tried) -> None:
    paths = world.by_client("fct_paths_to_ideal")
    steps = world.by_client("fct_path_steps")
    for scorecard, situation, client, verdict in world.clients():
        rows = paths[scorecard, client]
        own_rank = RANKS.get(verdict.profile, 9)
        assert {row["target_profile"] for row in rows} == {
            profile for profile, rank in RANKS.items() if rank < own_rank
        }
        if verdict.ineligibility_reason is not None:
            assert all(row["obstacle"].startswith("Not yet eligible") for row in rows)
            continue
        best = easiest_paths(situation, client, world.traits)
        for row in rows:
            walked = {
                step["criterion"]: (step["steps"], step["effort"], step["value_needed"])
                for step in steps[scorecard, client]
                if step["target_profile"] == row["target_profile"]
            }
            path = best.get(row["target_profile"])
            if path:
                assert (row["method"], row["effort"], row["levers"], row["steps"]) == (
                    "exact", path.effort, path.levers, path.steps,
                )
                assert walked == {
                    name: (
                        abs(option.steps),
                        world.traits[name].effort * abs(option.steps),
                        option.value,
                    )
                    for name, option in zip(path.names, path.options)
                }
            elif row["method"]:
                assert row["method"] == "greedy" and len(walked) > 2
                changes = {
                    world.traits[name].metric: value
                    for name, (_, _, value) in walked.items()
                }
                then = situation.what_if(client, changes)
                assert then.profile == row["target_profile"]
                assert row["effort"] == sum(effort for _, effort, _ in walked.values())
            else:
                assert row["obstacle"] and not row["sentence"] and not walked


def test_paths_and_obstacles_exclude_each_other(world: Tried) -> None:
    for row in world.tables["fct_paths_to_ideal"]:
        assert row["is_reachable"] == (row["obstacle"] is None)
        assert row["is_reachable"] == bool(row["sentence"])


def test_obstacles_are_real(world: Tried) -> None:
    """Where one is named, not even all levers together lead to the profile.

    All combinations of levers are tried where they are not too many.
    """
    for row in world.tables["fct_paths_to_ideal"]:
        obstacle = row["obstacle"] or "No combination"
        if obstacle.startswith(("No combination", "Not yet eligible")):
            continue
        situation = world.situations[row["scorecard"]]
        by_metric = defaultdict(lambda: [None])
        for _, _, option in levers(situation, row["client_id"], world.traits):
            by_metric[option.metric].append(option)
        if prod(map(len, by_metric.values())) > 1000:
            continue
        for chosen in product(*by_metric.values()):
            changes = {each.metric: each.value for each in chosen if each}
            then = situation.what_if(row["client_id"], changes)
            assert then.profile != row["target_profile"], (row["sentence"], changes)


# -- what a profile hangs on ------------------------------------------------------


def eligible(world: Tried):
    """List the eligible clients with their row of fct_profile_sensitivity."""
    rows = world.by_client("fct_profile_sensitivity")
    for scorecard, situation, client, verdict in world.clients():
        [row] = rows[scorecard, client]
        assert row["computed_profile"] == verdict.profile
        if verdict.ineligibility_reason is None:
            yield scorecard, situation, client, verdict, row
        else:
            assert not (
                row["nearest_profile"] or row["metric"] or row["weight_criterion"]
                or row["edge_criterion"]
            )


def test_no_score_is_nearer(world: Tried) -> None:
    tenthousandth = Decimal("0.0001")
    for _, situation, _, verdict, row in eligible(world):
        tried_scores = {Decimal(number) / 4 for number in range(401)}
        for rule in situation.version.rules:
            for each in rule.conditions:
                if each.subject == "score":
                    for bound in {each.lower, each.upper} - {None}:
                        near = Decimal(bound).quantize(tenthousandth)
                        tried_scores |= {
                            near + tenthousandth * by for by in (-1, 0, 1)
                        }
        flips = [
            (abs(score - verdict.score), -score)
            for score in tried_scores
            if 0 <= score <= 100
            and profile_of_score(verdict, score) != verdict.profile
        ]
        if not flips:
            assert row["nearest_profile"] is None and row["score_distance"] is None
            continue
        distance, score = min(flips)
        assert row["score_distance"] == -score - verdict.score
        assert row["nearest_profile"] == profile_of_score(verdict, -score)


def test_no_metric_is_nearer(world: Tried) -> None:
    for _, situation, client, verdict, row in eligible(world):
        flips = []
        for metric, _, value in situation.options(client):
            now = situation.value_now(client, metric)
            then = situation.what_if(client, {metric: value}).profile
            if then != verdict.profile:
                share = half_up_share(value - now, now)
                flips.append((share is None, share or 0, abs(value - now)))
        if not flips:
            assert row["metric"] is None
            continue
        change = row["metric_value_needed"] - row["metric_value_now"]
        assert min(flips) == (
            row["metric_change_share"] is None, row["metric_change_share"] or 0,
            abs(change),
        )
        then = situation.what_if(client, {row["metric"]: row["metric_value_needed"]})
        assert then.profile == row["profile_by_metric"] != verdict.profile


def half_up_share(change: Decimal, value: Decimal) -> Fraction | None:
    """Give |change| / |value| with six decimals."""
    if not value:
        return None
    exact = abs(Fraction(change) / Fraction(value))
    return Fraction((exact * 10**6 + Fraction(1, 2)).__floor__(), 10**6)


def test_no_weight_is_nearer(world: Tried) -> None:
    """At the weight given the profile is another one; a step before it is not."""
    flips = world.by_client("int_weight_flips")
    for scorecard, situation, client, verdict, row in eligible(world):
        found = {each["criterion"]: each for each in flips[scorecard, client]}
        for criterion in situation.version.criteria:
            if criterion.weight == 1:
                assert criterion.name not in found
                continue
            assert_nearest_weight(verdict, criterion, found.get(criterion.name))
        nearest = min(
            ((abs(each["weight_change"]), name) for name, each in found.items()),
            default=(None, None),
        )
        assert row["weight_criterion"] == nearest[1]


def assert_nearest_weight(verdict: Verdict, criterion, flip: Row | None) -> None:
    """Check a flip of a weight against a fine grid."""
    own = Fraction(criterion.weight)
    grid = [Fraction(number, 100) for number in range(101)]
    distance = 2
    if flip:
        needed = Fraction(flip["weight_needed"])
        distance = abs(needed - own)
        assert Fraction(flip["weight_change"]) == needed - own
        then = profile_of_weight(verdict, criterion.name, needed)
        assert then == flip["computed_profile"] != verdict.profile
        grid += [own + (distance - Fraction(MILLIONTH)) * sign for sign in (-1, 1)]
    for weight in grid:
        if 0 <= weight <= 1 and abs(weight - own) < distance:
            then = profile_of_weight(verdict, criterion.name, weight)
            assert then == verdict.profile, (criterion.name, weight, flip)


def test_no_edge_is_nearer(world: Tried) -> None:
    flips = world.by_client("int_edge_flips")
    for scorecard, situation, client, verdict, row in eligible(world):
        found = {each["criterion"]: each for each in flips[scorecard, client]}
        shares = []
        for criterion in situation.version.criteria:
            nearest = nearest_edge(verdict, criterion)
            flip = found.get(criterion.name)
            assert (nearest is None) == (flip is None)
            if flip:
                change = flip["edge_needed"] - flip["edge_now"]
                measured = (
                    flip["edge_change_share"] is None, flip["edge_change_share"] or 0,
                    abs(change),
                )
                assert measured == nearest
                assert flip["edge_change"] == change
                then = profile_of_edge(
                    verdict, criterion, flip["edge_now"], flip["edge_needed"]
                )
                assert then == flip["computed_profile"] != verdict.profile
                shares.append((*measured, criterion.name))
        assert row["edge_criterion"] == min(shares, default=(None,))[-1]


def nearest_edge(verdict: Verdict, criterion) -> tuple | None:
    """Move every edge of a criterion to all places where that could matter."""
    value = verdict.judgements[criterion.name].judged_value
    if value is None:
        return None
    edges = [band.lower for band in criterion.bands if band.lower is not None]
    flips = []
    for place, edge in enumerate(edges):
        before = edges[place - 1] if place else edge - 10**6
        after = edges[place + 1] if place + 1 < len(edges) else edge + 10**6
        grid = [before + (after - before) * part / 20 for part in range(1, 20)]
        near = [value + MILLIONTH * by for by in (-1, 0, 1, 2)]
        for moved in [*near, *(each.quantize(MILLIONTH) for each in grid)]:
            inside = (not place or moved > before) and (
                place + 1 == len(edges) or moved < after
            )
            if inside and profile_of_edge(verdict, criterion, edge, moved) != verdict.profile:
                share = half_up_share(moved - edge, edge)
                flips.append((share is None, share or 0, abs(moved - edge)))
    return min(flips, default=None)


def test_the_report_counts_these_clients(world: Tried) -> None:
    options = {
        (row["scorecard"], row["client_id"], row["metric"], row["steps"])
        for row in world.tables["int_metric_options"]
        if row["computed_profile"] != row["computed_profile_now"]
    }
    weights = {
        (row["scorecard"], row["client_id"], row["criterion"]): abs(row["weight_change"])
        for row in world.tables["int_weight_flips"]
    }
    sensitivity = world.by_client("fct_profile_sensitivity")
    expected = {}
    for scorecard, situation in world.situations.items():
        clients = sorted(situation.population)
        for criterion in situation.version.criteria if clients else ():
            up = {c for c in clients if (scorecard, c, criterion.metric, 1) in options}
            down = {c for c in clients if (scorecard, c, criterion.metric, -1) in options}
            weight = {
                c for c in clients
                if weights.get((scorecard, c, criterion.name), 2) <= Decimal("0.05")
            }
            rows = [sensitivity[scorecard, c][0] for c in clients]
            expected[scorecard, criterion.name] = (
                len(clients), len(up), len(down), len(weight), len(up | down | weight),
                sum(row["weight_criterion"] == criterion.name for row in rows),
                sum(row["edge_criterion"] == criterion.name for row in rows),
            )
    assert expected == {
        (row["scorecard"], row["criterion"]): (
            row["clients"], row["clients_by_step_up"], row["clients_by_step_down"],
            row["clients_by_weight"], row["clients_hanging_on_it"],
            row["clients_nearest_by_weight"], row["clients_nearest_by_edge"],
        )
        for row in world.tables["rpt_criterion_sensitivity"]
    }


# -- what similar clients did -----------------------------------------------------


def test_observed_rates_are_counted_right(world: Tried) -> None:
    for step in world.tables["fct_path_steps"]:
        scorecard, client = step["scorecard"], step["client_id"]
        situation = world.situations[scorecard]
        criteria = {each.name: each for each in situation.version.criteria}
        criterion = criteria.get(step["criterion"])
        trait = world.traits[step["criterion"]]
        assert step["criterion"] == representative(
            situation.version, world.traits, trait.metric
        )
        if criterion is None:
            assert (step["band_now"], step["observed_rate"]) == (None, None)
            assert step["similar_clients"] == 0
            continue
        then = situation.what_if(client, {trait.metric: step["value_needed"]})
        assert step["band_needed"] == then.judgements[criterion.name].band
        if situation.verdicts[client].judgements[criterion.name].band:
            assert step["band_now"] == (
                situation.verdicts[client].judgements[criterion.name].band
            )
        assert (step["similar_clients"], step["observed_rate"]) == observed_rate(
            world.world.verdicts, scorecard, situation.version,
            situation.verdicts[client].profile, criterion, trait.sign,
            step["band_now"], step["band_needed"],
        )
        assert step["is_small_group"] == (step["similar_clients"] < 10)


def test_the_rates_of_the_demo_are_counted_right(built_demo: DemoProject) -> None:  # noqa: F811
    """Month by month from what the marts say of the past, by the bands of today."""
    profiles, values, wanted = {}, {}, set()
    for scorecard, client, period, profile in built_demo.query(
        "select scorecard, client_id, period_start, computed_profile"
        " from client_profiles.fct_client_profiles"
    ):
        profiles[scorecard, client, period] = profile
    for scorecard, client, period, criterion, *value in built_demo.query(
        "select scorecard, client_id, period_start, criterion, normalization,"
        " metric_value, judged_value from client_profiles.fct_criterion_scores"
    ):
        values[scorecard, client, period, criterion] = value
    for row in built_demo.query(
        "select steps.scorecard, computed_profile, criterion, direction,"
        " steps.version, band_now, band_needed, similar_clients, observed_rate"
        " from client_profiles.fct_path_steps as steps"
        " inner join client_profiles.client_profiles using (scorecard, client_id)"
        " inner join client_profiles_rules.stg_criteria using (criterion)"
    ):
        wanted.add(row)
    _, lines = read_seeds(ROOT / "seeds" / "scorecards")["score_bands"]
    _, weights = read_seeds(ROOT / "seeds" / "scorecards")["criterion_weights"]
    periods = sorted({period for _, _, period in profiles})
    clients = sorted({client for _, client, _ in profiles})
    for scorecard, profile, criterion, direction, version, *expected in sorted(wanted):
        key = [scorecard, version, criterion]
        bands = [line for line in lines if list(line.values())[:3] == key]
        [normalization] = [
            line["normalization"] for line in weights if list(line.values())[:3] == key
        ]

        def band_at(client: str, period: datetime.date) -> int | None:
            found = values.get((scorecard, client, period, criterion))
            if not found:
                return None
            value = found[1] if normalization == "none" else (
                found[2] if found[0] == normalization else None
            )
            if value is None:
                return None
            return max(
                number for number, line in enumerate(bands)
                if not line["lower_bound"] or value >= Decimal(line["lower_bound"])
            )

        names = [line["band"] for line in bands]
        sign = 1 if direction == "higher_is_better" else -1
        band_now, needed = (names.index(name) for name in expected[:2])
        similar = there = 0
        for client in clients:
            for place, period in enumerate(periods[:-6]):
                if (
                    profiles.get((scorecard, client, period)) == profile
                    and band_at(client, period) == band_now
                ):
                    reached = [band_at(client, each) for each in periods[place + 1:place + 7]]
                    similar += 1
                    there += any(
                        each is not None and each * sign >= needed * sign for each in reached
                    )
                    break
        rate = half_up(Fraction(there, similar), 4) if similar else None
        assert (similar, rate) == tuple(expected[2:])
    assert len(wanted) > 100


def test_the_worlds_are_worth_trying() -> None:
    """All kinds of rows occur, or the comparisons above would say little."""
    paths = [row for seed in WORLDS for row in tried(seed).tables["fct_paths_to_ideal"]]
    rows = [row for seed in WORLDS for row in tried(seed).tables["fct_path_steps"]]
    flips = [row for seed in WORLDS for row in tried(seed).tables["int_weight_flips"]]
    methods = defaultdict(int)
    for row in paths:
        methods[row["method"], row["levers"]] += 1
    assert methods["exact", 1] > 50
    assert methods["exact", 2] > 50
    # The demo has a hundred more, which are walked below.
    assert sum(count for (method, _), count in methods.items() if method == "greedy") > 3
    assert methods[None, None] > 50
    assert sum(0 < (row["observed_rate"] or 0) < 1 for row in rows) > 5
    assert {row["computed_profile"] for row in flips} >= {"P1", "P2", "P3", "not_yet_eligible"}


# -- paths that are walked --------------------------------------------------------


def walk_paths(build_file: Path, seeds_folder: Path, one_by_one: int) -> dict[str, int]:
    """Let clients do what their paths say, and find them where they were promised to be.

    one_by_one: how many are tried of those that can touch other clients
    returns: how many clients were found in the promised profile, by scorecard
    """
    with duckdb.connect(str(build_file), read_only=True) as connection:
        steps = connection.execute(
            "select scorecard, target_profile, client_id, metric, value_needed"
            " from client_profiles.fct_path_steps as steps"
            " inner join client_profiles_intermediate.int_version_metrics"
            " using (scorecard, criterion)"
            " order by scorecard, target_profile, client_id"
        ).fetchall()
        now = {
            (scorecard, client): profile
            for scorecard, client, profile in connection.execute(
                "select scorecard, client_id, computed_profile"
                " from client_profiles.client_profiles"
            ).fetchall()
        }
    walks = defaultdict(dict)
    for scorecard, target, client, metric, value in steps:
        walks[scorecard, target, client][metric] = value
    arrived = defaultdict(int)
    trials = walk(build_file, seeds_folder, walks, one_by_one)
    for (scorecard, target, client), found in trials.items():
        assert found[scorecard, client].profile == target
        assert now[scorecard, client] != target
        arrived[scorecard] += 1
    return arrived


def test_the_paths_of_the_demo_lead_where_they_promise(
    built_demo: DemoProject,  # noqa: F811
) -> None:
    """All of them: those of scorecard relationship one by one."""
    arrived = walk_paths(
        built_demo.build_file, ROOT / "seeds" / "scorecards", one_by_one=10_000
    )
    reachable = dict(
        built_demo.query(
            "select scorecard, count(*) from client_profiles.fct_paths_to_ideal"
            " where is_reachable group by scorecard"
        )
    )
    assert arrived == reachable
    assert min(reachable.values()) > 300


def test_the_paths_of_online_retail_lead_where_they_promise(
    online_retail_build: Path,  # noqa: F811
) -> None:
    """All of scorecard tier, and some of scorecard relationship."""
    arrived = walk_paths(
        online_retail_build,
        ROOT / "integration_tests" / "online_retail" / "seeds" / "scorecards",
        one_by_one=10,
    )
    with duckdb.connect(str(online_retail_build), read_only=True) as connection:
        reachable = dict(
            connection.execute(
                "select scorecard, count(*) from client_profiles.fct_paths_to_ideal"
                " where is_reachable group by scorecard"
            ).fetchall()
        )
    assert arrived["tier"] == reachable["tier"] > 1000
    assert arrived["relationship"] >= 9


def test_greedy_paths_are_good_ones(built_demo: DemoProject) -> None:  # noqa: F811
    """Beside the easiest of all combinations of levers, as docs/potential.md says."""
    paths = built_demo.query(
        "select client_id, target_profile, effort from client_profiles.fct_paths_to_ideal"
        " where scorecard = 'relationship' and method = 'greedy'"
    )
    scores = {
        client: row for client, *row in built_demo.query(
            "select client_id, weighted_points, available_weight, margin__points"
            " from client_profiles_intermediate.int_current_scores"
            " where scorecard = 'relationship'"
        )
    }
    steps = defaultdict(lambda: defaultdict(list))
    for client, metric, *step in built_demo.query(
        "select client_id, metric, effort, points_change, margin__changed_points"
        " from client_profiles_intermediate.int_metric_options"
        " where scorecard = 'relationship' and effort is not null"
    ):
        steps[client][metric].append(step)
    best = {client: lowest_efforts(scores[client], steps[client]) for client, *_ in paths}
    efforts = [(effort, best[client][target]) for client, target, effort in paths]
    assert all(given >= least for given, least in efforts)
    more = Fraction(sum(given for given, _ in efforts), sum(least for _, least in efforts))
    page = " ".join((ROOT / "docs" / "potential.md").read_text(encoding="utf-8").split())
    assert (
        f"that is {len(paths)} paths of scorecard *Relationship*:"
        f" {sum(given == least for given, least in efforts)} of them take the least effort"
        f" there is, and all together {float(100 * (more - 1)):.1f} % more" in page
    )


def lowest_efforts(now: list, steps: dict[str, list]) -> dict[str, int]:
    """Give the least effort to each profile by version 2 of scorecard relationship."""
    weighted, available, margin = now
    least = {(0, margin): 0}
    for of_metric in steps.values():
        reached = dict(least)
        for (points, margin), effort in least.items():
            for more_effort, more_points, new_margin in of_metric:
                key = (points + more_points, margin if new_margin is None else new_margin)
                reached[key] = min(
                    reached.get(key, effort + more_effort), effort + more_effort
                )
        least = reached
    found = {}
    for (points, margin), effort in least.items():
        score = half_up(Fraction(weighted + points, 100 * available), 4)
        if score >= 80 and margin is not None and margin >= 55:
            profile = "A"
        else:
            profile = "B" if score >= 65 else "C" if score >= 50 else "D"
        found[profile] = min(found.get(profile, effort), effort)
    return found
