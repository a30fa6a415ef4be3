"""Put on record who has closed periods scored again, and why.

    python tools/restate.py --from 2025-06-01 --by Ana --approved-by Board \\
        --why "Orders of June came late" [--as-of 2026-11-01]

Adds a line to seeds/scorecards/restatements.csv, which a run with `restate_from`
asks for; `make restate` does both. Without --as-of it is the day from which dbt
looks at the data: `as_of` or `demo_as_of` of dbt_project.yml, else today (UTC).

Exit code 0: the line is there. 1: it can't be written, and why.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
SEED = ROOT / "seeds" / "scorecards" / "restatements.csv"


def main(arguments: list[str] | None = None) -> int:
    """Add the line that the command line describes; return the exit code."""
    parser = argparse.ArgumentParser(prog="restate.py", description=__doc__.split("\n")[0])
    parser.add_argument("--from", dest="restate_from", required=True, type=read_month)
    parser.add_argument("--by", required=True, type=read_text)
    parser.add_argument("--approved-by", required=True, type=read_text)
    parser.add_argument("--why", required=True, type=read_text)
    parser.add_argument("--as-of", type=read_day)
    given = parser.parse_args(arguments)
    as_of = given.as_of or default_as_of()
    if given.restate_from > as_of:
        print(f"restate: {given.restate_from} lies after {as_of}, the as-of date")
        return 1
    with SEED.open(newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    for line in lines:
        if (line["restate_from"], line["restated_on"]) == (given.restate_from, as_of):
            print(f"restate: {line['restatement']} is on record already: {line['reason']}")
            return 0
    line = {
        "restatement": free_name(as_of, {line["restatement"] for line in lines}),
        "restate_from": given.restate_from,
        "restated_on": as_of,
        "requested_by": given.by,
        "approved_by": given.approved_by,
        "reason": given.why,
    }
    with SEED.open("a", newline="", encoding="utf-8") as file:
        csv.DictWriter(file, list(line), lineterminator="\n").writerow(line)
    print(f"restate: {line['restatement']} is on record in {SEED.relative_to(ROOT)}")
    return 0


def free_name(as_of: str, taken: set[str]) -> str:
    """Give a restatement a name by its day that no other has."""
    day = as_of.replace("-", "_")
    names = (f"restated_{day}_{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def default_as_of() -> str:
    """Give the day from which dbt looks at the data when nobody says otherwise."""
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))
    variables = project.get("vars") or {}
    given = variables.get("as_of") or variables.get("demo_as_of")
    return str(given or datetime.datetime.now(datetime.timezone.utc).date())


def read_day(text: str) -> str:
    """Read a date as YYYY-MM-DD."""
    try:
        return datetime.datetime.strptime(text, "%Y-%m-%d").date().isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date as YYYY-MM-DD") from None


def read_month(text: str) -> str:
    """Read any day of a month as YYYY-MM-DD; give its first day."""
    return f"{read_day(text)[:7]}-01"


def read_text(text: str) -> str:
    """Read a text that fits into one cell."""
    tidy = " ".join(text.split())
    if not tidy:
        raise argparse.ArgumentTypeError("say who, or why: it must not be empty")
    return tidy


if __name__ == "__main__":
    sys.exit(main())
