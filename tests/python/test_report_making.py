"""How the report is made: what it needs, what it reads, what it lets in."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

import report
import report_data
from demo_project import built_demo  # noqa: F401
from page_bundle import PAGE
from page_driver import CACHE, node_or_skip, page_bundle_or_skip
from project_files import ROOT
from report_pages import ask, demo, demo_page, read_all  # noqa: F401


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
