"""Check the style of every SQL file with sqlfluff.

    .venv/bin/python tools/lint.py [files ...]

The dbt templater compiles each file, and the macros that turn the rules into SQL
read them from the database. So everything is built first, without tests, into a
file of its own, apart from the one that is in use.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "target" / "lint"
DATABASE = BUILD / "build.duckdb"

EVERYTHING = [name for name in ("models", "snapshots", "tests") if (ROOT / name).is_dir()]

# sqlfluff passes over a file it can't compile with no more than this warning, and
# exits with 0. Macros have no SQL of their own to check.
SKIPPED = "Skipped file "
SKIPPED_RIGHTLY = "because it is a macro"


def build(environment: dict[str, str]) -> None:
    """Build seeds and models anew; stop with dbt's exit code if it fails."""
    BUILD.mkdir(parents=True, exist_ok=True)
    for leftover in BUILD.glob("build.duckdb*"):
        leftover.unlink()
    built = subprocess.run(
        [
            sys.executable, "-c", "from dbt.cli.main import cli; cli()",
            "--quiet", "build", "--resource-type", "seed", "--resource-type", "model",
        ],
        cwd=ROOT,
        env=environment,
    )
    if built.returncode:
        sys.exit(built.returncode)


def lint(files: list[str], environment: dict[str, str]) -> None:
    """Run sqlfluff, showing its output; stop if it found something or left out a file."""
    command = [sys.executable, "-m", "sqlfluff", "lint", "--disable-progress-bar", "--processes", "2", *files]
    skipped = 0
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        for line in process.stdout:
            if SKIPPED in line:
                if SKIPPED_RIGHTLY in line:
                    continue
                skipped += 1
            print(line, end="", flush=True)
    if process.returncode:
        sys.exit(process.returncode)
    if skipped:
        sys.exit(f"{skipped} files were not checked, because they don't compile.")


def main(files: list[str]) -> None:
    """Build, then lint the files, or all of them."""
    environment = {
        **os.environ,
        # The style is written for the DuckDB dialect, whatever is built otherwise.
        "CLIENT_PROFILES_TARGET": "duckdb",
        "CLIENT_PROFILES_BUILD_PATH": str(DATABASE),
        "DBT_TARGET_PATH": str(BUILD),
    }
    build(environment)
    lint(files or EVERYTHING, environment)


if __name__ == "__main__":
    main(sys.argv[1:])
