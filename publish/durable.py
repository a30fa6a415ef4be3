"""Files and folders that are there as a whole or not at all, also after a power cut."""

from __future__ import annotations

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Wait until a file, or the list of files in a folder, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def put_in_place(finished: Path, target: Path) -> None:
    """Let a finished file take the place of another in one step."""
    sync(finished)
    os.replace(finished, target)
    sync(target.parent)


def point_to(pointer: Path, folder: Path) -> None:
    """Let a symbolic link point to another folder beside it, in one step."""
    new = pointer.with_name(f".{pointer.name}.{os.getpid()}")
    new.unlink(missing_ok=True)
    new.symlink_to(folder.name, target_is_directory=True)
    os.replace(new, pointer)
    sync(pointer.parent)
