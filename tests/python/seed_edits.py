"""Ways to edit a CSV seed in a copy of the project, as text.

An edit takes the file's text and gives the new one. Each fails where it finds
nothing to change, so that a test can't pass because a seed was reworded.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

Edit = Callable[[str], str]


def replace(old: str, new: str) -> Edit:
    """Replace `old`, which must be there exactly once."""

    def edit(text: str) -> str:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in it"
        return text.replace(old, new)

    return edit


def append(*lines: str) -> Edit:
    """Add lines at the end."""
    return lambda text: text + "".join(f"{line}\n" for line in lines)


def drop(start: str) -> Edit:
    """Take away every line that begins with `start`."""

    def edit(text: str) -> str:
        lines = text.splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith(start)]
        assert len(kept) < len(lines), f"no line begins with {start!r}"
        return "".join(kept)

    return edit


def repeat(start: str, changes: dict[str, str] | None = None) -> Edit:
    """Add a copy of every line that begins with `start`, with texts replaced."""

    def edit(text: str) -> str:
        copies = [line for line in text.splitlines() if line.startswith(start)]
        assert copies, f"no line begins with {start!r}"
        for old, new in (changes or {}).items():
            copies = [line.replace(old, new, 1) for line in copies]
        return append(*copies)(text)

    return edit


def forget(key: str) -> Edit:
    """Take away every line with this value in its first or second column."""

    def edit(text: str) -> str:
        return "".join(
            line for line in text.splitlines(keepends=True)
            if key not in line.split(",")[:2]
        )

    return edit


def keep_header(text: str) -> str:
    """Take away all lines but the first."""
    return text.splitlines(keepends=True)[0]


def edit_file(path: Path, *edits: Edit) -> None:
    """Apply edits to a file, one after the other."""
    text = path.read_text(encoding="utf-8")
    for edit in edits:
        text = edit(text)
    path.write_text(text, encoding="utf-8")
