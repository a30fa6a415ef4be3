"""What the README shows is what the demo gives: no figure in it is made up."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from demo_project import DemoProject, built_demo  # noqa: F401
from project_files import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
QUERY_AND_TABLE = re.compile(r"```sql\n((?:(?!```).)*)```\n\n((?:\|[^\n]*\n)+)", re.DOTALL)
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def shown_rows(table: str) -> list[list[str]]:
    """Read a Markdown table, without its head, as rows of texts."""
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in table.strip().split("\n")[2:]
    ]


@pytest.fixture
def project(built_demo: DemoProject, tmp_path: Path) -> DemoProject:
    """Give a built copy of the demo, to run dbt in."""
    return built_demo.copy_to(tmp_path / "project")


def test_the_summary_is_what_the_demo_prints(project: DemoProject) -> None:
    printed = project.succeed("--quiet", "run-operation", "print_summary").output
    shown = re.search(r"```text\n(Clients by profile.*?)```", README, re.DOTALL)[1]
    expected = [line.rstrip() for line in shown.strip().split("\n")]
    given = [
        re.sub(r" in \S*build\.duckdb$", " in warehouse/build.duckdb", line.rstrip())
        for line in printed.strip().split("\n")
    ]
    assert given[-len(expected):] == expected


def test_the_comparison_is_what_the_demo_prints(project: DemoProject) -> None:
    printed = project.succeed(
        "--quiet", "run-operation", "print_comparison", "--args", "{version: '3'}"
    ).output
    shown = re.search(r"```text\n(relationship, version 3.*?)```", README, re.DOTALL)[1]
    expected = [line.rstrip() for line in shown.strip().split("\n")]
    given = [line.rstrip() for line in printed.strip().split("\n")]
    assert given[:len(expected)] == expected


@pytest.mark.parametrize(
    ("query", "table"),
    [
        shown
        for page in PAGES
        for shown in QUERY_AND_TABLE.findall(page.read_text(encoding="utf-8"))
    ],
    ids=lambda text: text.split("\n")[0][:40],
)
def test_a_query_gives_the_table_below_it(
    built_demo: DemoProject, query: str, table: str
) -> None:
    with duckdb.connect(str(built_demo.build_file), read_only=True) as connection:
        rows = connection.execute(query).fetchall()
    given = [["" if cell is None else str(cell) for cell in row] for row in rows]
    assert given == shown_rows(table)


def test_the_readme_shows_queries() -> None:
    assert len(QUERY_AND_TABLE.findall(README)) >= 2


def test_the_recalibration_page_names_the_figures_of_the_demo(
    built_demo: DemoProject,
) -> None:
    page = " ".join((ROOT / "docs" / "recalibration.md").read_text(encoding="utf-8").split())
    with duckdb.connect(str(built_demo.build_file), read_only=True) as connection:
        at_once, in_two, flaps, months = connection.execute(
            """
            select
                max(case when confirmation_periods = 1 then movements end),
                max(case when confirmation_periods = 2 then movements end),
                max(case when confirmation_periods = 2 then flaps_avoided end),
                max(case when confirmation_periods = 2 then months_of_delay end)
            from client_profiles.rpt_confirmation_replay
            where scorecard = 'relationship'
            """
        ).fetchone()
        mean, highest, tier = connection.execute(
            """
            select
                100.0 * sum(case scorecard when 'relationship' then clients_moved end)
                    / sum(case scorecard when 'relationship' then clients end),
                100.0 * max(case scorecard when 'relationship' then share_moved end),
                max(case scorecard when 'tier' then share_moved end)
            from client_profiles.rpt_population_effect
            """
        ).fetchone()
    assert (
        f"halve the movements, from {at_once} to {in_two}, and avoid {flaps} flaps; "
        f"each of the {months} comes one month later" in page
    )
    assert (
        f"would have moved {mean:.1f} % of the clients in an average month, and "
        f"{highest:.0f} % in the month" in page
    )
    assert tier == 0 and "look at the value itself: 0 %" in page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_links_to_is_there(page) -> None:
    text = page.read_text(encoding="utf-8")
    links = [
        link.split("#")[0]
        for link in re.findall(r"\]\(([^)\s]+)\)", text)
        if "://" not in link and not link.startswith("#")
    ]
    missing = [link for link in links if not (page.parent / link).exists()]
    assert missing == []


def test_the_tests_the_readme_names_are_there() -> None:
    named = set(re.findall(r"`((?:tests|tools|seeds)/[\w/.-]+\.\w+)`", README))
    assert named
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []
