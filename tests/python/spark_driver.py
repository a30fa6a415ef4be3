"""Runs dbt commands on Spark, and dumps tables, in one process with one Spark session.

A session takes longer to start than most models take to build. The process reads one
request per line from standard input, as JSON, and answers each with a line of JSON on the
file descriptor that it was given:

    {"dbt": [arguments], "environment": {…}, "output": file}   {"exit_code": 0}
    {"dump": [schemas and relations], "output": file}          {"exit_code": 0}
    {"sql": [statements], "output": file}                      {"exit_code": 0}
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[2] / "publish"))


def run_dbt(request: dict) -> int:
    """Run a dbt command; its output goes to the file."""
    from dbt.cli.main import dbtRunner

    os.environ.update(request["environment"])
    result = dbtRunner().invoke(request["dbt"])
    if result.exception is not None:
        traceback.print_exception(result.exception)
        return 2
    return 0 if result.success else 1


def session() -> Any:
    """Give the session that dbt uses in this process, or will use."""
    from spark_tables import open_session

    return open_session()


def dump(request: dict) -> int:
    """Write all wanted relations as JSON: name, columns, rows as Spark's texts."""
    spark = session()
    found = {}
    for [schema] in spark.sql("show schemas like 'client_profiles*'").collect():
        for row in spark.sql(f"show tables in {schema}").collect():
            name = f"{schema}.{row['tableName']}"
            if row["isTemporary"] or not {schema, name, None} & {*(request["dump"] or [None])}:
                continue
            columns = spark.table(name).columns
            texts = ", ".join(f"cast(`{column}` as string)" for column in columns)
            rows = spark.sql(f"select {texts} from {name}").collect()
            found[name] = [columns, *(list(values) for values in rows)]
    Path(request["output"]).write_text(json.dumps(found), encoding="utf-8")
    return 0


def execute(request: dict) -> int:
    """Run statements behind dbt's back."""
    spark = session()
    for statement in request["sql"]:
        spark.sql(statement).collect()
    return 0


def answer(request: dict) -> int:
    """Do what a request wants; what it prints goes to its file, but for a dump."""
    do = {"dbt": run_dbt, "dump": dump, "sql": execute}[next(iter(request))]
    log = os.devnull if do is dump else request["output"]
    stream = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(stream, 1)
    os.dup2(stream, 2)
    os.close(stream)
    try:
        return do(request)
    except Exception:  # noqa: BLE001 - whatever it is, the tests show it
        traceback.print_exc()
        return 2


def main() -> None:
    """Answer until standard input ends."""
    answers = os.fdopen(int(sys.argv[1]), "w")
    for line in sys.stdin:
        print(json.dumps({"exit_code": answer(json.loads(line))}), file=answers, flush=True)


if __name__ == "__main__":
    main()
