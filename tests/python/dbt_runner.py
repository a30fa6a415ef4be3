"""Run dbt as a user would: in a process of its own, seen by exit code and output."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


# The dbt of the Python that runs the tests, whatever PATH says.
DBT = [sys.executable, "-c", "from dbt.cli.main import cli; cli()"]


@dataclass(frozen=True)
class DbtResult:
    """What a dbt command gave back; `output` holds both of its streams."""

    exit_code: int
    output: str


def dbt_environment(project_dir: Path, env: dict[str, str] | None = None) -> dict:
    """Give the environment of a dbt command that is about `project_dir` only.

    Settings of the shell that runs the tests (the user's own build file, target,
    warn_error) are left out, so that the tests neither touch the user's files nor
    depend on the place. Everything dbt writes goes below `project_dir`.
    """
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DBT_", "CLIENT_PROFILES_"))
    }
    own = {
        "DBT_PROFILES_DIR": str(project_dir),
        "DBT_TARGET_PATH": str(project_dir / "target"),
        "DBT_LOG_PATH": str(project_dir / "logs"),
        "DO_NOT_TRACK": "1",
        "NO_COLOR": "1",
        "DBT_USE_COLORS": "false",
        # The tests run side by side: more threads would only queue.
        "CLIENT_PROFILES_THREADS": "2",
    }
    return {**inherited, **own, **(env or {})}


def run_dbt(
    project_dir: Path,
    args: list[str],
    env: dict[str, str] | None = None,
    timeout: float = 600,
) -> DbtResult:
    """Run `dbt <args>` in `project_dir`; `env` is added to its environment.

    It never raises because dbt failed: look at `exit_code` (0 passed, 1 a node or
    test failed, 2 dbt could not run).
    """
    finished = subprocess.run(
        [*DBT, *args],
        cwd=project_dir,
        env=dbt_environment(project_dir, env),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout,
    )
    return DbtResult(finished.returncode, finished.stdout)
