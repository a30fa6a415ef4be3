"""Make the project's Python environment and install hash-pinned packages.

    python3 tools/environment.py requirements.txt [requirements-dev.txt ...]

It creates `.venv` when it is missing, installs each requirements file whose
content changed since it was last installed, and does nothing otherwise, so that
it can run in front of every other command. Standard library only: it runs
before anything is installed.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
# What is installed, and for which interpreter and place it was.
RECORD = ENVIRONMENT / "installed.json"

OLDEST_PYTHON = (3, 11)
NEWEST_PYTHON = (3, 13)


def python_problem(version: tuple[int, int]) -> str | None:
    """Say why this Python can't be used, or nothing when it can."""
    if OLDEST_PYTHON <= version <= NEWEST_PYTHON:
        return None
    return (
        f"This is Python {version[0]}.{version[1]}, but the project needs "
        f"{OLDEST_PYTHON[0]}.{OLDEST_PYTHON[1]} to "
        f"{NEWEST_PYTHON[0]}.{NEWEST_PYTHON[1]} (dbt 1.11 runs on 3.10 to 3.13). "
        "Name another one, for example: make run PYTHON=python3.11"
    )


def read_record() -> dict:
    """Read what an earlier run installed; nothing when it can't be relied on."""
    try:
        record = json.loads(RECORD.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    # The scripts of an environment hold its path, so a moved or copied one is
    # broken; and packages belong to one Python version.
    same_place = record.get("place") == str(ENVIRONMENT)
    same_python = record.get("python") == list(sys.version_info[:2])
    return record if same_place and same_python and PYTHON.exists() else {}


def write_record(record: dict) -> None:
    """Replace the record in one step, so that it is never half written."""
    temporary = RECORD.with_suffix(".tmp")
    temporary.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    os.replace(temporary, RECORD)


def install(requirements: Path) -> None:
    """Install one hash-pinned file; stop with pip's exit code if it fails."""
    result = subprocess.run(
        [
            str(PYTHON), "-m", "pip", "install",
            "--quiet", "--disable-pip-version-check", "--no-input",
            "--require-hashes", "--requirement", str(requirements),
        ],
        cwd=ROOT,
    )
    if result.returncode:
        sys.exit(result.returncode)


def main(names: list[str]) -> None:
    """Bring the environment to the state the requirements files describe."""
    problem = python_problem(sys.version_info[:2])
    if problem:
        sys.exit(problem)

    record = read_record()
    if not record:
        print("==> create .venv", flush=True)
        venv.create(ENVIRONMENT, clear=True, with_pip=True)
        record = {
            "place": str(ENVIRONMENT),
            "python": list(sys.version_info[:2]),
            "files": {},
        }
        write_record(record)

    for name in names:
        requirements = ROOT / name
        digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
        if record["files"].get(name) == digest:
            continue
        print(f"==> install {name} (a minute or two the first time)", flush=True)
        started = time.monotonic()
        install(requirements)
        # Recorded only now: an interrupted installation is done again.
        record["files"][name] = digest
        write_record(record)
        print(f"    done in {time.monotonic() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
