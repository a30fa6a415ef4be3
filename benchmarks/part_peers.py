"""The project against pandas, polars, numpy and pymcdm: same answers, end to end.

End to end: from the metrics table in the DuckDB file to profiles stored in it. Start of
Python and import of packages are left out for all, and dbt for the project: its compiled
SQL runs in a child as the peers do. It stores more than they do: which rule decided, which
profiles missing values could lead to, the hash of the rules.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

from costs import Cost, in_turns, of_child, of_dbt
from made_up import SCHEMA, MadeUp, compiled

PEERS = ("numpy", "polars_when", "polars_cut", "pandas", "pymcdm")
COLUMNS = "client_id, period_start, score, coverage"


def measure(
    folder: Path, clients: int, periods: int, rounds: int, say: Callable[[str], None]
) -> dict:
    """Measure the peers and compare every row."""
    say(f"making {clients:,} clients x {periods} periods")
    project = MadeUp(folder / "peers", clients, periods)
    project.write()
    project.fill()
    of_dbt(project.folder, [
        "build", "--select", "+int_profile_candidates", "--exclude-resource-type", "test",
    ])
    scoring = compiled(project, "int_profile_candidates")
    own_columns = f"select {COLUMNS}, computed_profile as profile from ({scoring})"

    def by_sql(table: str, query: str) -> Cost:
        return of_child("sql_child.py", {
            "database": str(project.database),
            "statements": [f"create or replace table {table} as {query}"],
        })

    def by_peer(peer: str) -> Cost:
        return of_child("peer_child.py", {
            "folder": str(project.folder), "clients": clients, "periods": periods,
            "peer": peer,
        })

    costs = in_turns(
        {
            "this project": lambda: by_sql("own_everything", scoring),
            "this project, the peers' five columns": lambda: by_sql("own", own_columns),
            **{peer: (lambda peer=peer: by_peer(peer)) for peer in PEERS},
        },
        rounds, say,
    )
    return {
        "rows": clients * periods,
        "costs": {name: vars(cost) for name, cost in costs.items()},
        "differing": {peer: differing_rows(project, peer) for peer in PEERS},
    }


def differing_rows(project: MadeUp, peer: str) -> int:
    """Count rows that a peer gives and the project does not, or the other way round."""
    own = (
        f"select {COLUMNS}, computed_profile as profile"
        f" from {SCHEMA}.int_profile_candidates"
    )
    other = f"select {COLUMNS}, profile from peer_{peer}"
    with duckdb.connect(str(project.database), read_only=True) as connection:
        return connection.execute(
            f"select (select count(*) from ({own} except all {other}))"
            f" + (select count(*) from ({other} except all {own}))"
        ).fetchone()[0]
