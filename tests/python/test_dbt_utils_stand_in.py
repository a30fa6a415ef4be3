"""The stand-in for dbt_utils gives the results the real package gives.

Both are held against the same table of known results: the stand-in always, on
DuckDB and Postgres, the real package when CLIENT_PROFILES_REAL_DBT_UTILS names the
folder that holds it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path

import duckdb
import psycopg2
import pytest

from dbt_runner import run_dbt
from project_files import STAND_IN_PACKAGES, install_packages

PROJECT = """
name: try_dbt_utils
version: 0.1.0
profile: try_dbt_utils
"""

PROFILES = """
try_dbt_utils:
  target: "{{ env_var('CLIENT_PROFILES_TARGET', 'duckdb') }}"
  outputs:
    duckdb:
      type: duckdb
      path: build.duckdb
      schema: main
    postgres:
      type: postgres
      host: "{{ env_var('CLIENT_PROFILES_PG_HOST', '') }}"
      port: "{{ env_var('CLIENT_PROFILES_PG_PORT', '0') | as_number }}"
      user: "{{ env_var('CLIENT_PROFILES_PG_USER', '') }}"
      password: "{{ env_var('CLIENT_PROFILES_PG_PASSWORD', '') }}"
      dbname: "{{ env_var('CLIENT_PROFILES_PG_DATABASE', '') }}"
      schema: main
      threads: 2
"""

SPINES = {
    "months": ("month", "cast('2024-11-01' as date)", "cast('2025-02-01' as date)"),
    # The end is named in the middle of a period: that period has not begun.
    "months_cut": ("month", "cast('2024-01-20' as date)", "cast('2024-03-10' as date)"),
    "leap_days": ("day", "cast('2024-02-28' as date)", "cast('2024-03-02' as date)"),
    "one_day": ("day", "cast('2024-02-28' as date)", "cast('2024-02-29' as date)"),
    "weeks": ("week", "cast('2024-01-01' as date)", "cast('2024-01-22' as date)"),
    "years": ("year", "cast('2020-02-29' as date)", "cast('2023-01-01' as date)"),
    # More rows than one, two and three digits can count.
    "ten_days": ("day", "cast('2024-01-01' as date)", "cast('2024-01-11' as date)"),
    "eleven_days": ("day", "cast('2024-01-01' as date)", "cast('2024-01-12' as date)"),
    "many_days": ("day", "cast('2020-01-01' as date)", "cast('2024-01-01' as date)"),
}

EXPECTED_DATES = {
    "months": [date(2024, 11, 1), date(2024, 12, 1), date(2025, 1, 1)],
    "months_cut": [date(2024, 1, 20), date(2024, 2, 20)],
    "leap_days": [date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1)],
    "one_day": [date(2024, 2, 28)],
    "weeks": [date(2024, 1, 1), date(2024, 1, 8), date(2024, 1, 15)],
    "years": [date(2020, 2, 29), date(2021, 2, 28), date(2022, 2, 28)],
    "ten_days": [date(2024, 1, day) for day in range(1, 11)],
    "eleven_days": [date(2024, 1, day) for day in range(1, 12)],
    "many_days": [
        date.fromordinal(ordinal)
        for ordinal in range(date(2020, 1, 1).toordinal(), date(2024, 1, 1).toordinal())
    ],
}

KEYS = """
with fields as (
    select 'text' as name, 'a' as first_field, 'b' as second_field
    union all select 'no_text', '', 'b'
    union all select 'null', null, 'b'
    union all select 'all_null', null, null
    union all select 'accents', 'São', 'Zoë'
    union all select 'dash_left', 'a-', 'b'
)
select
    name,
    {{ dbt_utils.generate_surrogate_key(['first_field']) }} as key_of_one,
    {{ dbt_utils.generate_surrogate_key(['first_field', 'second_field']) }} as key_of_two,
    {{ dbt_utils.generate_surrogate_key([
        'first_field', '1', "cast('2024-02-29' as date)", 'cast(1.50 as decimal(9, 2))'
    ]) }} as key_of_kinds
from fields
"""

NULL_WORD = "_dbt_utils_surrogate_key_null_"
KEY_FIELDS = {
    "text": ("a", "b"),
    "no_text": ("", "b"),
    "null": (NULL_WORD, "b"),
    "all_null": (NULL_WORD, NULL_WORD),
    "accents": ("São", "Zoë"),
    "dash_left": ("a-", "b"),
}

VALUES = """
select * from (values
    (1, 'x', 0.5, 'a'), (2, 'x', 1.0, 'b'), (2, 'y', null, 'b'), (3, 'y', 1.5, null)
) as rows (number, letter, amount, word)
"""
OTHER_VALUES = """
select * from (values
    (1, 'x', 0.5, 'a'), (1, 'x', 1.0, 'b'), (9, 'z', 1.0, 'b')
) as rows (number, letter, amount, word)
"""
# Not read from a_values: its failing tests would keep dbt from building this one.
NO_VALUES = f"select * from ({VALUES}) as a_copy where 1 = 0"

# Name of the test: (column or None, generic test, its arguments, failures).
TESTS = {
    "unique_pair": (None, "unique_combination_of_columns",
                    {"combination_of_columns": ["number", "letter"]}, 0),
    "unique_one_repeated": (None, "unique_combination_of_columns",
                            {"combination_of_columns": ["letter"]}, 2),
    "unique_quoted": (None, "unique_combination_of_columns",
                      {"combination_of_columns": ["number"], "quote_columns": True}, 1),
    "range_without_bounds": ("number", "accepted_range", {}, 0),
    "range_inclusive": ("number", "accepted_range",
                        {"min_value": 1, "max_value": 3}, 0),
    "range_exclusive": ("number", "accepted_range",
                        {"min_value": 1, "max_value": 3, "inclusive": False}, 2),
    "range_minimum_zero": ("number", "accepted_range", {"min_value": 0}, 0),
    "range_maximum_zero": ("number", "accepted_range", {"max_value": 0}, 4),
    "range_null_accepted": ("amount", "accepted_range", {"min_value": 1}, 1),
    "range_of_expression": ("number", "accepted_range", {"max_value": "amount * 2"}, 0),
    "true_expression": (None, "expression_is_true", {"expression": "number > 0"}, 0),
    "false_expression": (None, "expression_is_true", {"expression": "number > 1"}, 1),
    "null_expression": (None, "expression_is_true", {"expression": "amount >= 1"}, 1),
    "either_expression": (None, "expression_is_true",
                          {"expression": "number = 1 or number = 2"}, 1),
    "true_column": ("number", "expression_is_true", {"expression": ">= 1"}, 0),
    "false_column": ("number", "expression_is_true", {"expression": "+ 1 > 2"}, 1),
    "rowcount_same": (None, "equal_rowcount", {"compare_model": "ref('a_values')"}, 0),
    "rowcount_other": (None, "equal_rowcount",
                       {"compare_model": "ref('other_values')"}, 1),
    "rowcount_empty": (None, "equal_rowcount", {"compare_model": "ref('no_values')"}, 0),
    "rowcount_same_groups": (None, "equal_rowcount",
                             {"compare_model": "ref('a_values')",
                              "group_by_columns": ["letter"]}, 0),
    # 3 and 9 are in one of the two only: no difference. 1 occurs once and twice.
    "rowcount_other_groups": (None, "equal_rowcount",
                              {"compare_model": "ref('other_values')",
                               "group_by_columns": ["number"]}, 1),
    "rowcount_two_columns": (None, "equal_rowcount",
                             {"compare_model": "ref('other_values')",
                              "group_by_columns": ["number", "letter"]}, 1),
}


@dataclass(frozen=True)
class Build:
    """A built project: a way to query it, and the failures of each test."""

    read: Callable[[str], list[tuple]]
    failures: dict[str, int]


def read_duckdb(database: Path, query: str) -> list[tuple]:
    """Read rows of a DuckDB file."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.sql(query).fetchall()


def read_postgres(server: dict[str, str], query: str) -> list[tuple]:
    """Read rows of the tests' Postgres server."""
    connection = psycopg2.connect(
        host=server["CLIENT_PROFILES_PG_HOST"],
        port=server["CLIENT_PROFILES_PG_PORT"],
        user=server["CLIENT_PROFILES_PG_USER"],
        password=server["CLIENT_PROFILES_PG_PASSWORD"],
        dbname=server["CLIENT_PROFILES_PG_DATABASE"],
    )
    try:
        cursor = connection.cursor()
        cursor.execute(query)
        return cursor.fetchall()
    finally:
        connection.close()


def package_folder(kind: str) -> Path:
    """Find the package under test, or skip."""
    if kind == "stand_in":
        return STAND_IN_PACKAGES / "dbt_utils"
    folder = os.environ.get("CLIENT_PROFILES_REAL_DBT_UTILS")
    if not folder:
        pytest.skip(
            "The real dbt_utils is not compared: set CLIENT_PROFILES_REAL_DBT_UTILS "
            "to the folder that holds it"
        )
    return Path(folder)


def write_project(folder: Path, package: Path) -> None:
    """Write a small dbt project that uses everything the stand-in has."""
    models = folder / "models"
    models.mkdir(parents=True)
    (folder / "dbt_project.yml").write_text(PROJECT)
    (folder / "profiles.yml").write_text(PROFILES)
    install_packages(folder, dbt_utils=package)

    for name, (datepart, start, end) in SPINES.items():
        (models / f"spine_{name}.sql").write_text(
            f'{{{{ dbt_utils.date_spine("{datepart}", "{start}", "{end}") }}}}'
        )
    (models / "keys.sql").write_text(KEYS)
    (models / "a_values.sql").write_text(VALUES)
    (models / "other_values.sql").write_text(OTHER_VALUES)
    (models / "no_values.sql").write_text(NO_VALUES)

    on_model, on_columns = [], {}
    for name, (column, test, arguments, _) in TESTS.items():
        entry = {f"dbt_utils.{test}": {"name": name, "arguments": arguments}}
        if column is None:
            on_model.append(entry)
        else:
            on_columns.setdefault(column, []).append(entry)
    properties = {
        "models": [
            {
                "name": "a_values",
                "data_tests": on_model,
                "columns": [
                    {"name": column, "data_tests": tests}
                    for column, tests in on_columns.items()
                ],
            }
        ]
    }
    # JSON is YAML too.
    (models / "properties.yml").write_text(json.dumps(properties))


@pytest.fixture(
    scope="module",
    params=[("stand_in", "duckdb"), ("stand_in", "postgres"), ("real", "duckdb")],
    ids=" on ".join,
)
def build(request, tmp_path_factory) -> Build:
    """Build the small project with one of the packages on one of the engines."""
    kind, engine = request.param
    folder = tmp_path_factory.mktemp(f"{kind}_{engine}")
    write_project(folder, package_folder(kind))
    if engine == "postgres":
        server = request.getfixturevalue("postgres_server")
        read = partial(read_postgres, server)
    else:
        server = {}
        read = partial(read_duckdb, folder / "build.duckdb")

    result = run_dbt(folder, ["build"], env=server)
    outcome = json.loads((folder / "target" / "run_results.json").read_text())
    failures = {}
    for node in outcome["results"]:
        assert node["status"] in ("success", "pass", "fail"), result.output
        node_type, _, name = node["unique_id"].split(".")[:3]
        if node_type == "test":
            failures[name] = node["failures"]
    return Build(read, failures)


@pytest.mark.parametrize("name", SPINES)
def test_date_spine_ends_before_the_end(build: Build, name: str) -> None:
    column = f"date_{SPINES[name][0]}"
    rows = build.read(f"select {column} from main.spine_{name} order by 1")
    expected = [datetime(day.year, day.month, day.day) for day in EXPECTED_DATES[name]]
    assert [value for (value,) in rows] == expected


@pytest.mark.parametrize("name", KEY_FIELDS)
def test_surrogate_key_is_the_known_md5(build: Build, name: str) -> None:
    def md5(*fields: str) -> str:
        return hashlib.md5("-".join(fields).encode()).hexdigest()

    first, second = KEY_FIELDS[name]
    rows = build.read(
        "select key_of_one, key_of_two, key_of_kinds from main.keys "
        f"where name = '{name}'"
    )
    assert rows == [
        (md5(first), md5(first, second), md5(first, "1", "2024-02-29", "1.50"))
    ]


def test_surrogate_keys_never_change(build: Build) -> None:
    # Written down, not computed: keys that are stored somewhere must stay valid.
    rows = build.read("select key_of_two from main.keys where name = 'null'")
    assert rows == [("1f9a533592f721c4b0ed13af5b7a19b8",)]


@pytest.mark.parametrize("name", TESTS)
def test_generic_test_finds_the_known_failures(build: Build, name: str) -> None:
    assert build.failures[name] == TESTS[name][3]


def test_empty_span_is_an_error(tmp_path: Path) -> None:
    write_project(tmp_path, package_folder("stand_in"))
    (tmp_path / "models" / "backwards.sql").write_text(
        '{{ dbt_utils.date_spine("month", "cast(\'2024-02-01\' as date)", '
        '"cast(\'2024-02-01\' as date)") }}'
    )
    result = run_dbt(tmp_path, ["run", "--select", "backwards"])
    assert result.exit_code == 1
    assert "has to be at least one month after" in result.output
