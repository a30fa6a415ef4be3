"""Run dbt as `dbt_runner` does, without importing it anew each time.

Importing dbt takes longer than many a run of it here. A server process imports
it once and forks for every command, so each still runs in a process of its own:
nothing is left over from one to the next, and a crash stays with the command.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import tempfile
from pathlib import Path

from dbt_runner import DbtResult, dbt_environment, run_dbt

PRELOADED = ["dbt.cli.main", "dbt.adapters.duckdb", "dbt.adapters.postgres"]


def fork_dbt(
    project_dir: Path,
    args: list[str],
    env: dict[str, str] | None = None,
    timeout: float = 600,
) -> DbtResult:
    """Run `dbt <args>` in `project_dir`; the same as `dbt_runner.run_dbt`."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return run_dbt(project_dir, args, env, timeout)
    context = multiprocessing.get_context("forkserver")
    # It counts for the first command only, which starts the server.
    context.set_forkserver_preload(PRELOADED)
    with tempfile.NamedTemporaryFile(prefix="dbt_output_") as output:
        process = context.Process(
            target=_become_dbt,
            args=(project_dir, args, dbt_environment(project_dir, env), output.name),
        )
        process.start()
        process.join(timeout)
        if process.is_alive():
            process.kill()
            process.join()
            raise TimeoutError(f"dbt {args} took longer than {timeout} seconds")
        text = Path(output.name).read_text(encoding="utf-8", errors="replace")
        return DbtResult(process.exitcode, text)


def _become_dbt(
    folder: Path, args: list[str], env: dict[str, str], output: str
) -> None:
    """Be the dbt command, in the forked process."""
    stream = os.open(output, os.O_WRONLY | os.O_APPEND)
    os.dup2(stream, 1)
    os.dup2(stream, 2)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(folder)

    from dbt.cli.main import cli

    try:
        cli(args)
    finally:
        # A forked process ends without them, and DuckDB's file without its last
        # transactions, which are then still in the file beside it.
        atexit._run_exitfuncs()
