"""The report in a browser: what its page shows, how it is used, and what it can't be made to do.

Every figure that is compared comes from the published tables by a query of its own.
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from decimal import Decimal
from itertools import product
from pathlib import Path

import duckdb
import pytest

import check_seeds
from demo_project import built_demo  # noqa: F401
from integration_builds import online_retail_build  # noqa: F401
from page_driver import Browser, browser  # noqa: F401
from project_files import ROOT
from report_pages import (  # noqa: F401
    ask, demo, demo_page, make_page, number, retail, retail_page, saved,
)

PANELS = ["placement", "client", "movements", "growth", "calibration", "priority", "about"]


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


def test_the_language_is_chosen_and_kept(browser: Browser, demo_page: Path) -> None:  # noqa: F811
    """One button changes words, numbers and the page's language, also after a reload."""
    browser.open(demo_page, "#growth")
    assert browser.text("nav a[aria-current]") == "Growth"
    browser.click("header .segments button:text-is('PT')")
    assert browser.text("nav a[aria-current]") == "Crescimento"
    assert browser.ask("document.activeElement.textContent") == "PT"
    browser.do("reload")
    assert browser.ask("document.documentElement.lang") == "pt-BR"
    assert any("," in text for text in browser.texts("td.number"))
    browser.assert_quiet()


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
        profiles = browser.ask(
            "[...document.querySelectorAll('.tile')].map((tile) => tile.dataset.profile)"
        )
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
    browser.open(demo_page, "#placement", still=False)
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
    rows = saved(browser, ".tabled")
    shown = sorted((row["client_id"], row["category"], row["explanation"]) for row in rows)
    assert shown == sorted(
        ask(demo, "select client_id, category, explanation from fct_movement_causes"
            " where scorecard = $1 and period_start = '2026-06-01'", scorecard))
    browser.assert_quiet()


def test_movements_are_filtered(
    browser: Browser, demo: Path, demo_page: Path  # noqa: F811
) -> None:
    """By a cell of the matrix, by cause, by words; between months that are far apart."""
    browser.open(demo_page, "#movements&from=2025-10&to=2026-10")
    browser.do("choose", selector=".field:has-text('Cause') select", value="rules")
    rows = saved(browser, ".tabled")
    assert len(rows) == ask(
        demo, "select count(*) from fct_movement_causes where scorecard = 'relationship'"
        " and cause = 'rules' and period_start > '2025-10-01'")[0][0] > 0
    browser.do("choose", selector=".field:has-text('Cause') select", value="")
    browser.click(".matrix button[aria-label^='B · Good → A · Ideal']")
    rows = saved(browser, ".tabled")
    expected = {row[0] for row in ask(
        demo, "select before.client_id from fct_client_profiles as before"
        " inner join fct_client_profiles as after using (client_id, scorecard)"
        " where scorecard = 'relationship' and before.period_start = '2025-10-01'"
        " and after.period_start = '2026-10-01' and before.profile = 'B' and after.profile = 'A'")}
    assert {row["client_id"] for row in rows} == expected
    browser.do("fill", selector=".field:has-text('Words') input", text=min(expected))
    rows = saved(browser, ".tabled")
    assert {row["client_id"] for row in rows} == {min(expected)}
    browser.assert_quiet()


def test_growth_is_the_mart(browser: Browser, demo: Path, demo_page: Path) -> None:  # noqa: F811
    """The table behind the lines, and the forecast beside its errors."""
    browser.open(demo_page, "#growth")
    browser.click("details summary")
    rows = saved(browser, "details")
    shown = sorted((row["profile"], row["period_start"], Decimal(row["clients"]),
                    Decimal(row["revenue"])) for row in rows)
    assert shown == sorted(
        (profile, str(period), clients, revenue) for profile, period, clients, revenue in ask(
            demo, "select profile, period_start, clients, revenue from rpt_profile_growth"
            " where scorecard = 'relationship'"))
    rows = saved(browser, "section:has(h2:text('how far off'))")
    forecast = {row["profile"]: row for row in rows}
    for profile, clients, error, naive in ask(
        demo, "select profile, clients, mean_absolute_forecast_error, mean_absolute_naive_error"
        " from rpt_profile_growth where scorecard = 'relationship' and horizon = 6"
    ):
        row = forecast[profile]
        assert [Decimal(row[name]) for name in ("in_6", "error", "naive_error")] == [
            clients, error, naive]
    rows = saved(browser, "section:has(h2:text('Who brings'))")
    shown = sorted((row["group_name"], int(row["clients"]), Decimal(row["lift"])) for row in rows)
    assert shown == sorted(
        ask(demo, "select group_name, clients, lift from rpt_profile_attraction where"
            " scorecard = 'relationship' and dimension = 'acquisition_channel'"
            " and stage = 'ever' and profile = 'A' and group_clients > 0"))
    browser.assert_quiet()


def test_queue_and_agenda_are_the_marts(
    browser: Browser, demo: Path, demo_page: Path  # noqa: F811
) -> None:
    """All places of the benefit and all contacts, in the marts' order."""
    browser.open(demo_page, "#priority")
    browser.click(".segments button:text-is('All')")
    rows = saved(browser, "section:has(h2:text('goes first'))")
    shown = [(int(row["place"]), row["client_id"], row["is_within_capacity"]) for row in rows]
    assert shown == ask(
        demo, "select place, client_id, if(is_within_capacity, 'yes', 'no') from fct_benefit_queue"
        " where scorecard = 'relationship' and period_start = '2026-10-01' and place is not null"
        " order by place")
    browser.do("choose", selector=".field:has-text('Show') select", value="")
    rows = saved(browser, "section:has(h2:text('agenda'))")
    assert sorted((row["client_id"], row["due_on"], row["action"]) for row in rows) == sorted(
        ask(demo, "select client_id, cast(due_on as text), action from rpt_contact_agenda"
            " where scorecard = 'relationship'"))
    browser.assert_quiet()


def test_it_says_which_run_it_shows(
    browser: Browser, demo: Path, demo_page: Path  # noqa: F811
) -> None:
    """Run, as-of date, rules and rows are those of the publication."""
    browser.open(demo_page, "#about")
    facts = browser.text(".facts")
    for part in ("Nov 1, 2026, 03:15 UTC", "abc123", "fingerprint", "run-of-a-test"):
        assert part in facts
    [[rows]] = ask(demo, "select row_count from publication")
    assert f"{rows:,}" in facts
    [[checks]] = ask(demo, "select count(*) from rpt_data_quality")
    quality = "section:has(> header h2:text('Data quality'))"
    assert f"{checks} checks of the data found nothing." in browser.text(quality)
    assert len(saved(browser, quality)) == checks
    browser.assert_quiet()


def test_calibration_begins_where_the_warehouse_is(
    browser: Browser, demo: Path, demo_page: Path, retail_page: Path  # noqa: F811
) -> None:
    """Untouched weights give the warehouse's profiles, and the page says so."""
    for file, scorecard in product((demo_page, retail_page), ("relationship", "tier")):
        browser.open(file, f"#calibration&scorecard={scorecard}")
        versions = "[...document.querySelectorAll('#base option')].map((option) => option.value)"
        for version in browser.ask(versions):
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
    weights = (
        "[...document.querySelectorAll('.slider input[type=number]')]"
        ".map((field) => Number(field.value))"
    )
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
    file = browser.do("download", selector="button.primary")
    browser.assert_quiet()
    seeds = tmp_path / "scorecards"
    shutil.copytree(ROOT / "seeds/scorecards", seeds)
    weights = seeds / "criterion_weights.csv"
    header, *lines = file["text"].splitlines(keepends=True)
    assert weights.read_text("utf-8").startswith(header)
    assert sum(Decimal(line.split(",")[3]) for line in lines) == 1
    assert len(lines) == 8 and all(line.startswith("relationship,2027.1,") for line in lines)
    weights.write_text(weights.read_text("utf-8") + "".join(lines), "utf-8")
    for name in ("score_bands", "profile_rules"):
        path = seeds / f"{name}.csv"
        text = path.read_text("utf-8")
        copied = "".join(line.replace("relationship,2,", "relationship,2027.1,", 1)
                         for line in text.splitlines(keepends=True)
                         if line.startswith("relationship,2,"))
        path.write_text(text + copied, "utf-8")
    versions = seeds / "scorecard_versions.csv"
    versions.write_text(versions.read_text("utf-8")
                        + "relationship,2027.1,candidate,2027-01-01,,1,3,0.6,,,Autonomy\n", "utf-8")
    assert check_seeds.main([str(seeds)]) == 0, capsys.readouterr().out


def test_an_address_shows_the_same_again(browser: Browser, demo_page: Path) -> None:  # noqa: F811
    """A shared link opens its client; the way back is the browser's own."""
    browser.open(demo_page, "#client=C0041")
    assert browser.text("h1") == "Clube Caracol"
    browser.click("nav a:text-is('Placement')")
    assert browser.ask("document.activeElement.id") == "main"
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
        foreign = "document.querySelectorAll('img, main script, iframe, object').length"
        assert browser.ask(foreign) == 0
        assert browser.ask("[...document.querySelectorAll('a')].filter((a) =>"
                           " a.protocol === 'javascript:').length") == 0
        for place, name in enumerate(HOSTILE):
            browser.go(f"#client=C000{place + 1}")
            assert browser.ask("document.querySelector('h1').textContent") == name
        browser.do("fill", selector="input[role=combobox]", text="<img")
        assert any("<img" in text for text in browser.texts("[role=option]"))
        browser.assert_quiet()
    browser.go("#movements&from=2024-11&to=2026-10")
    cells = {cell for row in saved(browser, ".tabled") for cell in row.values()}
    assert "'=HYPERLINK(\"http://example.com\")" in cells and "'@SUM(1)" in cells
    assert not any(cell.startswith(("=", "+", "@", "-")) for cell in cells)


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
            connection.execute(
                f"delete from client_profiles.{table} where period_start < '2026-10-01'"
            )
        for table in ("fct_movement_causes", "fct_benefit_queue", "rpt_contact_agenda",
                      "client_protocols", "fct_override_ledger", "rpt_rule_changes",
                      "rpt_profile_attraction", "rpt_profile_growth", "fct_paths_to_ideal"):
            connection.execute(f"delete from client_profiles.{table}")
        connection.execute("update client_profiles.dim_clients set client_name = null,"
                           " region = null, category = null, acquisition_channel = null")
        [checks] = connection.execute(
            "select count(*) from client_profiles.rpt_data_quality"
        ).fetchone()
        connection.execute(
            "update client_profiles.rpt_data_quality set rows_defective = 17, rows_excluded = 17"
            " where check_key = (select min(check_key) from client_profiles.rpt_data_quality"
            " where consequence = 'row_excluded')"
        )
        connection.execute(
            "insert into client_profiles.fct_data_defects values"
            " (1, 'C0001', 'raw_payments', 'paid_on', 'no_date', 'payment_id=P7',"
            " '<b>soon', 'is no date', 'row_excluded')"
        )
    page = make_page(copied)
    for width in (1280, 390):
        browser.open(page, width=width)
        for panel in PANELS:
            browser.go(f"#{panel}&client=C0001")
            assert not browser.ask(WIDER_THAN_WINDOW), panel
        assert browser.texts("header .segments button") == ["EN", "PT"]
        browser.assert_quiet()
    browser.go("#about")
    quality = browser.text("section:has(> header h2:text('Data quality'))")
    assert f"1 of {checks} checks of the data found something. Rows left out: 17." in quality
    assert "payment_id=P7 raw_payments.paid_on <b>soon is no date" in quality
    browser.go("#movements")
    assert "One month only" in browser.text("main")
