"""Builds of other rules beside the real one, to see what they would do.

A trial is a copy of the project with its own rule seeds and its own DuckDB file, in a
temporary folder. It scores the whole history anew, from the sources of the project.
"""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

SEEDS = Path("seeds") / "scorecards"
DBT = [sys.executable, "-c", "from dbt.cli.main import cli; cli()"]
# Enough to say who would be where; nothing is tested that the real build tests.
BUILD = [
    "--quiet", "build",
    "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test",
    "--select", "+fct_client_profiles", "+rpt_version_impact", "+fct_benefit_queue",
]
LEFT_OUT = (
    ".git", ".venv", "warehouse", "target", "logs", "dbt_packages", ".pytest_cache",
    ".hypothesis", "__pycache__", "*.duckdb", "*.wal", "integration_tests",
)

Seeds = dict[str, str]


class TrialFailed(Exception):
    """The rules of a trial could not be built; the text is what dbt said."""


def build_trial(project: Path, seeds: Seeds, folder: Path, variables: list[str]) -> Path:
    """Build a copy of the project with these rule seeds; give its DuckDB file.

    folder: where the copy goes; the file has its name
    """
    shutil.copytree(project, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
    for file in (folder / SEEDS).glob("*.csv"):
        file.unlink()
    for name, text in seeds.items():
        (folder / SEEDS / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    # Views know the database by the name of its file.
    build_file = folder / "warehouse" / f"{folder.name}.duckdb"
    build_file.parent.mkdir()
    packages = os.environ.get("DBT_PACKAGES_INSTALL_PATH") or "dbt_packages"
    finished = subprocess.run(
        [*DBT, *BUILD, *variables],
        cwd=folder,
        env={
            **os.environ,
            "CLIENT_PROFILES_TARGET": "duckdb",
            "CLIENT_PROFILES_BUILD_PATH": str(build_file),
            "DBT_TARGET_PATH": str(folder / "target"),
            "DBT_LOG_PATH": str(folder / "logs"),
            "DBT_PACKAGES_INSTALL_PATH": str((project / packages).resolve()),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if finished.returncode:
        raise TrialFailed(finished.stdout.strip())
    return build_file


def read_seeds(folder: Path) -> Seeds:
    """Read the rule seeds of a folder, by their names."""
    return {
        file.stem: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.csv"))
    }


def read_seeds_of(revision: str, project: Path) -> Seeds:
    """Read the rule seeds of a commit."""
    listed = git(project, "ls-tree", "--name-only", "-z", revision, f"./{SEEDS.as_posix()}/")
    return {
        Path(path).stem: git(project, "show", f"{revision}:./{path}")
        for path in listed.split("\0")
        if path.endswith(".csv")
    }


def find_base(name: str, project: Path) -> str:
    """Give the commit at which this branch left another one.

    errors: ValueError when there is no such branch or commit
    """
    try:
        commit = git(
            project, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"
        ).strip()
        return git(project, "merge-base", commit, "HEAD").strip()
    except (OSError, subprocess.CalledProcessError):
        raise ValueError(
            f"{name} is no branch or commit that shares history with this one; with a clone of "
            "the last commit only, run: git fetch --unshallow"
        ) from None


def git(project: Path, *arguments: str) -> str:
    """Run git in the project's folder."""
    return subprocess.run(
        ["git", *arguments], cwd=project, check=True, capture_output=True, encoding="utf-8"
    ).stdout


def as_candidates(seeds: Seeds, last_period: str) -> tuple[Seeds, dict[tuple[str, str], str]]:
    """Let approved versions that are not in force yet be compared as candidates.

    last_period: YYYY-MM-01, the last month that is scored
    returns: the seeds, and for each version that was changed the day from which it is
      approved
    """
    reader = csv.DictReader(io.StringIO(seeds["scorecard_versions"]))
    lines, changed = list(reader), {}
    for line in lines:
        rests_on = [
            other for other in lines
            if (other["scorecard"], other["status"]) == (line["scorecard"], "approved")
            and other["effective_from"] <= last_period
        ]
        if line["status"] == "approved" and line["effective_from"] > last_period and rests_on:
            changed[line["scorecard"], line["version"]] = line["effective_from"]
    for line in lines:
        if (line["scorecard"], line["version"]) in changed:
            line["status"] = "candidate"
        elif line["status"] == "approved" and (line["effective_to"] or "") > last_period:
            # The version after it is a candidate now, and does not end it.
            line["effective_to"] = ""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, reader.fieldnames, lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return ({**seeds, "scorecard_versions": text.getvalue()} if changed else seeds), changed


def said_by_dbt(output: str) -> str:
    """Give the part of dbt's output that says what is wrong."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", output)
    lines = [line.rstrip() for line in plain.splitlines() if line.strip()]
    return "\n".join(lines[-12:])
