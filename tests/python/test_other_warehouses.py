"""The SQL of every model and snapshot, read as other warehouses would read it.

It is read, not run: `warehouse_sql` says what that is worth. What is known not to be read
stands here and in docs/engines.md, with the reason; anything else, more or less, fails.
"""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from compile_for_warehouses import WAREHOUSES
from dbt_runner import dbt_environment
from demo_project import DemoProject, built_demo  # noqa: F401
from project_files import ROOT
from warehouse_sql import problems

DEMO_METRICS = {
    "int_metrics__billing", "int_metrics__contacts", "int_metrics__orders",
    "int_metrics__platform", "int_metrics__support",
}
# Neither BigQuery nor Redshift reads rows of constants as a table.
LISTS_OF_CONSTANTS = {
    "int_input_defects", "int_movement_reversals", "int_profile_forecasts",
    "int_source_defects", "rpt_data_quality", "rule_problems__lines",
}
KNOWN = {
    "snowflake": {
        # It has no named windows.
        "not read: Expecting )": DEMO_METRICS,
    },
    "bigquery": {
        # It wants `union distinct`, which Redshift has not.
        "not read: Expected DISTINCT or ALL for Union": {
            "int_metric_options", "int_movement_changes", "int_period_pairs", "int_score_bounds",
            "int_version_metrics", "int_weight_flips",
        },
        "values as a table": LISTS_OF_CONSTANTS,
    },
    "redshift": {
        # It has no named windows, and frames of rows only.
        "a named window": DEMO_METRICS,
        "range between … preceding": DEMO_METRICS | {"int_observed_steps"},
        "values as a table": LISTS_OF_CONSTANTS,
    },
    "databricks": {},
}


@pytest.fixture(scope="module")
def compiled(
    built_demo: DemoProject, tmp_path_factory: pytest.TempPathFactory  # noqa: F811
) -> Path:
    """Give a folder with the SQL of each warehouse."""
    folder = tmp_path_factory.mktemp("warehouses")
    project = built_demo.copy_to(folder / "project")
    finished = subprocess.run(
        [
            sys.executable, str(ROOT / "tests/python/compile_for_warehouses.py"),
            str(project.folder), str(folder / "sql"),
        ],
        env=dbt_environment(project.folder), capture_output=True, text=True,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return folder / "sql"


@pytest.mark.parametrize("warehouse", WAREHOUSES)
def test_all_that_is_compiled_is_read(compiled: Path, warehouse: str) -> None:
    """But for what is known, and why."""
    found = defaultdict(set)
    files = sorted((compiled / warehouse).glob("*.sql"))
    assert len(files) > 100
    for file in files:
        for problem in problems(file.read_text(encoding="utf-8"), warehouse):
            found[problem].add(file.stem)
    assert found == KNOWN[warehouse]


def test_what_is_known_is_written_down() -> None:
    """Every reason with its warehouse, and every model."""
    text = (ROOT / "docs/engines.md").read_text(encoding="utf-8")
    for warehouse, reasons in KNOWN.items():
        for models in reasons.values():
            for model in models:
                lines = [each for each in text.splitlines() if f"`{model}`" in each]
                assert any(warehouse in each.lower() for each in lines), (warehouse, model)


FOREIGN = {
    "select count(*) filter (where a > 1) from t": "filter (where …)",
    "select a from t qualify row_number() over (order by a) = 1": "qualify",
    "select a // b as c from t": "operator //",
    "select list_transform(a, x -> x + 1) from t": "a lambda",
    "select distinct on (a) a, b from t": "distinct on",
    "select a, count(*) from t group by all": "group by all",
    "select strftime(a) from t": "function strftime",
    "select cast(nvl2(a, b, c) as hugeint) from t": "type hugeint",
    "select regexp_replace(a, 'x', ' ', 'g') from t": "regexp_replace with flags",
    "select a collate \"C\" from t": "collate",
    "with c as materialized (select 1 as a) select a from c": "as materialized",
    "select a from (select 1 as a": "not read: ",
}
FOREIGN_TO_SOME = {
    "select a ~ 'x' from t": {"snowflake", "bigquery", "databricks"},
    "select trim(both ' ' from a) from t": {"snowflake", "bigquery"},
    "select sum(a) over w from t window w as (order by b)": {"snowflake", "redshift"},
    "select sum(a) over (order by b range between 2 preceding and current row) from t": {
        "redshift",
    },
    "select a from (values (1), (2)) as t (a)": {"bigquery", "redshift"},
    "select cast(a as decimal(38, 0)) from t": {"bigquery"},
    "select cast(a as text) from t": {"bigquery", "databricks"},
    "select div(a, b) from t": {"snowflake", "redshift"},
    "select (a) div (b) from t": {"snowflake", "bigquery", "redshift"},
    "select regexp_like(a, 'x') from t": {"bigquery", "redshift"},
    "select string_agg(a, ',' order by a) from t": {"snowflake", "redshift", "databricks"},
    "select sum(a) over (partition by b order by c), cast(d as date) from t": set(),
}


@pytest.mark.parametrize("warehouse", WAREHOUSES)
@pytest.mark.parametrize("sql", FOREIGN)
def test_what_others_know_is_refused(sql: str, warehouse: str) -> None:
    assert any(found.startswith(FOREIGN[sql]) for found in problems(sql, warehouse))


@pytest.mark.parametrize("sql", FOREIGN_TO_SOME)
def test_what_some_know_is_refused_by_the_others(sql: str) -> None:
    assert {each for each in WAREHOUSES if problems(sql, each)} == FOREIGN_TO_SOME[sql]


def test_a_word_in_a_text_is_no_function() -> None:
    """Nor is what stands in a comment."""
    sql = "select 'strftime(a) // b' as c -- date_bin(d) // e\nfrom t"
    assert [each for each in WAREHOUSES if problems(sql, each)] == []
