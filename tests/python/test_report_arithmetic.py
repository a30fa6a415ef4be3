"""The report's arithmetic, held against the marts, the engine and the oracle.

The page's own modules run in Node, without a browser.
"""

from __future__ import annotations

import json
import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

import oracle
from demo_project import DemoProject, built_demo  # noqa: F401
from integration_builds import online_retail_build  # noqa: F401
from jinja_models import JinjaModels
from page_driver import node_or_skip
from project_files import ROOT
from random_rules import random_world
from report_pages import ask, demo, read_all, retail  # noqa: F401
from walked_levers import read_seeds

MILLION = 1_000_000
# Months that carry a value to the last one, and some more.
MONTHS_NEEDED = 8


@pytest.mark.parametrize("which", ["demo", "retail"])
def test_scores_of_all_clients_are_those_of_the_marts(
    which: str, request: pytest.FixtureRequest
) -> None:
    """The page has no scores: what it computes from points and weights is the same."""
    published = request.getfixturevalue(which)
    labels, tables = read_all(published, None if which == "demo" else 2)
    lines = run_module("scores", {"labels": labels, "tables": tables})
    periods = [date.fromisoformat(each) for each in labels["periods"]]
    since = min(periods)
    scores = {
        (scorecard, client, date.fromisoformat(period)): score
        for scorecard, client, period, score, _ in lines
    }
    assert scores == {
        row[:3]: None if row[3] is None else int(row[3] * 10_000)
        for row in ask(published, "select scorecard, client_id, period_start, score"
                       " from fct_client_profiles where period_start >= $1", since)
    }
    shares = {
        (scorecard, client, date.fromisoformat(period), criterion): share
        for scorecard, client, period, _, found in lines
        for criterion, share in found
    }
    assert shares == {
        row[:4]: None if row[4] is None else int(row[4] * 10_000)
        for row in ask(published, "select scorecard, client_id, period_start, criterion,"
                       " contribution from fct_criterion_scores where period_start >= $1", since)
    }


def run_module(what: str, given: dict) -> list:
    """Run the page's arithmetic in Node."""
    finished = subprocess.run(
        [node_or_skip(), str(ROOT / "tests/page/judge.mjs"), what],
        input=json.dumps(given), capture_output=True, text=True, timeout=300,
    )
    assert finished.returncode == 0, finished.stderr
    return [json.loads(line) for line in finished.stdout.splitlines()]


def random_weights(random: Random, criteria: list[str]) -> dict[str, int]:
    """Share a million out to criteria by chance, to the last millionth; some get nothing."""
    parts = [random.choice([0, 1, 1, 1]) * random.random() ** 2 for _ in criteria]
    parts[random.randrange(len(parts))] += 0.2
    weights = [int(MILLION * part / sum(parts)) for part in parts]
    weights[0] += MILLION - sum(weights)
    return dict(zip(criteria, weights))


@pytest.mark.parametrize("which", ["demo", "retail"])
def test_other_weights_judge_as_the_engine_does(
    which: str, request: pytest.FixtureRequest,
    built_demo: DemoProject,  # noqa: F811
) -> None:
    """For weights by chance the page's module and the engine agree on every client.

    The engine is the project's own models, which judge each set of weights as a
    candidate version with the bands and rules of the version that it began with.
    """
    published = request.getfixturevalue(which)
    if which == "demo":
        build_file, project = built_demo.build_file, ROOT
    else:
        build_file = request.getfixturevalue("online_retail_build")
        project = ROOT / "integration_tests/online_retail"
    labels, tables = read_all(published, 1)
    random = Random(20261101)
    tries = []
    for scorecard, packed in tables["scorecards"].items():
        for base in packed["calibration"]:
            for _ in range(4 if which == "demo" else 2):
                criteria = sorted(base["criteria"])
                tries.append({"scorecard": scorecard, "version": base["version"],
                              "weights": random_weights(random, criteria)})
    seen = run_module("weights", {"labels": labels, "tables": tables, "tries": tries})
    engine = run_engine(build_file, read_seeds(project / "seeds/scorecards"),
                        tries, labels["periods"][-1])
    for place, given in enumerate(tries):
        judged = {client: (score, profile) for client, score, profile in seen[place]}
        assert judged == engine[f"t{place}"], given
        assert len(judged) > 200
    # Weights that change nothing would prove nothing.
    assert len({tuple(map(tuple, each)) for each in seen}) > len(tries) / 2


def run_engine(
    build_file: Path, seeds: dict, tries: list[dict], period: str
) -> dict[str, dict[str, tuple]]:
    """Judge the clients of a period by each try; give score and profile of each."""
    for place, given in enumerate(tries):
        for name in ("scorecard_versions", "criterion_weights", "score_bands", "profile_rules"):
            columns, lines = seeds[name]
            lines += [
                {**line, "version": f"t{place}",
                 **({"status": "candidate", "approved_by": "", "approved_on": ""}
                    if name == "scorecard_versions" else {}),
                 **({"weight": f"{given['weights'][line['criterion']] / MILLION:.6f}"}
                    if name == "criterion_weights" else {})}
                for line in list(lines)
                if (line["scorecard"], line["version"]) == (given["scorecard"], given["version"])
            ]
    models = JinjaModels()
    try:
        models.load_query(
            build_file,
            "select * from build.client_profiles_intermediate.int_metric_history"
            f" where period_start > date '{period}' - interval {MONTHS_NEEDED} month"
            f" and period_start <= date '{period}'",
        )
        after = date.fromisoformat(period).replace(day=28)
        models.look_from(date(after.year + after.month // 12, after.month % 12 + 1, 1), seeds)
        found: dict[str, dict[str, tuple]] = {}
        for row in models.run("int_candidate_version_profiles"):
            if row["period_start"] == date.fromisoformat(period):
                score = None if row["score"] is None else int(row["score"] * 10_000)
                found.setdefault(row["version"], {})[row["client_id"]] = (
                    score, row["computed_profile"])
        return found
    finally:
        models.close()


def test_rules_by_chance_judge_as_the_oracle_does() -> None:
    """Bounds of any kind, ties, halves, huge values, missing ones: what real rules may lack."""
    random = Random(7)
    bases, expected = [], []
    while len(bases) < 400:
        world = random_world(random, scorecards=2, clients=9, periods=3)
        period = max(month for _, month in world.metrics)
        for version in world.versions + world.candidates:
            verdicts = oracle.judge_period(version, world.metrics, period)
            bases.append(base_of(version, world.metrics, period, list(verdicts)))
            expected.append([
                [None if each.score is None else int(each.score * 10_000), each.rule, each.profile]
                for each in verdicts.values()
            ])
    assert run_module("bases", {"bases": bases}) == expected
    scored = [row for rows in expected for row in rows if row[0] is not None]
    assert len(scored) > 1_000


def base_of(
    version: oracle.Version, metrics: oracle.Metrics, period: date, clients: list[str]
) -> dict:
    """Give what the page's module takes, from the rules and metrics of a world."""
    criteria = sorted(version.criteria, key=lambda each: each.name)
    place = {criterion.name: at for at, criterion in enumerate(criteria)}
    return {
        "minimumCoverage": units(version.minimum_coverage, 6),
        "meetsTenure": [
            metrics[client, period]["tenure_months"] >= version.minimum_tenure_months
            for client in clients
        ],
        "criteria": [
            pack_criterion(criterion, metrics, period, clients) for criterion in criteria
        ],
        "rules": [
            {
                "rule": rule.name,
                "profile": rule.profile,
                "allowed": [
                    all(oracle.holds(each, oracle.Facts(Decimal(0), {}, metrics[client, period]))
                        for each in rule.conditions if each.subject == "metric")
                    for client in clients
                ],
                "conditions": [
                    {"subject": each.subject, "place": place.get(each.subject_name),
                     "lower": units(each.lower, 6), "upper": units(each.upper, 6)}
                    for each in rule.conditions if each.subject != "metric"
                ],
            }
            for rule in sorted(version.rules, key=lambda rule: rule.priority)
        ],
    }


def pack_criterion(
    criterion: oracle.Criterion, metrics: oracle.Metrics, period: date, clients: list[str]
) -> dict:
    """Give a criterion with the values of all clients, and the points that no weight changes."""
    values = [oracle.last_known(metrics, client, period, criterion)[0] for client in clients]
    fixed = []
    for value in values:
        if value is None:
            fixed.append(units(oracle.missing_points(criterion), 2))
        elif criterion.normalization == "none":
            [points] = [band.points for band in criterion.bands if band.contains(value)]
            fixed.append(units(points, 2))
        else:
            fixed.append(None)
    bands = sorted(criterion.bands, key=lambda band: (band.lower is not None, band.lower))
    return {
        "name": criterion.name,
        "weight": units(criterion.weight, 6),
        "normalization": criterion.normalization,
        "values": [None if value is None else str(units(value, 6)) for value in values],
        "fixed": fixed,
        "bands": [
            {"lower": units(band.lower, 6), "points": units(band.points, 2)} for band in bands
        ],
    }


def units(number: Decimal | None, decimals: int) -> int | None:
    """Count a number in units of 10^-decimals."""
    return None if number is None else int(number.scaleb(decimals))
