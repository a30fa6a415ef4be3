"""Show or export what the departments are told of movements.

    python tools/notices.py --since 2026-09-01 [--format text|csv|jsonl] [--out FILE]

It lists the notices of `fct_department_notices` about months from that day on, and
those issued since then about earlier months. It reads the warehouse through dbt, in
the folder from which it is called, so it does the same on every engine and in a
project that installed this one as a package.

A client's name is what somebody has typed. In CSV, which spreadsheet programs open, a
cell that such a program would take for a formula begins with an apostrophe. JSON lines
hold every text exactly. Text shows signs that would steer the terminal as codes.

Exit code 0: shown or written. 1: dbt or the writing failed, and why. 2: wrong
arguments.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import io
import json
import os
import subprocess
import sys
import tempfile
from itertools import groupby
from pathlib import Path

DBT = [sys.executable, "-c", "from dbt.cli.main import cli; cli()"]
COLUMNS = [
    "notice_id", "corrects_notice_id", "kind", "period_start", "issued_on",
    "scorecard", "department", "client_id", "client_name", "category",
    "from_profile", "to_profile", "why", "action",
]
# What makes a cell a formula, by what OWASP says of CSV injection.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Notice = dict[str, "str | None"]


def main(arguments: list[str] | None = None) -> int:
    """Show or export the notices; return the exit code."""
    given = parse(arguments)
    finished = subprocess.run(
        [
            *DBT, "--quiet", "run-operation", "print_notices",
            "--args", json.dumps({"since": given.since}),
        ],
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    if finished.returncode:
        print(finished.stdout, file=sys.stderr)
        return 1
    notices = read(finished.stdout)
    content = {"text": as_text, "csv": as_csv, "jsonl": as_jsonl}[given.format](notices)
    if given.out:
        # A spreadsheet program knows by the mark that it is UTF-8.
        try:
            write(given.out, content, "utf-8-sig" if given.format == "csv" else "utf-8")
        except OSError as error:
            print(f"notices: {given.out} can't be written: {error.strerror}", file=sys.stderr)
            return 1
        print(f"notices: {len(notices)} written to {given.out}")
        return 0
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    sys.stdout.write(content)
    if given.format == "text":
        print(closing(len(notices), given.since))
    return 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line; argparse ends with exit code 2 when it is wrong."""
    parser = argparse.ArgumentParser(prog="notices.py", description=__doc__.split("\n")[0])
    parser.add_argument("--since", required=True, type=read_day, metavar="YYYY-MM-DD")
    parser.add_argument("--format", choices=["text", "csv", "jsonl"], default="text")
    parser.add_argument("--out", type=Path, metavar="FILE")
    return parser.parse_args(arguments)


def read_day(text: str) -> str:
    """Read a date as YYYY-MM-DD."""
    try:
        return datetime.datetime.strptime(text, "%Y-%m-%d").date().isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no date as YYYY-MM-DD; for example: make notices SINCE=2026-09-01"
        ) from None


def read(output: str) -> list[Notice]:
    """Take the notices out of what dbt printed."""
    return [
        {column: notice[column] for column in COLUMNS}
        for notice in (json.loads(line) for line in output.splitlines() if line[:1] == "{")
    ]


def as_jsonl(notices: list[Notice]) -> str:
    """Write one JSON object per line, every text as it is."""
    return "".join(json.dumps(notice, ensure_ascii=False) + "\n" for notice in notices)


def as_csv(notices: list[Notice]) -> str:
    """Write CSV that a spreadsheet program shows and does not compute."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for notice in notices:
        writer.writerow([safe_cell(notice[column]) for column in COLUMNS])
    return file.getvalue()


def safe_cell(value: str | None) -> str:
    """Give a cell that is no formula."""
    text = value or ""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def as_text(notices: list[Notice]) -> str:
    """Write the notices for people, by month, scorecard and department."""
    lines = []
    by_group = groupby(
        notices, lambda notice: (notice["period_start"], notice["scorecard"], notice["department"])
    )
    for (period, scorecard, department), group in by_group:
        lines.append(f"{period[:7]}  {scorecard}  {department}")
        for notice in group:
            who = f"{notice['client_id']} {notice['client_name'] or ''}".strip()
            lines.append(f"  {visible(who)}: {visible(notice['why'] or '')}")
            lines.append(f"    → {visible(notice['action'] or '')}")
        lines.append("")
    return "".join(f"{line}\n" for line in lines)


def visible(text: str) -> str:
    """Show signs that steer a terminal as codes."""
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text
    )


def closing(count: int, since: str) -> str:
    """Say how many there are, and what to do next."""
    plural = "notice" if count == 1 else "notices"
    return "\n".join(
        [
            f"{count} {plural} since {since}",
            "",
            "Next:",
            f"  make notices SINCE={since} FORMAT=csv OUT=notices.csv      for a spreadsheet",
            f"  make notices SINCE={since} FORMAT=jsonl OUT=notices.jsonl  for a program",
            "  dbt show --select client_protocols --limit 10             what holds now",
        ]
    )


def write(path: Path, content: str, encoding: str) -> None:
    """Write a file in one step, so that nobody reads half of it."""
    with tempfile.NamedTemporaryFile(
        "w", dir=path.resolve().parent, encoding=encoding, newline="", delete=False
    ) as file:
        file.write(content)
    os.replace(file.name, path)


if __name__ == "__main__":
    sys.exit(main())
