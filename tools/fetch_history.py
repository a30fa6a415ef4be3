"""Fetch the publication of the last successful run, whose history the next one goes on with.

    .venv/bin/python tools/fetch_history.py [--first-run]

A job on GitHub begins with an empty disk. This downloads the artifact `publication` of
the last successful run of this workflow on this branch, with GitHub's program `gh`, into
warehouse/carried; `make restore-history FROM=warehouse/carried` takes it from there.

Nothing ever begins anew in silence: without an earlier run it stops, unless --first-run
says that there is none yet. Where there is one, --first-run stops it.

Exit code 0: fetched, or nothing to fetch on a first run. 1: refused or failed; the text
says what to do.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

CARRIED = Path("warehouse") / "carried"
ARTIFACT = "publication"
MANIFEST = Path("history") / "manifest.json"


class Refused(Exception):
    """There is no history to go on with; the text says what to do."""


def main(arguments: list[str] | None = None) -> int:
    """Fetch the history; return the exit code."""
    parser = argparse.ArgumentParser(prog="fetch_history.py", description=__doc__.split("\n")[0])
    parser.add_argument(
        "--first-run", action="store_true", help="there is no history yet: begin one"
    )
    given = parser.parse_args(arguments)
    try:
        print(fetch(given.first_run))
    except (Refused, OSError, ValueError, KeyError) as error:
        print(f"fetch-history: {error}", file=sys.stderr)
        return 1
    return 0


def fetch(first_run: bool) -> str:
    """Fetch the history of the last successful run; say what was done."""
    workflow, branch = (variable(name) for name in ("GITHUB_WORKFLOW", "GITHUB_REF_NAME"))
    run = last_run(workflow, branch)
    if run is None:
        if first_run:
            return f"First run: no run of {workflow} has succeeded on {branch}; a history begins."
        raise Refused(
            f"no run of {workflow} has succeeded on {branch}, so there is no history to go on "
            "with. If that is so because there never was one, start the workflow by hand and "
            "tick first_run. If there was one, restore it from where you keep publications: "
            "docs/scheduling.md says how"
        )
    if first_run:
        raise Refused(
            f"run {run['databaseId']} of {run['createdAt']} has published a history; a first run "
            "would begin without it. Run without first_run"
        )
    # What an attempt before left there.
    shutil.rmtree(CARRIED, ignore_errors=True)
    number = str(run["databaseId"])
    try:
        gh("run", "download", number, "--name", ARTIFACT, "--dir", str(CARRIED))
    except Refused as error:
        raise Refused(
            f"{error}\nThe artifact of run {number} ({run['createdAt']}) can't be had: it may have "
            "expired. Restore the history from where you keep publications: docs/scheduling.md "
            "says how"
        ) from None
    if not (CARRIED / MANIFEST).is_file():
        raise Refused(f"the artifact of run {number} holds no {MANIFEST}: it is no publication")
    return f"Fetched the publication of run {number}, {run['createdAt']}, into {CARRIED}"


def variable(name: str) -> str:
    """Give what GitHub says of the job."""
    value = os.environ.get(name)
    if not value:
        raise Refused(
            f"{name} is not set: this runs in a job on GitHub; elsewhere warehouse/ stays, and "
            "nothing needs to be fetched"
        )
    return value


def last_run(workflow: str, branch: str) -> dict | None:
    """Give the last successful run of a workflow, none when there is none."""
    said = gh(
        "run", "list", f"--workflow={workflow}", f"--branch={branch}", "--status=success",
        "--limit=1", "--json=databaseId,createdAt",
    )
    runs = json.loads(said)
    return runs[0] if runs else None


def gh(*arguments: str) -> str:
    """Run GitHub's program; give what it says."""
    try:
        finished = subprocess.run(["gh", *arguments], capture_output=True, text=True)
    except FileNotFoundError:
        raise Refused("GitHub's program gh is not installed") from None
    if finished.returncode:
        raise Refused(f"gh {' '.join(arguments[:2])} failed: {finished.stderr.strip()}")
    return finished.stdout


if __name__ == "__main__":
    sys.exit(main())
