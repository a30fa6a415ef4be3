"""Say what the rules of this branch would do to the clients, for whoever reviews them.

    .venv/bin/python tools/impact.py [--base origin/main] [--as-of DAY] [--out FILE]

Prints Markdown, also appended to FILE, such as the summary of a job:

- which lines of the rule seeds differ from those of the base
- who is in another profile at once by them: the same data, scored by both
- for every candidate version, and every approved one that is not in force yet: who would
  be in another profile by it, with how much revenue, and who gains or loses a benefit

Clients are named by their ids. The rules are built in temporary folders, from the
sources of the project, on DuckDB whatever the target; nothing that exists is touched.

Exit code 0: shown. 1: the rules of this branch, or the base, can't be built; the text
says why. 2: wrong arguments.
"""

from __future__ import annotations

import argparse
import datetime
import sys
import tempfile
from pathlib import Path

import duckdb

from impact_report import report, rule_lines_report
from markdown import escape
from restate import default_as_of, read_day
from trial_builds import (
    SEEDS, Seeds, TrialFailed, as_candidates, build_trial, find_base, read_seeds,
    read_seeds_of, said_by_dbt,
)


def main(arguments: list[str] | None = None) -> int:
    """Build what is to be compared, and print the report; return the exit code."""
    parser = argparse.ArgumentParser(prog="impact.py", description=__doc__.split("\n")[0])
    parser.add_argument("--base", help="branch or commit to compare with")
    parser.add_argument("--as-of", type=read_day, help="look at the data from this day")
    parser.add_argument("--out", type=Path, help="file to append the report to")
    given = parser.parse_args(arguments)
    project = Path.cwd()
    code = 0
    try:
        lines = impact(project, given.base, given.as_of)
    except (TrialFailed, ValueError) as error:
        code = 1
        lines = ["## What the rules do to the clients", "", "It can't be said:", ""]
        lines += [f"> {escape(line)}  " for line in said_by_dbt(str(error)).splitlines()]
    text = "\n".join(lines).rstrip() + "\n"
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    print(text)
    if given.out:
        with given.out.open("a", encoding="utf-8") as file:
            file.write(text)
    return code


def impact(project: Path, base: str | None, as_of: str | None) -> list[str]:
    """Give the lines of the report.

    errors: TrialFailed, ValueError
    """
    own = read_seeds(project / SEEDS)
    commit = find_base(base, project) if base else None
    before = read_seeds_of(commit, project) if commit else own
    variables = ["--vars", f"{{as_of: {as_of}}}"] if as_of else []
    last_period = month_before(as_of or default_as_of())
    tried, upcoming = as_candidates(own, last_period)
    lines = ["## What the rules do to the clients", ""]
    if commit:
        lines += [f"Compared with `{commit[:12]}`, where this branch left {escape(base)}.", ""]
        lines += rule_lines_report(before, own, project / SEEDS)
    with tempfile.TemporaryDirectory(prefix="impact_") as folder:
        after_file = build_trial(project, tried, Path(folder) / "after", variables)
        before_file = None
        if before != own:
            try:
                before_file = build_base(project, before, last_period, folder, variables)
            except TrialFailed as error:
                lines += [
                    "The rules of the base can't be built with the models of this branch, so"
                    " nobody's profile is compared with them:",
                    "",
                    *(f"> {escape(line)}  " for line in said_by_dbt(str(error)).splitlines()),
                    "",
                ]
        with duckdb.connect() as connection:
            return lines + report(connection, before_file, after_file, upcoming)


def build_base(
    project: Path, seeds: Seeds, last_period: str, folder: str, variables: list[str]
) -> Path:
    """Build the rules of the base, looked at as those of the branch are."""
    tried, _ = as_candidates(seeds, last_period)
    return build_trial(project, tried, Path(folder) / "before", variables)


def month_before(day: str) -> str:
    """Give the first day of the month before that of a day: the last one that is over."""
    first = datetime.date.fromisoformat(day).replace(day=1)
    return (first - datetime.timedelta(days=1)).replace(day=1).isoformat()


if __name__ == "__main__":
    sys.exit(main())
