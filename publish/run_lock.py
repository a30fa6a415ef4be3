"""One writer at a time, and a clear word to the second one.

The lock is one of the operating system on a file beside the database, so that it is
gone when its holder is, however that ends. What stands in the file is only there to be
read by people.
"""

from __future__ import annotations

import fcntl
import getpass
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path


class Busy(Exception):
    """Another run holds the lock; the text says which."""


@contextmanager
def run_lock(path: Path, what: str) -> Iterator[None]:
    """Hold the lock of a file, or raise Busy at once.

    what: what the run does, for people: 'make run'
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise Busy(describe(file.read(), path)) from None
        file.truncate(0)
        file.write(
            json.dumps(
                {
                    "what": what,
                    "process": os.getpid(),
                    "user": getpass.getuser(),
                    "host": socket.gethostname(),
                    "since": datetime.now(UTC).isoformat(timespec="seconds"),
                }
            )
        )
        file.flush()
        try:
            yield
        finally:
            # Whoever reads it later must not take it for a run that goes on.
            file.truncate(0)


def describe(content: str, path: Path) -> str:
    """Say who holds the lock."""
    try:
        holder = json.loads(content)
        return (
            f"Another run is under way: {holder['what']}, process {holder['process']} of "
            f"{holder['user']} on {holder['host']}, since {holder['since']}. Wait until it "
            "has ended, or end it, and run again."
        )
    except (ValueError, KeyError, TypeError):
        # It has just begun, or just ended.
        return f"Another run is under way: it holds {path}. Run again when it has ended."
