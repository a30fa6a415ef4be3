"""The report: what its page shows, how it is used, and what it can't be made to do.

The page is opened in a real browser where there is one. Every figure that is compared
comes from the published tables by a query of its own.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product
from pathlib import Path
from random import Random

import duckdb
import pytest

import check_seeds
import oracle
import report
import report_data
from demo_project import DemoProject, built_demo  # noqa: F401
from duckdb_file import write
from integration_builds import online_retail_build  # noqa: F401
from jinja_models import JinjaModels
from page_bundle import PAGE
from page_driver import CACHE, Browser, browser, node_or_skip, page_bundle_or_skip  # noqa: F401
from page_html import html
from project_files import ROOT
from publication import Publication, Table
from random_rules import random_world
from report_data import Published, read_labels, read_tables
from walked_levers import read_seeds

PANELS = ["placement", "client", "movements", "growth", "calibration", "priority", "about"]
MILLION = 1_000_000
# Months that carry a value to the last one, and some more.
MONTHS_NEEDED = 8


# -- what there is to show ---------------------------------------------------------


def publish_build(build_file: Path, target: Path) -> Path:
    """Publish the marts and snapshots of a build, without asking dbt what they are."""
    with duckdb.connect(str(build_file), read_only=True) as connection:
        names = connection.execute(
            "select table_schema, table_name from information_schema.tables where"
            " table_schema in ('client_profiles', 'client_profiles_snapshots')"
        ).fetchall()
        [as_of] = connection.execute(
            "select cast(max(period_start) + interval 1 month as date)"
            " from client_profiles.fct_client_profiles"
        ).fetchone()
    tables = tuple(
        Table(schema, name, "snapshot" if schema.endswith("snapshots") else "mart", "", ())
        for schema, name in sorted(names)
    )
    write(build_file, target, Publication(
        "run-of-a-test", datetime(2026, 11, 1, 3, 15, tzinfo=UTC), str(as_of), "abc123",
        "fingerprint", tables,
    ))
    return target


def read_all(published: Path, periods: int | None = None) -> tuple[dict, dict]:
    """Read both parts that the page gets."""
    source = Published(published, periods)
    try:
        labels = read_labels(source)
        return labels, read_tables(source, labels)
    finally:
        source.close()


def make_page(published: Path, periods: int | None = None) -> Path:
    """Write the page beside the published file."""
    target = published.with_suffix(".html")
    target.write_text(html(page_bundle_or_skip(), *read_all(published, periods)), "utf-8")
    return target


@pytest.fixture(scope="module")
def demo(built_demo: DemoProject, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811
    """Give the published demo."""
    return publish_build(
        built_demo.build_file, tmp_path_factory.mktemp("demo") / "published.duckdb"
    )


@pytest.fixture(scope="module")
def demo_page(demo: Path) -> Path:
    """Give the page of the demo."""
    return make_page(demo)


@pytest.fixture(scope="module")
def retail(
    online_retail_build: Path, tmp_path_factory: pytest.TempPathFactory  # noqa: F811
) -> Path:
    """Give the published retailer: thousands of clients without names and revenue."""
    return publish_build(
        online_retail_build, tmp_path_factory.mktemp("retail") / "published.duckdb"
    )


@pytest.fixture(scope="module")
def retail_page(retail: Path) -> Path:
    """Give the page of the retailer's last months."""
    return make_page(retail, periods=4)


def ask(published: Path, query: str, *given) -> list[tuple]:
    """Ask the published file."""
    with duckdb.connect(str(published), read_only=True) as connection:
        connection.execute("set schema 'client_profiles'")
        return connection.execute(query, list(given)).fetchall()


def number(text: str) -> Decimal:
    """Read a number as English writes it."""
    return Decimal(text.replace(",", "").replace("−", "-").replace("%", ""))


def saved_rows(saved: dict) -> list[dict[str, str]]:
    """Read a CSV file that the page saved."""
    return list(csv.DictReader(io.StringIO(saved["text"].removeprefix("\ufeff"))))


# -- every panel -------------------------------------------------------------------

PAINTED = """
[...document.querySelectorAll("canvas")].map((canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Set(new Uint32Array(data.buffer)).size;
})
"""
WIDER_THAN_WINDOW = "document.documentElement.scrollWidth > innerWidth"
CHARTS = {"placement": 1, "client": 1, "movements": 1, "growth": 1, "calibration": 1}


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("which", ["demo_page", "retail_page"])
def test_every_panel_is_drawn(
    which: str, width: int, browser: Browser, request: pytest.FixtureRequest  # noqa: F811
) -> None:
    """Each is drawn on a screen and on a phone, in both languages, and asks nobody."""
    file = request.getfixturevalue(which)
    client = "C0041" if which == "demo_page" else "12748"
    for language in ("en", "pt-BR") if which == "demo_page" else ("pt-BR",):
        browser.open(file, width=width, language=language)
        assert browser.ask("document.documentElement.lang") == language
        for panel, scorecard in product(PANELS, ["relationship", "tier"]):
            browser.go(f"#{panel}&scorecard={scorecard}&client={client}")
            assert browser.ask("document.querySelector('main').dataset.panel") == panel
            painted = browser.ask(PAINTED)
            assert len(painted) == CHARTS.get(panel, 0), (panel, scorecard)
            assert all(colours > 20 for colours in painted), (panel, scorecard, painted)
            assert not browser.ask(WIDER_THAN_WINDOW), (panel, scorecard)
        browser.assert_quiet()


@pytest.mark.parametrize("width", [1280, 390])
def test_panels_can_be_used_without_seeing_them(
    width: int, browser: Browser, demo_page: Path  # noqa: F811
) -> None:
    """axe-core finds no violation: names, roles, contrast, order, language."""
    found = {}
    browser.open(demo_page, width=width)
    for panel in PANELS:
        browser.go(f"#{panel}&client=C0266")
        found[panel] = browser.do("axe")
    assert found == {panel: [] for panel in PANELS}


def test_both_languages_have_every_text() -> None:
    """No text is missing in one of them, and each names the same values."""
    strings = json.loads((PAGE / "src/strings.json").read_text(encoding="utf-8"))
    english, portuguese = strings["en"], strings["pt-BR"]
    assert english.keys() == portuguese.keys()
    holes = re.compile(r"\{\w+\}")
    for key, text in english.items():
        assert sorted(holes.findall(text)) == sorted(holes.findall(portuguese[key])), key
    sources = "".join(path.read_text("utf-8") for path in (PAGE / "src").rglob("*.js"))
    used = set(re.findall(r"\bt\(\"([\w.]+)\"", sources))
    assert used - english.keys() == set()


def test_the_language_is_chosen_and_kept(browser: Browser, demo_page: Path) -> None:  # noqa: F811
    """One button changes words, numbers and the page's language, also after a reload."""
    browser.open(demo_page, "#growth")
    assert browser.text("nav a[aria-current]") == "Growth"
    browser.click("header .segments button:text-is('PT')")
    assert browser.text("nav a[aria-current]") == "Crescimento"
    browser.ask("location.reload()")
    browser.do("until", expression="document.documentElement.dataset.ready")
    assert browser.ask("document.documentElement.lang") == "pt-BR"
    assert any("," in text for text in browser.texts("td.number"))
    browser.assert_quiet()


# -- the numbers -------------------------------------------------------------------


@pytest.mark.parametrize("which", ["demo", "retail"])
def test_tiles_count_the_clients_of_each_month(
    which: str, browser: Browser, request: pytest.FixtureRequest  # noqa: F811
) -> None:
    """The slider goes through the months; each tile holds the mart's count."""
    published = request.getfixturevalue(which)
    browser.open(request.getfixturevalue(f"{which}_page"))
    months = browser.ask("Number(document.querySelector('#period').max) + 1")
    for scorecard in ("relationship", "tier"):
        browser.go(f"#placement&scorecard={scorecard}")
        profiles = browser.ask("[...document.querySelectorAll('.tile')].map((e) => e.dataset.profile)")
        periods = [row[0] for row in ask(
            published, "select distinct period_start from fct_client_profiles"
            " order by period_start desc limit $1", months,
        )]
        browser.do("focus", selector="#period")
        for period in periods:
            expected = Counter(dict(ask(
                published, "select profile, count(*) from fct_client_profiles"
                " where scorecard = $1 and period_start = $2 group by profile",
                scorecard, period,
            )))
            shown = browser.texts(".tile strong")
            assert [number(text) for text in shown] == [expected[each] for each in profiles]
            browser.do("press", key="ArrowLeft")
        assert f"period={periods[-1]}" in browser.ask("location.hash")
    browser.assert_quiet()


def test_play_goes_through_the_months(browser: Browser, demo_page: Path) -> None:  # noqa: F811
    """Play begins at the first month and moves on by itself; pause holds it."""
    browser.open(demo_page, "#placement")
    browser.click("button.play")
    browser.do("until", expression="Number(document.querySelector('#period').value) >= 2")
    assert "Pause" in browser.text("button.play")
    browser.click("button.play")
    assert "Play" in browser.text("button.play")
    held = browser.ask("document.querySelector('#period').value")
    assert int(held) < 23
    browser.assert_quiet()


def test_sizes_by_revenue_only_where_there_is_one(
    browser: Browser, demo_page: Path, retail_page: Path  # noqa: F811
) -> None:
    """The retailer's rules know no monthly revenue, so nothing is sized by it."""
    browser.open(demo_page, "#placement")
    before = browser.ask("document.querySelector('canvas').toDataURL()")
    browser.click(".tools button:text-is('Revenue')")
    assert browser.ask("document.querySelector('canvas').toDataURL()") != before
    browser.open(retail_page, "#placement")
    assert browser.texts(".tools button:text-is('Revenue')") == []
    browser.assert_quiet()


@pytest.mark.parametrize("client", ["C0001", "C0041", "C0266"])
def test_a_client_says_why_to_the_last_digit(
    client: str, browser: Browser, demo: Path, demo_page: Path  # noqa: F811
) -> None:
    """Points, contributions and score are those of fct_criterion_scores; sentences too."""
    browser.open(demo_page, f"#client={client}")
    expected = ask(
        demo, "select criterion_label, contribution from fct_criterion_scores where"
        " client_id = $1 and scorecard = 'relationship' and period_start = '2026-10-01'", client,
    )
    rows = browser.ask(
        "[...document.querySelectorAll('table.criteria tbody tr')].map((row) =>"
        " [row.cells[0].firstChild.textContent, row.cells[6].textContent])"
    )
    assert sorted((label, Decimal(shown)) for label, shown in rows) == sorted(expected)
    [[score]] = ask(demo, "select score from client_profiles where client_id = $1"
                    " and scorecard = 'relationship'", client)
    assert Decimal(browser.text("[data-total=score]")) == score
    sentences = [row[0] for row in ask(
        demo, "select explanation from fct_movement_causes where client_id = $1"
        " and scorecard = 'relationship' order by period_start desc", client,
    )]
    shown = browser.ask("[...document.querySelectorAll('.timeline p')].map((e) => e.textContent)")
    assert shown == sentences
    actions = ask(demo, "select action from client_protocols where client_id = $1"
                  " and scorecard = 'relationship'", client)
    assert sorted(browser.texts(".protocols p")) == sorted(row[0] for row in actions)
    browser.assert_quiet()


def test_a_month_of_a_client_has_its_own_reasons(
    browser: Browser, demo: Path, demo_page: Path  # noqa: F811
) -> None:
    """The address names the month; the buttons step to its neighbours."""
    browser.open(demo_page, "#client=C0001&period=2025-10")
    for period in ("2025-10-01", "2025-11-01"):
        [[score]] = ask(demo, "select score from fct_client_profiles where client_id = 'C0001'"
                        " and scorecard = 'relationship' and period_start = $1", period)
        assert Decimal(browser.text("[data-total=score]")) == score
        browser.click("button[aria-label='Month after']")
    browser.assert_quiet()


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


@pytest.mark.parametrize("scorecard", ["relationship", "tier"])
def test_the_matrix_holds_the_transitions(
    scorecard: str, browser: Browser, demo: Path, demo_page: Path  # noqa: F811
) -> None:
    """Between neighbouring months it is fct_profile_transitions; the list is the movements."""
    browser.open(demo_page, f"#movements&from=2026-05&to=2026-06&scorecard={scorecard}")
    expected = {
        (before, after): clients for before, after, clients in ask(
            demo, "select from_profile, to_profile, sum(clients) from fct_profile_transitions"
            " where scorecard = $1 and period_start = '2026-06-01' group by all", scorecard)
    }
    names = dict(ask(demo, "select label, profile from client_profiles_snapshots.profiles_snapshot"
                     " where scorecard = $1 and dbt_valid_to is null", scorecard))
    names["Not a client"] = "not_a_client"
    shown = browser.ask("[...document.querySelectorAll('.matrix button')].map((e) => e.ariaLabel)")
    cells = [re.fullmatch(r"(.+) → (.+): (\d+)", each).groups() for each in shown]
    assert {(names[one], names[other]): int(count) for one, other, count in cells} == expected
    browser.ask("document.querySelectorAll('.more button').length")
    rows = saved_rows(browser.do("download", selector=".tabled .more button:has-text('CSV')"))
    assert sorted((row["client_id"], row["category"], row["explanation"]) for row in rows) == sorted(
        ask(demo, "select client_id, category, explanation from fct_movement_causes"
            " where scorecard = $1 and period_start = '2026-06-01'", scorecard))
    browser.assert_quiet()


def test_movements_are_filtered(browser: Browser, demo: Path, demo_page: Path) -> None:  # noqa: F811
    """By a cell of the matrix, by cause, by words; between months that are far apart."""
    browser.open(demo_page, "#movements&from=2025-10&to=2026-10")
    browser.do("choose", selector=".field:has-text('Cause') select", value="rules")
    rows = saved_rows(browser.do("download", selector=".tabled .more button:has-text('CSV')"))
    assert len(rows) == ask(
        demo, "select count(*) from fct_movement_causes where scorecard = 'relationship'"
        " and cause = 'rules' and period_start > '2025-10-01'")[0][0] > 0
    browser.do("choose", selector=".field:has-text('Cause') select", value="")
    browser.click(".matrix button[aria-label^='B · Good → A · Ideal']")
    rows = saved_rows(browser.do("download", selector=".tabled .more button:has-text('CSV')"))
    expected = {row[0] for row in ask(
        demo, "select before.client_id from fct_client_profiles as before"
        " inner join fct_client_profiles as after using (client_id, scorecard)"
        " where scorecard = 'relationship' and before.period_start = '2025-10-01'"
        " and after.period_start = '2026-10-01' and before.profile = 'B' and after.profile = 'A'")}
    assert {row["client_id"] for row in rows} == expected
    browser.do("fill", selector=".field:has-text('Words') input", text=min(expected))
    rows = saved_rows(browser.do("download", selector=".tabled .more button:has-text('CSV')"))
    assert {row["client_id"] for row in rows} == {min(expected)}
    browser.assert_quiet()


def test_growth_is_the_mart(browser: Browser, demo: Path, demo_page: Path) -> None:  # noqa: F811
    """The table behind the lines, and the forecast beside its errors."""
    browser.open(demo_page, "#growth")
    browser.click("details summary")
    rows = saved_rows(browser.do("download", selector="details .more button:has-text('CSV')"))
    shown = sorted((row["profile"], row["period_start"], Decimal(row["clients"]),
                    Decimal(row["revenue"])) for row in rows)
    assert shown == sorted(
        (profile, str(period), clients, revenue) for profile, period, clients, revenue in ask(
            demo, "select profile, period_start, clients, revenue from rpt_profile_growth"
            " where scorecard = 'relationship'"))
    saved = browser.do("download", selector="section:has(h2:text('how far off')) .more button")
    forecast = {row["profile"]: row for row in saved_rows(saved)}
    for profile, clients, error, naive in ask(
        demo, "select profile, clients, mean_absolute_forecast_error, mean_absolute_naive_error"
        " from rpt_profile_growth where scorecard = 'relationship' and horizon = 6"
    ):
        row = forecast[profile]
        assert [Decimal(row[name]) for name in ("in_6", "error", "naive_error")] == [
            clients, error, naive]
    rows = saved_rows(browser.do("download", selector="section:has(h2:text('Who brings')) .more button"))
    assert sorted((row["group_name"], int(row["clients"]), Decimal(row["lift"])) for row in rows) == sorted(
        ask(demo, "select group_name, clients, lift from rpt_profile_attraction where"
            " scorecard = 'relationship' and dimension = 'acquisition_channel'"
            " and stage = 'ever' and profile = 'A' and group_clients > 0"))
    browser.assert_quiet()


def test_queue_and_agenda_are_the_marts(browser: Browser, demo: Path, demo_page: Path) -> None:  # noqa: F811
    """All places of the benefit and all contacts, in the marts' order."""
    browser.open(demo_page, "#priority")
    browser.click(".segments button:text-is('All')")
    rows = saved_rows(browser.do("download", selector="section:has(h2:text('goes first')) .more button:has-text('CSV')"))
    assert [(int(row["place"]), row["client_id"], row["is_within_capacity"]) for row in rows] == ask(
        demo, "select place, client_id, if(is_within_capacity, 'yes', 'no') from fct_benefit_queue"
        " where scorecard = 'relationship' and period_start = '2026-10-01' and place is not null"
        " order by place")
    browser.do("choose", selector=".field:has-text('Show') select", value="")
    rows = saved_rows(browser.do("download", selector="section:has(h2:text('agenda')) .more button:has-text('CSV')"))
    assert sorted((row["client_id"], row["due_on"], row["action"]) for row in rows) == sorted(
        ask(demo, "select client_id, cast(due_on as text), action from rpt_contact_agenda"
            " where scorecard = 'relationship'"))
    browser.assert_quiet()


def test_it_says_which_run_it_shows(browser: Browser, demo: Path, demo_page: Path) -> None:  # noqa: F811
    """Run, as-of date, rules and rows are those of the publication."""
    browser.open(demo_page, "#about")
    facts = browser.text(".facts")
    for part in ("Nov 1, 2026, 03:15 UTC", "abc123", "fingerprint", "run-of-a-test"):
        assert part in facts
    [[rows]] = ask(demo, "select row_count from publication")
    assert f"{rows:,}" in facts
    assert "no table of data quality" in browser.text("section:has(> header h2:text('Data quality'))")
    browser.assert_quiet()


# -- calibration -------------------------------------------------------------------


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


def test_calibration_begins_where_the_warehouse_is(
    browser: Browser, demo: Path, demo_page: Path, retail_page: Path  # noqa: F811
) -> None:
    """Untouched weights give the warehouse's profiles, and the page says so."""
    for file, scorecard in product((demo_page, retail_page), ("relationship", "tier")):
        browser.open(file, f"#calibration&scorecard={scorecard}")
        for version in browser.ask("[...document.querySelectorAll('#base option')].map((e) => e.value)"):
            browser.do("choose", selector="#base", value=version)
            [agreeing, clients] = re.search(
                r"of ([\d,]+) of ([\d,]+) clients", browser.text("p[role=status]")).groups()
            assert agreeing == clients
            assert browser.text("p[role=status] .tag") == "exact"
        browser.assert_quiet()
    browser.open(demo_page, "#calibration")
    expected = dict(ask(
        demo, "select candidate_computed_profile, count(*) from fct_version_comparison"
        " where version = '3' and period_start = '2026-10-01' group by all"))
    shown = browser.ask("[...document.querySelectorAll('.beforeafter tbody tr')].map((row) =>"
                        " [row.dataset.profile, Number(row.cells[3].textContent)])")
    assert {profile: count for profile, count in shown if count} == expected


def test_a_slider_judges_at_once_and_the_rest_makes_room(
    browser: Browser, demo_page: Path  # noqa: F811
) -> None:
    """By keyboard; a fixed weight stays, and all together stay a hundred percent."""
    browser.open(demo_page, "#calibration&version=2")
    weights = "[...document.querySelectorAll('.slider input[type=number]')].map((e) => Number(e.value))"
    before = browser.ask(weights)
    assert browser.text(".headline strong") == "0 clients would change"
    browser.click(".slider:has([data-criterion=margin]) .lock")
    browser.do("focus", selector="[data-criterion=order_volume]")
    browser.do("press", key="ArrowRight", times=20)
    after = browser.ask(weights)
    assert after != before and round(sum(after), 6) == 100
    assert after[2] == before[2] == 26, "the margin is fixed"
    assert after[4] == before[4] + 10
    assert not browser.text(".headline strong").startswith("0 ")
    browser.click("button:text-is('Reset')")
    assert browser.ask(weights) == before
    browser.assert_quiet()


def test_saved_weights_are_lines_of_a_seed(
    browser: Browser, demo_page: Path, tmp_path: Path, capsys: pytest.CaptureFixture  # noqa: F811
) -> None:
    """Beside copied bands and rules they make a candidate that passes every check."""
    browser.open(demo_page, "#calibration&version=2")
    browser.do("focus", selector="[data-criterion=autonomy]")
    browser.do("press", key="ArrowRight", times=7)
    browser.do("fill", selector="input[aria-label='Name of the version']", text="2027.1")
    saved = browser.do("download", selector="button.primary")
    browser.assert_quiet()
    seeds = tmp_path / "scorecards"
    shutil.copytree(ROOT / "seeds/scorecards", seeds)
    weights = seeds / "criterion_weights.csv"
    header, *lines = saved["text"].splitlines(keepends=True)
    assert weights.read_text("utf-8").startswith(header)
    assert sum(Decimal(line.split(",")[3]) for line in lines) == 1
    assert len(lines) == 8 and all(line.startswith("relationship,2027.1,") for line in lines)
    weights.write_text(weights.read_text("utf-8") + "".join(lines), "utf-8")
    for name in ("score_bands", "profile_rules"):
        file = seeds / f"{name}.csv"
        text = file.read_text("utf-8")
        copied = "".join(line.replace("relationship,2,", "relationship,2027.1,", 1)
                         for line in text.splitlines(keepends=True)
                         if line.startswith("relationship,2,"))
        file.write_text(text + copied, "utf-8")
    versions = seeds / "scorecard_versions.csv"
    versions.write_text(versions.read_text("utf-8")
                        + "relationship,2027.1,candidate,2027-01-01,,1,3,0.6,,,Autonomy\n", "utf-8")
    assert check_seeds.main([str(seeds)]) == 0, capsys.readouterr().out


# -- links and keys ----------------------------------------------------------------


def test_an_address_shows_the_same_again(browser: Browser, demo_page: Path) -> None:  # noqa: F811
    """A shared link opens its client; the way back is the browser's own."""
    browser.open(demo_page, "#client=C0041")
    assert browser.text("h1") == "Clube Caracol"
    browser.click("nav a:text-is('Placement')")
    assert "client=C0041" in browser.ask("location.hash")
    assert "Clube Caracol" in browser.text(".following")
    browser.click("header .segments button:text-is('Tier')")
    assert "scorecard=tier" in browser.ask("location.hash")
    browser.ask("history.go(-2)")
    browser.do("until", expression="document.querySelector('h1').textContent === 'Clube Caracol'")
    for hash in ("#client=nobody", "#nowhere", "#client=%E0%A4%A", "#placement&period=1999-01"):
        browser.go(hash)
    browser.assert_quiet()


def test_a_client_is_found_by_keyboard(browser: Browser, demo_page: Path) -> None:  # noqa: F811
    """Accents don't matter; arrows choose, Enter opens, Escape closes."""
    browser.open(demo_page)
    field = "input[role=combobox]"
    expanded = "document.querySelector('input[role=combobox]').ariaExpanded"
    browser.do("fill", selector=field, text="atelie pe de")
    assert browser.texts("[role=option][aria-selected=true]") == ["Ateliê Pé de Moleque C0001"]
    browser.do("press", key="Escape")
    assert browser.ask(expanded) == "false"
    browser.do("fill", selector=field, text="C000")
    first, second = browser.texts("[role=option]")[:2]
    browser.do("press", key="ArrowDown")
    assert browser.texts("[role=option][aria-selected=true]") == [second] != [first]
    browser.do("press", key="Enter")
    assert browser.ask("location.hash") == "#client=C0002"
    browser.do("fill", selector=field, text="no such client")
    assert browser.texts("[role=option]") == ["No client has this in its name or id"]
    browser.assert_quiet()


def test_tables_sort_by_their_headings(browser: Browser, demo_page: Path) -> None:  # noqa: F811
    """Figures from the largest, texts from A; the heading says which way."""
    browser.open(demo_page, "#about")
    table = "section:has(> header h2:text('What was published'))"
    browser.click(f"{table} th button:text('Rows')")
    counts = [number(text) for text in browser.texts(f"{table} td.number")]
    assert counts == sorted(counts, reverse=True)
    assert browser.ask("document.querySelector('[aria-sort=descending]').textContent") == "Rows"
    browser.click(f"{table} th button:text('Rows')")
    counts = [number(text) for text in browser.texts(f"{table} td.number")]
    assert counts == sorted(counts)
    browser.assert_quiet()


# -- what must not happen ----------------------------------------------------------

HOSTILE = [
    "<img src=x onerror=alert(1)>", "</script><script>alert(2)</script>",
    "javascript:alert(3)", "=HYPERLINK(\"http://example.com\")", "\"><svg onload=alert(4)>",
    "{{script}}", "\u202egnp.exe", "@SUM(1)", "a\"b,c\nd",
]


def test_hostile_names_stay_text(
    browser: Browser, demo: Path, tmp_path: Path  # noqa: F811
) -> None:
    """Names, groups, labels and sentences made to break out are shown as they are."""
    copied = tmp_path / "published.duckdb"
    shutil.copy(demo, copied)
    copied.chmod(0o644)
    with duckdb.connect(str(copied)) as connection:
        connection.execute("create temp table hostile as select * from"
                           " (select unnest($1) as text, generate_subscripts($1, 1) - 1 as place)",
                           [HOSTILE])
        for schema, table, column in [
            ("client_profiles", "dim_clients", "client_name"),
            ("client_profiles", "dim_clients", "region"),
            ("client_profiles", "fct_movement_causes", "explanation"),
            ("client_profiles", "client_protocols", "action"),
            ("client_profiles", "fct_override_ledger", "reason"),
            ("client_profiles_snapshots", "profiles_snapshot", "description"),
            ("client_profiles_snapshots", "profiles_snapshot", "label"),
            ("client_profiles_snapshots", "scorecards_snapshot", "label"),
        ]:
            connection.execute(
                f"update {schema}.{table} set {column} = hostile.text from hostile"
                f" where hostile.place = hash({table}.{column} || {table}.rowid) % {len(HOSTILE)}")
        connection.execute("update client_profiles.dim_clients set client_name = hostile.text"
                           " from hostile where client_id = 'C000' || (place + 1)")
    page = make_page(copied)
    source = page.read_text("utf-8")
    assert "<img" not in source.split("<script>")[0]
    assert source.lower().count("</script>") == 3
    for width in (1280, 390):
        browser.open(page, width=width)
        for panel in PANELS:
            browser.go(f"#{panel}&client=C0001")
        assert browser.ask("document.querySelectorAll('img, main script, iframe, object').length") == 0
        assert browser.ask("[...document.querySelectorAll('a')].filter((a) =>"
                           " a.protocol === 'javascript:').length") == 0
        for place, name in enumerate(HOSTILE):
            browser.go(f"#client=C000{place + 1}")
            assert browser.ask("document.querySelector('h1').textContent") == name
        browser.do("fill", selector="input[role=combobox]", text="<img")
        assert any("<img" in text for text in browser.texts("[role=option]"))
        browser.assert_quiet()
    browser.go("#movements&from=2024-11&to=2026-10")
    saved = browser.do("download", selector=".tabled .more button:has-text('CSV')")
    cells = {cell for row in saved_rows(saved) for cell in row.values()}
    assert "'=HYPERLINK(\"http://example.com\")" in cells and "'@SUM(1)" in cells
    assert not any(cell.startswith(("=", "+", "@", "-")) for cell in cells)


def test_the_policy_lets_in_this_script_and_this_style_only(demo_page: Path) -> None:
    """No place on any network, nothing inline but what the hashes name."""
    source = demo_page.read_text("utf-8")
    [policy] = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', source)
    rules = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in policy and "http" not in policy and "*" not in policy
    for name, tag in (("script-src", "script"), ("style-src", "style")):
        [content] = re.findall(rf"<{tag}>(.*?)</{tag}>", source, re.DOTALL)
        hashed = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert rules[name] == f"'sha256-{hashed}'"


def test_no_address_is_asked_by_the_page_sources() -> None:
    """The page's sources name no server, and the lock files no registry."""
    for path in [*PAGE.rglob("*"), *(ROOT / "tests/page").rglob("*")]:
        if path.is_file() and "node_modules" not in path.parts:
            text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
            if path.name == "package-lock.json":
                assert '"integrity"' in text and '"resolved"' not in text, path
            else:
                assert not re.search(r"https?://|//cdn", text), path


def test_a_published_file_with_little_in_it(
    browser: Browser, demo: Path, tmp_path: Path  # noqa: F811
) -> None:
    """One scorecard, one month, nobody moved, nothing scarce: every panel still says so."""
    copied = tmp_path / "published.duckdb"
    shutil.copy(demo, copied)
    copied.chmod(0o644)
    with duckdb.connect(str(copied)) as connection:
        for schema, table in connection.execute(
            "select table_schema, table_name from information_schema.columns"
            " where column_name = 'scorecard'"
        ).fetchall():
            connection.execute(f"delete from {schema}.{table} where scorecard = 'tier'")
        for table in ("fct_client_profiles", "fct_client_revenue", "fct_criterion_scores"):
            connection.execute(f"delete from client_profiles.{table} where period_start < '2026-10-01'")
        for table in ("fct_movement_causes", "fct_benefit_queue", "rpt_contact_agenda",
                      "client_protocols", "fct_override_ledger", "rpt_rule_changes",
                      "rpt_profile_attraction", "rpt_profile_growth", "fct_paths_to_ideal"):
            connection.execute(f"delete from client_profiles.{table}")
        connection.execute("update client_profiles.dim_clients set client_name = null,"
                           " region = null, category = null, acquisition_channel = null")
        connection.execute("create table client_profiles.rpt_data_quality as select"
                           " 'payments' as what, 17 as rows_left_out")
    page = make_page(copied)
    for width in (1280, 390):
        browser.open(page, width=width)
        for panel in PANELS:
            browser.go(f"#{panel}&client=C0001")
            assert not browser.ask(WIDER_THAN_WINDOW), panel
        assert browser.texts("header .segments button") == ["EN", "PT"]
        browser.assert_quiet()
    browser.go("#about")
    assert "payments 17" in browser.text("section:has(> header h2:text('Data quality'))")
    browser.go("#movements")
    assert "One month only" in browser.text("main")


def test_few_periods_when_asked(demo: Path) -> None:
    """With a limit the last periods are shown, and clients that were there in them."""
    labels, tables = read_all(demo, 3)
    assert labels["periods"] == ["2026-08-01", "2026-09-01", "2026-10-01"]
    [[clients]] = ask(demo, "select count(distinct client_id) from fct_client_profiles"
                      " where period_start >= '2026-08-01'")
    assert tables["clients"]["rows"] == clients < 300


def test_the_latest_movements_are_explained_where_there_are_too_many(
    demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole months, from the last one back, as far as the limit goes."""
    [[latest]] = ask(demo, "select count(*) from fct_movement_causes where scorecard ="
                     " 'relationship' and period_start >= '2026-06-01'")
    # One more does not make another month.
    monkeypatch.setattr(report_data, "MOST_SENTENCES", latest + 1)
    _, tables = read_all(demo)
    packed = tables["scorecards"]["relationship"]["movements"]
    texts = packed["columns"]["explanation"]
    explained = sum(texts["of"][place] is not None for place in texts["nr"])
    assert 0 < explained == latest < packed["rows"]


# -- making it ---------------------------------------------------------------------


def make_report(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """Run publish/report.py in a folder, as make does."""
    return subprocess.run(
        [sys.executable, str(ROOT / "publish/report.py"), *arguments], cwd=folder,
        env={"PATH": "", "CLIENT_PROFILES_PUBLISH_PATH": str(folder / "published.duckdb"),
             **environment},
        capture_output=True, text=True, timeout=300,
    )


def test_without_node_a_run_succeeds_and_says_what_to_install(demo: Path, tmp_path: Path) -> None:
    """No report is better than a failed run; the former one stays, and is called former."""
    shutil.copy(demo, tmp_path / "published.duckdb")
    (tmp_path / "report.html").write_text("former", "utf-8")
    finished = make_report(tmp_path, "--optional")
    assert finished.returncode == 0
    assert "Install Node" in finished.stderr and "No report was made" in finished.stderr
    assert "earlier publication" in finished.stderr
    assert (tmp_path / "report.html").read_text("utf-8") == "former"
    assert make_report(tmp_path).returncode == 1


def test_a_registry_that_is_not_reached_is_named(demo: Path, tmp_path: Path) -> None:
    """npm's own words are shown, with what to do."""
    node_or_skip()
    shutil.copy(demo, tmp_path / "published.duckdb")
    finished = make_report(
        tmp_path, PATH=str(Path(node_or_skip()).parent) + ":/usr/bin:/bin",
        npm_config_registry="http://127.0.0.1:9/", npm_config_cache=str(tmp_path / "npm"),
        npm_config_fetch_retry_mintimeout="10", npm_config_fetch_retry_maxtimeout="10",
    )
    assert finished.returncode == 1
    assert "npm could not bring the packages" in finished.stderr
    assert "npm reaches its registry" in finished.stderr
    assert not (tmp_path / "report.html").exists()


def test_a_bundle_that_is_there_needs_no_node(demo: Path, tmp_path: Path) -> None:
    """Made once, it is kept: later reports need neither Node nor a network."""
    page_bundle_or_skip()
    shutil.copy(demo, tmp_path / "published.duckdb")
    (tmp_path / ".cache/page").mkdir(parents=True)
    for path in (CACHE / "page").glob("*.?s*"):
        shutil.copy(path, tmp_path / ".cache/page")
    finished = make_report(tmp_path)
    assert finished.returncode == 0, finished.stderr
    assert (tmp_path / "report.html").read_text("utf-8").startswith("<!doctype html>")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".cache", "published.duckdb", "report.html"]


def test_what_can_not_be_read_is_said(
    demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """No publication, one of an older version, and a file that is none."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(report, "bundle", lambda cache: None)
    target = tmp_path / "published.duckdb"
    monkeypatch.setenv("CLIENT_PROFILES_PUBLISH_PATH", str(target))
    assert report.main([]) == 1
    assert "publish first, with make run" in capsys.readouterr().err
    shutil.copy(demo, target)
    target.chmod(0o644)
    with duckdb.connect(str(target)) as connection:
        connection.execute("drop table client_profiles.fct_calibration_rules")
    assert report.main(["--optional"]) == 1
    assert "lacks fct_calibration_rules" in capsys.readouterr().err
    target.write_text("no database", "utf-8")
    assert report.main([]) == 1
    assert "can't be read" in capsys.readouterr().err
    assert not (tmp_path / "report.html").exists()


def test_exposures_name_the_tables_that_the_report_reads() -> None:
    """All of them and no other; what only the publication has is no node of dbt."""
    source = (ROOT / "publish/report_data.py").read_text("utf-8")
    marts = {path.stem for path in (ROOT / "models/marts").rglob("*.sql")}
    snapshots = {path.stem for path in (ROOT / "snapshots").rglob("*.sql")}
    read = set(re.findall(r"\{(\w+)\}", source)) & (marts | snapshots)
    exposures = (ROOT / "models/exposures.yml").read_text("utf-8")
    assert set(re.findall(r"ref\('(\w+)'\)", exposures)) == read
