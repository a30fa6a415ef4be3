"""Compile the project's SQL as other warehouses would get it, without their adapters.

    python compile_for_warehouses.py PROJECT OUT

It runs dbt on the DuckDB file that PROJECT was built into, because macros ask for columns
and rules. Where dbt chooses among macros by the name of the engine, all warehouses get
theirs: `snowflake__` before `default__`. What the adapters bring themselves stands in
`adapter_macros/`. The SQL lies in OUT/WAREHOUSE then, one file per model and snapshot.

dbt compiles once: what differs stands side by side in its text, and is told apart after.
DuckDB's own words are among it, for the queries that macros ask meanwhile.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from dbt.context.providers import BaseDatabaseWrapper

ADAPTER_MACROS = Path(__file__).parent / "adapter_macros"

# Which macros an adapter takes first: its own, then those of the adapter it is made from.
WAREHOUSES = {
    "snowflake": ["snowflake"],
    "bigquery": ["bigquery"],
    "redshift": ["redshift", "postgres"],
    "databricks": ["databricks", "spark"],
}
# What dbt's own macros do to a database that is there stays as it is.
WORDS_OF_SQL = {
    "concat", "dateadd", "datediff", "date_trunc", "escape_single_quotes", "hash", "last_day",
    "listagg", "position", "string_literal", "type_float", "type_string", "current_timestamp",
}
# Around the texts of all warehouses, and between them: signs that no SQL has.
BEGIN, BETWEEN, END = "\ue000", "\ue001", "\ue002"
CHOICE = re.compile(f"{BEGIN}([^{BEGIN}{END}]*){END}")

_dispatch = BaseDatabaseWrapper.dispatch
_add_query = DuckDBConnectionManager.add_query


def choose(value: Any, place: int) -> Any:
    """Give what one of the warehouses gets."""
    if isinstance(value, str):
        return CHOICE.sub(lambda found: found[1].split(BETWEEN)[place], value)
    if isinstance(value, list):
        return [choose(each, place) for each in value]
    if isinstance(value, dict):
        return {name: choose(each, place) for name, each in value.items()}
    return value


def dispatch(
    self: Any, macro_name: str, macro_namespace: str | None = None, packages: Any = None
) -> Any:
    """Choose the macros of all warehouses, if they write SQL."""
    usual = _dispatch(self, macro_name, macro_namespace, packages)
    if macro_namespace == "dbt" and macro_name not in WORDS_OF_SQL:
        return usual
    macros = [
        chosen(self, prefixes, macro_name, macro_namespace) for prefixes in WAREHOUSES.values()
    ] + [usual]

    def call(*args: Any, **kwargs: Any) -> Any:
        texts = [
            choose(macro(*choose(list(args), place), **choose(kwargs, place)), place)
            for place, macro in enumerate(macros)
        ]
        if all(text == texts[0] for text in texts):
            return texts[0]
        return f"{BEGIN}{BETWEEN.join(texts)}{END}"

    return call


def add_query(self: Any, sql: str, *args: Any, **kwargs: Any) -> Any:
    """Ask DuckDB in its own words."""
    return _add_query(self, choose(sql, len(WAREHOUSES)), *args, **kwargs)


def chosen(self: Any, prefixes: list[str], name: str, namespace: str | None) -> Any:
    """Choose the macro of one warehouse."""
    # Of this node alone: others are compiled at the same time.
    self._get_adapter_macro_prefixes = lambda: [*prefixes, "default"]
    try:
        return _dispatch(self, name, namespace)
    finally:
        del self._get_adapter_macro_prefixes


def run_dbt(manifest: Any, *arguments: str) -> Any:
    """Run a command of dbt; stop where it fails."""
    ran = dbtRunner(manifest=manifest).invoke(["--quiet", *arguments])
    if not ran.success:
        sys.exit(f"dbt {' '.join(arguments)} failed: {ran.exception or ''}")
    return ran.result


def main(project: Path, out: Path) -> None:
    """Compile the parsed project once, and write each warehouse's SQL."""
    for macros in ADAPTER_MACROS.glob("*.jinja"):
        # dbt would take an SQL file below tests/ for a test.
        shutil.copy(macros, project / "macros" / f"{macros.stem}__adapter.sql")
    os.chdir(project)
    manifest = run_dbt(None, "parse")
    BaseDatabaseWrapper.dispatch = dispatch
    DuckDBConnectionManager.add_query = add_query
    compiled = run_dbt(
        manifest, "compile", "--no-write-json",
        "--select", "resource_type:model", "resource_type:snapshot",
        # Without the tests that hang on them.
        "--indirect-selection", "empty",
    )
    for place, warehouse in enumerate(WAREHOUSES):
        (out / warehouse).mkdir(parents=True)
        for result in compiled.results:
            node = result.node
            (out / warehouse / f"{node.name}.sql").write_text(
                choose(node.compiled_code, place), encoding="utf-8"
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]).resolve())
