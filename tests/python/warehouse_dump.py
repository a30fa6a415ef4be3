"""The content of a warehouse as text, to compare it byte for byte.

A dump maps the name of a relation, `<schema>.<table>`, to its rows: the names of
the columns first, then one line per row, sorted, each value as the database
itself writes it. Dates come as ISO, decimals with all their places.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from pathlib import Path

import duckdb

Dump = dict[str, list[str]]

MARTS = "client_profiles"
RAW = "client_profiles_raw"
RULES = "client_profiles_rules"
STAGING = "client_profiles_staging"
INTERMEDIATE = "client_profiles_intermediate"
SNAPSHOTS = "client_profiles_snapshots"

PROFILES = "client_profiles.fct_client_profiles"
CRITERIA = "client_profiles.fct_criterion_scores"
MOVEMENTS = "client_profiles.fct_profile_movements"
CURRENT = "client_profiles.client_profiles"
METRICS = "client_profiles_intermediate.int_client_metrics"
SNAPSHOT = "client_profiles_snapshots.client_profiles_snapshot"
RUNS = "client_profiles_snapshots.recorded_runs_snapshot"
METRIC_HISTORY = "client_profiles_intermediate.int_metric_history"
CANDIDATES = "client_profiles_intermediate.int_profile_candidates"
ASSIGNMENTS = "client_profiles_intermediate.int_profile_assignments"
RESTATED = "client_profiles_intermediate.int_profiles_before_restatement"
VERSION_PROFILES = "client_profiles_intermediate.int_candidate_version_profiles"
COMPARISON = "client_profiles.fct_version_comparison"
LEDGER = "client_profiles.fct_override_ledger"
RESTATED_PROFILES = "client_profiles.fct_restated_profiles"
RULE_CHANGES = "client_profiles.rpt_rule_changes"
PROTOCOLS = "client_profiles.client_protocols"
NOTICES = "client_profiles.fct_department_notices"
AGENDA = "client_profiles.rpt_contact_agenda"
SAID = "client_profiles_intermediate.int_department_notices"
POPULATION_EFFECT = "client_profiles.rpt_population_effect"
POPULATION_EFFECTS = "client_profiles_intermediate.int_population_effects"

# What the readers see, and what no later build could bring back.
KEPT = (MARTS, SNAPSHOTS, METRIC_HISTORY, ASSIGNMENTS, RESTATED, SAID)

DIFFERENCES_SHOWN = 3


def dump_duckdb(build_file: Path, *wanted: str) -> Dump:
    """Dump schemas and single relations of a DuckDB file; all without a name."""
    with duckdb.connect(str(build_file), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        return _dump(connection.cursor(), "varchar", wanted)


def checksum_duckdb(build_file: Path, *wanted: str) -> dict[str, str]:
    """Sum up the rows of every relation: faster than a dump, for many tests.

    It says that something differs, not what.
    """
    with duckdb.connect(str(build_file), read_only=True) as connection:
        return {
            f"{schema}.{table}": str(connection.execute(
                "select count(*), sum(hash(content))"
                f' from "{schema}"."{table}" as content'
            ).fetchone())
            for schema, table in _find_columns(connection.cursor(), wanted)
        }


def dump_postgres(environment: dict[str, str], *wanted: str) -> Dump:
    """Dump the same from the Postgres database that dbt is sent to."""
    with connect_postgres(environment) as cursor:
        return _dump(cursor, "text", wanted)


@contextlib.contextmanager
def connect_postgres(environment: dict[str, str]):
    """Give a cursor of that database, which commits at once."""
    import psycopg2

    connection = psycopg2.connect(
        host=environment["CLIENT_PROFILES_PG_HOST"],
        port=environment["CLIENT_PROFILES_PG_PORT"],
        user=environment["CLIENT_PROFILES_PG_USER"],
        password=environment["CLIENT_PROFILES_PG_PASSWORD"],
        dbname=environment["CLIENT_PROFILES_PG_DATABASE"],
    )
    connection.autocommit = True
    try:
        yield connection.cursor()
    finally:
        connection.close()


def _dump(cursor, text_type: str, wanted: Iterable[str]) -> Dump:
    """Dump the wanted relations through a cursor of either database."""
    return {
        f"{schema}.{table}": [
            _line(names), *_read_rows(cursor, text_type, schema, table, names)
        ]
        for (schema, table), names in _find_columns(cursor, wanted).items()
    }


def dump_rows(names: list[str], rows: Iterable[list[str | None]]) -> list[str]:
    """Give one relation of a dump, from texts that an engine made of its values."""
    return [_line(names), *sorted(_line(row) for row in rows)]


def _find_columns(cursor, wanted: Iterable[str]) -> dict[tuple[str, str], list[str]]:
    """Give the columns of the wanted relations, in their order."""
    cursor.execute(
        "select table_schema, table_name, column_name"
        " from information_schema.columns"
        " where table_schema like 'client_profiles%'"
        " order by table_schema, table_name, ordinal_position"
    )
    columns: dict[tuple[str, str], list[str]] = {}
    for schema, table, column in cursor.fetchall():
        if not wanted or schema in wanted or f"{schema}.{table}" in wanted:
            columns.setdefault((schema, table), []).append(column)
    return columns


def _read_rows(
    cursor, text_type: str, schema: str, table: str, names: list[str]
) -> list[str]:
    values = ", ".join(f'cast("{name}" as {text_type})' for name in names)
    cursor.execute(f'select {values} from "{schema}"."{table}"')
    # Sorted here, because databases differ in how they sort text.
    return sorted(_line(row) for row in cursor.fetchall())


def _line(values: Iterable[str | None]) -> str:
    """Write one row so that no value can be mistaken for two, or for nothing."""
    return json.dumps(list(values), ensure_ascii=False)


def assert_same(expected: Dump, actual: Dump) -> None:
    """Fail, naming the relations and the first rows that differ, if any do."""
    differences = describe_differences(expected, actual)
    assert not differences, "\n".join(differences)


def describe_differences(expected: Dump, actual: Dump) -> list[str]:
    """List in which relations two dumps differ, and how."""
    found = []
    for name in sorted(expected.keys() | actual.keys()):
        before, after = expected.get(name), actual.get(name)
        if before == after:
            continue
        if before is None or after is None:
            found.append(f"{name}: only in the {'second' if before is None else 'first'}")
            continue
        missing = sorted(set(before) - set(after))
        added = sorted(set(after) - set(before))
        found.append(
            f"{name}: {len(before) - 1} rows, then {len(after) - 1}; "
            f"{len(missing)} gone, {len(added)} new; columns {before[0]}"
        )
        found += [f"  - {line}" for line in missing[:DIFFERENCES_SHOWN]]
        found += [f"  + {line}" for line in added[:DIFFERENCES_SHOWN]]
    return found


def row_count(dump: Dump, name: str) -> int:
    """Count the rows of a dumped relation."""
    return len(dump[name]) - 1


def rows_of(dump: Dump, name: str) -> list[dict[str, str | None]]:
    """Give the rows of a dumped relation as dictionaries of texts."""
    header, *lines = (json.loads(line) for line in dump[name])
    return [dict(zip(header, values)) for values in lines]
