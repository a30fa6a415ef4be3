"""Published files and their reports, for tests to read.

    from report_pages import demo, demo_page  # noqa: F401

| fixture | gives |
|---|---|
| `demo`, `retail` | the published file of the demo, and of the retailer |
| `demo_page`, `retail_page` | the report of each; the retailer's shows its last months |
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from demo_project import DemoProject, built_demo  # noqa: F401
from duckdb_file import write
from integration_builds import online_retail_build  # noqa: F401
from page_driver import Browser, page_bundle_or_skip
from page_html import html
from publication import Publication, Table
from published import Published
from report_data import read_labels, read_tables


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
        "fingerprint", tables, history=(),
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


def saved(browser: Browser, where: str) -> list[dict[str, str]]:
    """Save the table of a part of the page as CSV; give its rows."""
    return saved_rows(
        browser.do("download", selector=f"{where} .more button:has-text('CSV')")
    )
