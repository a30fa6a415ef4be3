"""Run SQL on a DuckDB file and tell what it costs: started by costs.of_child().

One argument, JSON: database, statements, and memory_limit where there is one. Two
threads, whatever the machine has.
"""

from __future__ import annotations

import json
import sys

import duckdb

from costs import tell_own_cost


def main() -> None:
    """Connect, run, tell."""
    given = json.loads(sys.argv[1])
    settings = {"threads": 2}
    if "memory_limit" in given:
        settings["memory_limit"] = given["memory_limit"]
    with duckdb.connect(given["database"], config=settings) as connection:
        tell_own_cost(lambda: [connection.execute(sql) for sql in given["statements"]])


if __name__ == "__main__":
    main()
