"""Show what is installed here, and what each part is needed for.

    python3 tools/doctor.py

It changes nothing and works before anything is installed.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from pathlib import Path

import dbt_packages
import environment
import spark_jars

PACKAGES = {
    "dbt-core": "everything",
    "dbt-duckdb": "the default target",
    "duckdb": "the default target, publishing",
    "dbt-postgres": "TARGET=postgres, the tests that compare engines",
    "psycopg2-binary": "TARGET=postgres: publishing, the report, moving the history",
    "dbt-spark": "TARGET=spark",
    "pyspark": "TARGET=spark",
    "pytest": "make test",
    "sqlfluff": "make lint",
}
ASK_FOR_VERSIONS = """
from importlib.metadata import PackageNotFoundError, version
import sys
for name in sys.argv[1:]:
    try:
        print(version(name))
    except PackageNotFoundError:
        print("not installed")
"""


def first_line(command: list[str]) -> str:
    """Run a program that shows its version; say so when that fails."""
    try:
        shown = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=30,
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        return f"does not start: {problem}"
    lines = shown.stdout.strip().splitlines()
    if shown.returncode or not lines:
        return "does not start"
    return lines[0]


def program_version(name: str, option: str) -> str:
    """Give the version of a program in PATH."""
    path = shutil.which(name)
    return first_line([path, option]) if path else "not found"


def postgres_version() -> str:
    """Give the version of PostgreSQL's server programs, which Debian hides."""
    by_debian = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    in_path = shutil.which("postgres")
    found = [str(path) for path in sorted(by_debian)] + [in_path or ""]
    return first_line([found[0], "--version"]) if found[0] else "not found"


def delta_jars() -> str:
    """Say whether the jars of Delta Lake are there, and Maven to fetch them."""
    if spark_jars.are_there():
        return "there"
    return "missing" if shutil.which("mvn") else "missing, and no Maven"


def package_versions() -> list[str]:
    """Give the versions of the packages in .venv."""
    if not environment.PYTHON.exists():
        return ["no .venv yet"] * len(PACKAGES)
    shown = subprocess.run(
        [str(environment.PYTHON), "-c", ASK_FOR_VERSIONS, *PACKAGES],
        stdout=subprocess.PIPE,
        text=True,
    )
    lines = shown.stdout.split("\n")
    return lines if shown.returncode == 0 else ["unknown"] * len(PACKAGES)


def missing_for_postgres(rows: list[tuple[str, str, str]]) -> list[str]:
    """Say what TARGET=postgres and its tests lack here, and how to get it."""
    versions = {name: version for name, version, _ in rows}
    advice = []
    if any(
        not versions[name][:1].isdigit() for name in ("dbt-postgres", "psycopg2-binary")
    ):
        advice.append(
            "PostgreSQL: the adapter is missing. Run: make install TARGET=postgres"
        )
    if not versions["postgres"].startswith("postgres"):
        advice.append(
            "PostgreSQL: no server programs here, so its tests are skipped. A server elsewhere is"
            " enough for make run TARGET=postgres.\nOn Debian: apt-get install postgresql;"
            " elsewhere put initdb and postgres into PATH."
        )
    return advice


def main() -> None:
    """Print one line per part."""
    problem = environment.python_problem(sys.version_info[:2])
    rows = [("python", platform.python_version(), problem or "making .venv")]
    rows += [
        (name, version, use)
        for (name, use), version in zip(PACKAGES.items(), package_versions())
    ]
    rows += [
        ("dbt_utils", dbt_packages.describe(), "everything"),
        ("postgres", postgres_version(), "the tests that compare engines"),
        ("node", program_version("node", "--version"), "the report"),
        ("chromium", shutil.which("chromium") or "not found", "tests of the report, its pictures"),
        ("java", program_version("java", "-version"), "TARGET=spark: openjdk-17-jre-headless"),
        ("delta jars", delta_jars(), "TARGET=spark: make spark-jars, which needs Maven"),
    ]
    missing = missing_for_postgres(rows)
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for name, version, use in rows:
        print(f"  {name:<{widths[0]}}  {version:<{widths[1]}}  {use}")
    for advice in missing:
        print(f"\n{advice}")


if __name__ == "__main__":
    main()
