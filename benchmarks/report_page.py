"""How large the report gets and how soon it is ready, as multiples of its bare data.

    .venv/bin/python benchmarks/report_page.py [--published FILE] [--periods 12]
        [--clients 2000 20000 100000] [--rounds 5]

It draws clients of a published file (of the demo, if no other is named) under new ids and
names until there are enough, makes the report, and opens it in headless Chromium:

| measured | what it is |
|---|---|
| size | bytes of report.html, and of its data before they are packed, as compressed Parquet |
| ready | from opening the file until the first panel is drawn |
| floor | the same for a page that only inflates and reads the same data |

Medians of the rounds; page and floor take turns. The ratios are what to look at. Clients
that are drawn twice have the same course, so the page packs a little better than with as
many real ones: name a file with many clients to come closer.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "publish"), str(ROOT / "tests" / "python")]

from page_bundle import Bundle, CannotBundle, bundle  # noqa: E402
from page_driver import Browser, browser_packages, chromium_path  # noqa: E402
from page_html import html  # noqa: E402
from published import Published  # noqa: E402
from report_data import read_labels, read_tables  # noqa: E402

CLIENT_TABLES = (
    "dim_clients", "client_profiles", "client_protocols", "fct_client_profiles",
    "fct_client_revenue", "fct_criterion_scores", "fct_movement_causes", "fct_benefit_queue",
    "fct_paths_to_ideal", "fct_path_steps", "rpt_contact_agenda", "fct_calibration_clients",
    "fct_calibration_criteria", "fct_calibration_rules", "fct_override_ledger",
)
FLOOR = """
const text = document.getElementById("tables").textContent;
const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
new Response(stream).text().then((all) => {
  window.read = JSON.parse(all);
  document.documentElement.dataset.ready = "floor";
});
"""


def draw_clients(source: Path, target: Path, clients: int, periods: int) -> None:
    """Copy a published file: its last periods, with so many clients drawn from its own."""
    with duckdb.connect(str(target)) as connection:
        connection.execute(f"attach '{source}' as given (read_only)")
        connection.execute("copy from database given to " + connection.execute(
            "select current_database()").fetchone()[0])
        connection.execute("detach given")
        tables = dict(connection.execute(
            "select table_name, table_schema from information_schema.tables").fetchall())
        connection.execute(f"""
            create temp table drawn as
            with known as (
                select client_id, row_number() over (order by client_id) - 1 as place
                from {tables['dim_clients']}.dim_clients
            )
            select client_id, 'N' || lpad(cast(number as text), 7, '0') as new_id,
                'Shop ' || substr(md5(cast(number as text)), 1, 10) as new_name
            from range({clients}) as numbers(number)
            inner join known on place = hash(number) % (select count(*) from known)
        """)
        [first] = connection.execute(
            "select min(period_start) from (select distinct period_start"
            f" from {tables['fct_client_profiles']}.fct_client_profiles"
            f" order by period_start desc limit {periods})"
        ).fetchone()
        for name in CLIENT_TABLES:
            columns = [row[0] for row in connection.execute(
                f"describe {tables[name]}.{name}").fetchall()]
            new = {"client_id": "new_id", "client_name": "new_name"}
            wanted = ", ".join(
                f"{new[column]} as {column}" if column in new else f"old.{column}"
                for column in columns
            )
            connection.execute(
                f"create or replace table {tables[name]}.{name} as select {wanted}"
                f" from {tables[name]}.{name} as old inner join drawn using (client_id)"
                + (f" where period_start >= date '{first}'" if "period_start" in columns else "")
            )


def bare_bytes(file: Path, folder: Path) -> int:
    """Give the bytes of what the report reads, as compressed Parquet."""
    sizes = 0
    with duckdb.connect(str(file), read_only=True) as connection:
        for schema, name in connection.execute(
            "select table_schema, table_name from information_schema.tables"
            f" where table_name in {CLIENT_TABLES}"
        ).fetchall():
            parquet = folder / f"{name}.parquet"
            connection.execute(
                f"copy {schema}.{name} to '{parquet}' (format parquet, compression zstd)")
            sizes += parquet.stat().st_size
    return sizes


def seconds_until_ready(browser: Browser, page: Path) -> float:
    """Open a page; give the seconds until it says that it is ready."""
    begun = time.perf_counter()
    browser.open(page)
    return time.perf_counter() - begun


def main() -> int:
    """Measure and print a table; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--published", type=Path, default=Path(
        os.environ.get("CLIENT_PROFILES_PUBLISH_PATH")
        or ROOT / "warehouse" / "published.duckdb"))
    parser.add_argument("--clients", type=int, nargs="+", default=[2_000, 20_000, 100_000])
    parser.add_argument("--periods", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    if not given.published.is_file():
        print(f"{given.published} is not there; run: make run", file=sys.stderr)
        return 1
    try:
        parts = bundle(ROOT / ".cache" / "page")
        browser = Browser(chromium_path(), browser_packages())
    except CannotBundle as error:
        print(f"report_page: {error}", file=sys.stderr)
        return 1
    line = "{:>9}  {:>9}  {:>12}  {:>6}  {:>8}  {:>8}  {:>6}"
    print(line.format("clients", "page MB", "Parquet MB", "ratio", "ready s", "floor s", "ratio"))
    try:
        for clients in given.clients:
            with tempfile.TemporaryDirectory() as folder:
                print(line.format(f"{clients:,}", *measure(
                    browser, parts, given.published, clients, given.periods, given.rounds,
                    Path(folder),
                )), flush=True)
    finally:
        browser.close()
    return 0


def measure(
    browser: Browser, parts: Bundle, published: Path, clients: int, periods: int, rounds: int,
    folder: Path,
) -> list[str]:
    """Measure a report of so many clients; give the figures as text."""
    drawn = folder / "drawn.duckdb"
    draw_clients(published, drawn, clients, periods)
    source = Published(drawn, periods)
    try:
        labels = read_labels(source)
        tables = read_tables(source, labels)
    finally:
        source.close()
    page, floor = folder / "report.html", folder / "floor.html"
    page.write_text(html(parts, labels, tables), "utf-8")
    floor.write_text(html(Bundle(FLOOR, parts.style), labels, tables), "utf-8")
    ready: dict[Path, list[float]] = {page: [], floor: []}
    for _ in range(rounds):
        for file, seconds in ready.items():
            seconds.append(seconds_until_ready(browser, file))
    page_seconds, floor_seconds = (statistics.median(each) for each in ready.values())
    size, bare = page.stat().st_size, bare_bytes(drawn, folder)
    return [
        f"{size / 1e6:.2f}", f"{bare / 1e6:.2f}", f"{size / bare:.2f}",
        f"{page_seconds:.2f}", f"{floor_seconds:.2f}", f"{page_seconds / floor_seconds:.2f}",
    ]


if __name__ == "__main__":
    sys.exit(main())
