"""A folder that one test process fills and all of them read."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def built_once(
    factory: pytest.TempPathFactory, name: str, build: Callable[[Path], None]
) -> Path:
    """Give the folder; the first process that asks builds it, the others wait.

    build: fills the folder that it is given, which is not there yet. When it fails, the
      next one that asks tries again.
    """
    parent = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        parent = parent.parent
    folder, done = parent / name, parent / f"{name}.built"
    with (parent / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            # What a failed build left would hide why the next attempt fails.
            shutil.rmtree(folder, ignore_errors=True)
            build(folder)
            done.touch()
    return folder
