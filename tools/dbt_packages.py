"""Put dbt_utils where dbt looks for it: from the hub, or the stand-in.

    .venv/bin/python tools/dbt_packages.py [--try-hub]

dbt reads packages from `dbt_packages/`, or from the folder that
DBT_PACKAGES_INSTALL_PATH names (packages-install-path in dbt_project.yml).

1. A dbt_utils that is there already is used, and the network is not touched.
2. Otherwise the package hub is asked (`dbt deps`), within a time limit: dbt
   tries six times and waits up to 30 seconds each, which in a network that
   drops packets would take minutes.
3. If the hub does not answer, the stand-in from closed_network/ is copied there.
   It is copied, not named by a variable, so that plain `dbt build` works in any
   new shell.

A copied stand-in carries a mark with the time of the attempt. The hub is asked
again a day later, or at once with --try-hub; runs in between don't wait for it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAND_IN = ROOT / "closed_network" / "dbt_packages" / "dbt_utils"
# An absolute path in the variable stays as it is.
FOLDER = ROOT / (os.environ.get("DBT_PACKAGES_INSTALL_PATH") or "dbt_packages")
INSTALLED = FOLDER / "dbt_utils"
MARK = INSTALLED / ".stand_in"
LOG = ROOT / "logs" / "dbt_deps.log"

SECONDS_FOR_THE_HUB = float(os.environ.get("CLIENT_PROFILES_HUB_SECONDS", "60"))
SECONDS_BETWEEN_ATTEMPTS = 24 * 60 * 60


def is_package(folder: Path) -> bool:
    """Tell whether dbt would find a package in this folder."""
    return (folder / "dbt_project.yml").is_file()


def describe() -> str:
    """Say in a few words which dbt_utils dbt will read."""
    if MARK.exists():
        return "the stand-in from closed_network/"
    if not is_package(INSTALLED):
        return "none yet, `make run` gets it"
    if os.environ.get("DBT_PACKAGES_INSTALL_PATH"):
        return f"the one in {FOLDER} (DBT_PACKAGES_INSTALL_PATH)"
    return "from the package hub"


def put_in_place(folder: Path) -> None:
    """Move a complete package folder to where dbt looks for it."""
    shutil.rmtree(INSTALLED, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    shutil.move(str(folder), str(INSTALLED))


def fetch_from_hub() -> bool:
    """Run `dbt deps`; tell whether dbt_utils came and is in place.

    It runs into a folder of its own, because dbt empties the folder first: an
    attempt that fails must not take away what was there.
    """
    with tempfile.TemporaryDirectory(dir=LOG.parent, prefix="deps_") as work:
        environment = {
            **os.environ,
            "DBT_PACKAGES_INSTALL_PATH": work,
            # A remark about a newer version is no reason to refuse a package.
            "DBT_WARN_ERROR": "false",
        }
        command = [
            sys.executable, "-c", "from dbt.cli.main import cli; cli()", "deps",
            "--project-dir", str(ROOT), "--profiles-dir", str(ROOT),
        ]
        with LOG.open("w", encoding="utf-8") as log:
            try:
                result = subprocess.run(
                    command,
                    cwd=ROOT,
                    env=environment,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    timeout=SECONDS_FOR_THE_HUB,
                )
            except subprocess.TimeoutExpired:
                log.write(f"\nStopped after {SECONDS_FOR_THE_HUB:.0f} seconds.\n")
                return False
        fetched = Path(work) / "dbt_utils"
        if result.returncode or not is_package(fetched):
            return False
        put_in_place(fetched)
        return True


def copy_stand_in(last_attempt: float) -> None:
    """Copy the stand-in and mark the copy with the time the hub was asked."""
    with tempfile.TemporaryDirectory(dir=LOG.parent, prefix="deps_") as work:
        copy = Path(work) / "dbt_utils"
        shutil.copytree(STAND_IN, copy)
        mark = copy / MARK.name
        mark.write_text("A copy of closed_network/dbt_packages/dbt_utils.\n")
        os.utime(mark, (last_attempt, last_attempt))
        put_in_place(copy)


def main(try_hub: bool) -> None:
    """Choose one of the three ways and say which in one line."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    if is_package(INSTALLED) and not MARK.exists():
        print(f"    dbt_utils: {describe()}")
        return

    last_attempt = MARK.stat().st_mtime if MARK.exists() else 0.0
    if try_hub or time.time() - last_attempt > SECONDS_BETWEEN_ATTEMPTS:
        if fetch_from_hub():
            print(f"    dbt_utils: {describe()}")
            return
        last_attempt = time.time()
        reason = f"the hub did not answer, see {LOG.relative_to(ROOT)}"
    else:
        reason = "the hub is asked again after a day, or now by `make deps`"
    # Also when a copy is there: it may be older than this version of the project.
    copy_stand_in(last_attempt)
    print(f"    dbt_utils: {describe()} ({reason})")


if __name__ == "__main__":
    main("--try-hub" in sys.argv[1:])
