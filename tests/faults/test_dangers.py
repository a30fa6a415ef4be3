"""Dangers of docs/reliability.md that have no test elsewhere, and that all have one."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import duckdb
import pytest
import yaml

from dbt_forks import fork_dbt
from disturbed_runs import Lab, _disturbed_project, lab  # noqa: F401
from project_files import ROOT
from recorded_demo import RecordedDemo, recorded_demo  # noqa: F401

PAGE = ROOT / "docs" / "reliability.md"
# As in `tests/python/test_x.py::test_y[z]`; an SQL test has its file alone.
NAMED = re.compile(r"`(tests/[\w/]+\.(?:py|sql))(?:::(\w+)(?:\[(\w+)\])?)?`")


def test_every_test_that_is_named_exists() -> None:
    """Also the case in brackets; and every promise and every danger has one."""
    page = PAGE.read_text(encoding="utf-8").replace("<!-- figures -->", "")
    promises = page.partition("## The fault battery")[0]
    dangers = page.partition("## What can go wrong")[2]
    lines = [
        line for part in (promises, dangers) for line in part.splitlines()
        if line.startswith("| ") and not line.endswith("| shown by |")
    ]
    assert len(lines) > 35
    missing = []
    for line in lines:
        named = NAMED.findall(line)
        if not named:
            missing.append(f"no test: {line}")
        for file, function, case in named:
            path = ROOT / file
            text = path.read_text(encoding="utf-8") if path.is_file() else ""
            if not text:
                missing.append(file)
            elif function and f"\ndef {function}(" not in text:
                missing.append(f"{file}::{function}")
            elif case and f'"{case}"' not in text:
                missing.append(f"{file}::{function}[{case}]")
    assert not missing, "\n".join(missing)


def test_no_column_is_a_float(recorded_demo: RecordedDemo) -> None:  # noqa: F811
    """Sums of floats depend on their order, and NaN is above every number."""
    with duckdb.connect(str(recorded_demo.after / "build.duckdb"), read_only=True) as built:
        types = built.execute(
            "select data_type, count(*) from information_schema.columns"
            " where table_schema like 'client_profiles%' group by data_type"
        ).fetchall()
    names = {name.partition("(")[0] for name, _ in types}
    assert names == {"VARCHAR", "INTEGER", "BIGINT", "DECIMAL", "DATE", "TIMESTAMP", "BOOLEAN"}


def test_what_is_no_number_is_nothing(recorded_demo: RecordedDemo) -> None:  # noqa: F811
    """NaN and infinity would land in the top band; the macro for staging leaves them out."""
    values = ("cast('NaN' as double)", "cast('Infinity' as double)",
              "cast('-Infinity' as double)", "cast(0.25 as double)")
    columns = ", ".join(
        f'{{{{ client_profiles.finite_decimal("{value}") }}}} as c{number}'
        for number, value in enumerate(values)
    )
    with duckdb.connect() as connection:
        assert connection.execute(f"select {values[0]} >= 1000000").fetchone() == (True,)
    shown = recorded_demo.project.succeed(
        "--quiet", "show", "--inline", f"select {columns}", "--output", "json"
    ).output
    assert re.findall(r'"c\d": (\S+?),?\n', shown) == ["null", "null", "null", "0.25"]


@pytest.mark.parametrize("file", ["demo/_demo__seeds.yml", "scorecards/_scorecards__seeds.yml"])
def test_every_column_of_every_seed_has_its_type(file: str) -> None:
    """An untyped one gets its type from the values that it holds today."""
    path = ROOT / "seeds" / file
    for seed in yaml.safe_load(path.read_text(encoding="utf-8"))["seeds"]:
        with (path.parent / f"{seed['name']}.csv").open(encoding="utf-8", newline="") as lines:
            header = next(csv.reader(lines))
        assert list(seed["config"]["column_types"]) == header, seed["name"]


def test_reordered_columns_of_a_seed_keep_their_values(lab: Lab) -> None:  # noqa: F811
    """Seeds load by position: over a table that is there, values would be swapped."""
    query = (
        "select client_id, client_name, acquisition_channel, region"
        " from client_profiles_raw.raw_clients order by client_id"
    )
    path = lab.project.folder / "seeds" / "demo" / "raw_clients.csv"
    text = path.read_text(encoding="utf-8")
    rows = list(csv.reader(text.splitlines()))
    lab.project.succeed("seed", "--select", "raw_clients")
    before = lab.project.query(query)
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            # Region and channel change places.
            csv.writer(file, lineterminator="\n").writerows(
                [*row[:2], row[3], row[2], *row[4:]] for row in rows
            )
        lab.project.succeed("seed", "--select", "raw_clients")
    finally:
        path.write_text(text, encoding="utf-8")
    assert rows[0][2:4] == ["acquisition_channel", "region"] and len(before) > 20
    assert lab.project.query(query) == before


@pytest.mark.parametrize("stops", [True, False])
def test_a_start_that_fails_builds_nothing(tmp_path: Path, stops: bool) -> None:
    """Without the flag that the project sets, dbt reports the failed check and goes on."""
    flags = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))["flags"]
    assert flags["skip_nodes_if_on_run_start_fails"] is True
    settings = {
        "name": "small", "version": "1.0", "profile": "client_profiles",
        "on-run-start": "select cast('not today' as integer)",
        "flags": flags if stops else {},
    }
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "built.sql").write_text("select 1 as number")
    (tmp_path / "dbt_project.yml").write_text(yaml.safe_dump(settings))
    (tmp_path / "warehouse").mkdir()
    (tmp_path / "profiles.yml").write_bytes((ROOT / "profiles.yml").read_bytes())

    result = fork_dbt(tmp_path, ["run"])

    assert result.exit_code == 1 and "not today" in result.output
    assert ("OK created" in result.output) is not stops, result.output
