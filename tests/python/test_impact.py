"""What `make impact` says of the rules of a branch, against what two builds hold.

One build of other rules; the base is the demo that all tests share.
"""

from __future__ import annotations

import re
import subprocess
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

import impact
import impact_report
import trial_builds
from demo_project import DemoProject, built_demo  # noqa: F401
from project_files import ROOT
from seed_edits import append, replace

OWN = trial_builds.read_seeds(ROOT / trial_builds.SEEDS)
HOSTILE = "<img src=x onerror=alert(1)> | [click](javascript:x) `rm`"


@pytest.fixture(scope="module")
def after(built_demo: DemoProject, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811
    """Build rules by which an A needs more and the workshop has fewer places.

    The note of the candidate is hostile.
    """
    seeds = {
        **OWN,
        "profile_rules": replace(
            "relationship,2,1,a_by_score_and_margin,A,score,,80,",
            "relationship,2,1,a_by_score_and_margin,A,score,,85,",
        )(OWN["profile_rules"]),
        "benefits": replace("workshop,relationship,C,55,50", "workshop,relationship,C,55,45")(
            OWN["benefits"]
        ),
        "scorecard_versions": replace("Autonomy and few contacts", f"{HOSTILE} Autonomy")(
            OWN["scorecard_versions"]
        ),
    }
    folder = tmp_path_factory.mktemp("impact") / "after"
    return trial_builds.build_trial(built_demo.folder, seeds, folder, [])


@pytest.fixture(scope="module")
def report(built_demo: DemoProject, after: Path) -> dict[str, str]:  # noqa: F811
    """Give the sections of the report by their titles."""
    with duckdb.connect() as connection:
        text = "\n".join(
            impact_report.report(
                connection, built_demo.build_file, after, {("relationship", "3"): "2026-12-01"}
            )
        )
    parts = re.split(r"^### (.*)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2]))


def test_who_moves_at_once_is_who_differs_between_the_builds(
    report: dict[str, str], built_demo: DemoProject, after: Path  # noqa: F811
) -> None:
    with duckdb.connect(str(after), read_only=True) as connection:
        connection.execute(f"attach '{built_demo.build_file}' as old (read_only)")
        rows = connection.execute(
            "select new.client_id, old.profile, new.profile, metrics.monthly_revenue"
            " from client_profiles.fct_client_profiles as new"
            " join old.client_profiles.fct_client_profiles as old"
            " using (client_id, scorecard, period_start)"
            " join client_profiles_intermediate.int_metric_history as metrics"
            " using (client_id, period_start)"
            " where scorecard = 'relationship' and period_start = date '2026-10-01'"
        ).fetchall()
        lost = connection.execute(
            "select old.client_id from old.client_profiles.fct_benefit_queue as old"
            " join client_profiles.fct_benefit_queue as new"
            " using (client_id, benefit, period_start)"
            " where old.is_within_capacity and not new.is_within_capacity"
            " and period_start = date '2026-10-01' order by 1"
        ).fetchall()
        [earlier] = connection.execute(
            "select count(*) from client_profiles.fct_client_profiles as new"
            " join old.client_profiles.fct_client_profiles as old"
            " using (client_id, scorecard, period_start)"
            " where scorecard = 'relationship' and period_start < date '2026-10-01'"
            " and new.profile <> old.profile"
        ).fetchone()
    movers = [row for row in rows if row[1] != row[2]]
    revenue = sum((row[3] or Decimal(0) for row in movers), Decimal(0))
    assert {(row[1], row[2]) for row in movers} == {("A", "B")}
    section = report["relationship: at once"]
    assert (
        f"**{len(movers)} of {len(rows)} clients are in another profile**:"
        f" {len(movers)} worse, with {revenue:,.2f} of"
    ) in section
    assert f"| A | B | {len(movers)} | {revenue:,.2f} |" in section
    largest = max(movers, key=lambda row: (row[3], row[0]))
    assert f"| {largest[0]} | A → B |" in section.split("largest revenue")[1].splitlines()[4]
    assert f"rules lead to another profile, {earlier} times" in section
    assert len(lost) == 5
    clients = ", ".join(client for (client,) in lost)
    assert f"- Benefit growth&#95;workshop: lost by 5: {clients}\n" in section
    assert "gained by" not in section
    assert report["tier: at once"].strip() == "None of 261 clients is in another profile."


def test_what_a_version_would_do_is_told_as_the_comparison_has_it(
    report: dict[str, str], after: Path
) -> None:
    section = report["relationship, version 3 (approved from 2026-12-01 on)"]
    with duckdb.connect(str(after), read_only=True) as connection:
        cells = connection.execute(
            "select approved_profile, candidate_profile, clients, revenue"
            " from client_profiles.rpt_version_impact where is_last_period and version = '3'"
            " and approved_profile <> candidate_profile"
        ).fetchall()
    assert cells
    for before, now, clients, revenue in cells:
        assert f"| {before} | {now} | {clients} | {revenue:,.2f} |" in section
    assert f"**{sum(cell[2] for cell in cells)} of 261 clients" in section


def test_a_note_can_not_become_markup(report: dict[str, str]) -> None:
    whole = "\n".join(report.values())
    assert "onerror" in whole
    assert not re.search(r"<img|\]\(|javascript:|`rm`", whole)


def test_clients_are_not_named(report: dict[str, str], client_names: list[str]) -> None:
    assert [name for name in client_names if name in "\n".join(report.values())] == []


@pytest.fixture(scope="module")
def client_names(built_demo: DemoProject) -> list[str]:  # noqa: F811
    """Give the names of all clients."""
    with duckdb.connect(str(built_demo.build_file), read_only=True) as connection:
        rows = connection.execute("select client_name from client_profiles_raw.raw_clients")
        return [name.strip() for (name,) in rows.fetchall()]


# -- which rules are compared -----------------------------------------------------


def test_an_approved_version_is_compared_until_it_is_in_force() -> None:
    approved = replace(
        "relationship,3,candidate,2026-12-01,,2,3,0.6,,,",
        "relationship,3,approved,2026-12-01,,2,3,0.6,Board,2026-10-20,",
    )
    in_force = "relationship,2,approved,2025-11-01,"
    ended = replace(f"{in_force},", f"{in_force}2026-12-01,")
    versions = ended(approved(OWN["scorecard_versions"]))
    tried, upcoming = trial_builds.as_candidates({"scorecard_versions": versions}, "2026-10-01")
    assert upcoming == {("relationship", "3"): "2026-12-01"}
    lines = tried["scorecard_versions"].splitlines()
    assert any(line.startswith("relationship,3,candidate,2026-12-01,") for line in lines)
    # The version in force does not end, or nothing would be in force after it.
    assert any(line.startswith("relationship,2,approved,2025-11-01,,") for line in lines)
    # From its first month on it is one like any other.
    later, none = trial_builds.as_candidates({"scorecard_versions": versions}, "2026-12-01")
    assert (later["scorecard_versions"], none) == (versions, {})


def test_the_last_month_that_is_over_is_the_one_before() -> None:
    assert impact.month_before("2026-11-01") == "2026-10-01"
    assert impact.month_before("2026-01-31") == "2025-12-01"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Give a repository whose branch changed rules after leaving main."""

    def git(*arguments: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *arguments],
            cwd=tmp_path, check=True, capture_output=True,
        )

    def commit(*edits) -> None:
        for edit in edits:
            file = tmp_path / trial_builds.SEEDS / "criteria.csv"
            file.write_text(edit(file.read_text(encoding="utf-8")), encoding="utf-8")
        git("add", "-A")
        git("commit", "-m", "x")

    folder = tmp_path / trial_builds.SEEDS
    folder.mkdir(parents=True)
    (folder / "criteria.csv").write_text(OWN["criteria"], encoding="utf-8")
    git("init", "-b", "main")
    commit()
    git("checkout", "-b", "branch")
    commit(replace("Margin", "Profit"), append("extra,extra,Extra,units,number,higher,true,"))
    git("checkout", "main")
    commit(append("others,others,Others,units,number,higher,true,"))
    git("checkout", "branch")
    return tmp_path


def test_the_base_is_where_the_branch_began(repository: Path) -> None:
    """What main got since is nothing that the branch does."""
    commit = trial_builds.find_base("main", repository)
    before = trial_builds.read_seeds_of(commit, repository)
    assert before == {"criteria": OWN["criteria"]}
    after = trial_builds.read_seeds(repository / trial_builds.SEEDS)
    assert impact_report.rule_lines_report(before, after, ROOT / trial_builds.SEEDS) == [
        "| rules | lines added | changed | removed |",
        "|---|---:|---:|---:|",
        "| criteria.csv | 1 | 1 | 0 |",
        "",
    ]


@pytest.mark.parametrize("name", ["nowhere", "--output=x", "main; touch x", "$(touch x)", ""])
def test_a_base_that_is_none_is_refused(repository: Path, name: str) -> None:
    with pytest.raises(ValueError, match="is no branch or commit"):
        trial_builds.find_base(name, repository)
    assert not (repository / "x").exists()


def test_rules_that_can_not_be_built_are_told_in_the_report(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> Path:
        raise trial_builds.TrialFailed("1 problem(s) in the rule seeds\n  <b>weights</b>")

    monkeypatch.setattr(impact, "build_trial", fail)
    monkeypatch.chdir(ROOT)
    summary = tmp_path / "summary.md"
    assert impact.main(["--out", str(summary)]) == 1
    said = summary.read_text(encoding="utf-8")
    assert "It can't be said" in said and "&#60;b&#62;weights" in said
    assert capsys.readouterr().out.strip() == said.strip()
