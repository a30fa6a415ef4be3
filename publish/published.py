"""The published file as the report reads it.

It is attached to a database in memory that may hold steps. Clients and periods get
numbers in it, by their order; what the page says of a client says it by its number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from packing import ABSENT, SIGN, pack, plain


class Unreadable(Exception):
    """The published file can't be read, or lacks what the report needs."""


class Published:
    """The published file, attached to a database in memory that may hold steps."""

    def __init__(self, file: Path, periods: int | None) -> None:
        """Open it; `periods` limits the report to the last ones."""
        self.connection = duckdb.connect()
        self.connection.execute("set enable_progress_bar = false")
        try:
            self.connection.execute(
                f"attach '{str(file).replace(chr(39), chr(39) * 2)}' as published (read_only)"
            )
        except duckdb.Error as error:
            raise Unreadable(f"{file} can't be read: {error}") from error
        self.schemas = dict(
            self.connection.execute(
                "select table_name, table_schema from information_schema.tables"
                " where table_catalog = 'published'"
            ).fetchall()
        )
        self.file = file
        self._number(periods)

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()

    def has(self, table: str) -> bool:
        """Say whether a table was published."""
        return table in self.schemas

    def table(self, name: str) -> str:
        """Give the full name of a published table."""
        if name not in self.schemas:
            raise Unreadable(
                f"{self.file} lacks {name}: it was published by an older version."
                " Publish again: make run"
            )
        return f'published."{self.schemas[name]}"."{name}"'

    def rows(self, query: str, given: Sequence = ()) -> list[tuple]:
        """Run a query; `{name}` in it stands for a published table."""
        return self.connection.execute(self._named(query), list(given)).fetchall()

    def records(self, query: str, given: Sequence = ()) -> list[dict[str, Any]]:
        """Run a query; give its rows as JSON objects."""
        found = self.connection.execute(self._named(query), list(given))
        names = [each[0] for each in found.description]
        return [dict(zip(names, map(plain, row))) for row in found.fetchall()]

    def packed(
        self, query: str, given: Sequence = (), together: Sequence[str] = ()
    ) -> dict[str, Any]:
        """Run a query; give its rows packed by columns.

        together: columns of which few combinations occur
        """
        found = self.connection.execute(self._named(query), list(given))
        names = [each[0] for each in found.description]
        rows = found.fetchall()
        columns = dict(zip(names, zip(*rows) if rows else [()] * len(names)))
        packed = {"rows": len(rows)}
        if together and rows:
            lists = list(zip(*(columns.pop(name) for name in together)))
            packed["together"] = {"names": list(together), **pack(lists)}
        packed["columns"] = {name: pack(values) for name, values in columns.items()}
        return packed

    def _named(self, query: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda found: self.table(found[1]), query)

    def _number(self, periods: int | None) -> None:
        """Number clients and periods, and cross them."""
        self.connection.execute(self._named(
            "create table periods as select period_start,"
            " row_number() over (order by period_start) - 1 as period"
            " from (select distinct period_start from {fct_client_profiles}"
            f" order by period_start desc limit {periods or 'all'})"
        ).replace(" limit all", ""))
        self.connection.execute(self._named(
            "create table clients as select client_id,"
            " row_number() over (order by client_id) - 1 as client"
            " from {dim_clients} where last_period >= (select min(period_start) from periods)"
        ))
        self.connection.execute(
            "create table grid as select client, client_id, period, period_start"
            " from clients cross join periods"
        )

    def placed(self, values: str, given: Sequence = ()) -> tuple[list[tuple], str]:
        """Pack what holds for each client and period.

        values: query with client_id, period_start and then what is to be packed
        gives: the different values, and one sign per client and period
        """
        self.connection.execute(
            self._named(f"create or replace temp table valued as {values}"), list(given)
        )
        names = [
            f'"{row[0]}"'
            for row in self.connection.execute("describe valued").fetchall()
            if row[0] not in ("client_id", "period_start")
        ]
        keys = ", ".join(names)
        self.connection.execute(
            "create or replace temp table different as select *,"
            f" row_number() over (order by {keys}) - 1 as place"
            f" from (select distinct {keys} from valued)"
        )
        same = " and ".join(
            f"valued.{name} is not distinct from different.{name}" for name in names
        )
        [text] = self.connection.execute(
            f"select string_agg(coalesce(sign, '{ABSENT}'), '' order by client, period)"
            f" from grid left join (select client_id, period_start, {SIGN} as sign"
            f" from valued inner join different on {same}) as signs"
            " on grid.client_id = signs.client_id and grid.period_start = signs.period_start"
        ).fetchone()
        different = self.connection.execute(
            f"select {keys} from different order by place"
        ).fetchall()
        return [tuple(map(plain, row)) for row in different], text or ""
