"""Reads rule seeds as files: bytes, encoding, lines, and what was found wrong.

Used by check_seeds.py. dbt and the database accept nearly any file and guess
what it means; here a file is read in one way only, and what does not fit is a
problem with a line number.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from pathlib import Path

from seed_descriptions import Description
from seed_values import show


@dataclass
class Line:
    """One line of a file: its number, and its values by column."""

    number: int
    values: dict[str, str]
    bad_columns: set[str] = field(default_factory=set)


@dataclass
class SeedFile:
    """A seed as read: its good lines, and what is wrong as (line number, text).

    `is_readable` is false when the whole file could not be read, `is_complete`
    when some of its lines could not; then other checks can't rely on it.
    """

    description: Description
    path: Path
    lines: list[Line] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)
    line_count: int = 0
    is_readable: bool = True
    is_complete: bool = True

    def report(self, number: int, text: str, key: str = "") -> None:
        """Note a problem of a line, or of the file when `number` is 0."""
        place = self.description.file_name
        if number:
            place += f" line {number}"
        if key:
            place += f" ({key})"
        self.problems.append((number, f"{place}: {text}"))

    def refuse(self, text: str, number: int = 0, key: str = "") -> None:
        """Note a problem that makes reading on pointless."""
        self.is_readable = False
        self.report(number, text, key)

    def report_value(self, line: Line, column: str, text: str) -> None:
        """Note a problem of one value, which later checks then leave alone."""
        line.bad_columns.add(column)
        self.report(line.number, f"{column} is {text}", self.key_of(line.values))

    def key_of(self, values: dict[str, str]) -> str:
        """Say which line it is by its key: scorecard=tier, version=1."""
        return ", ".join(
            f"{name}={show(values[name])[1:-1]}"
            for name in self.description.key
            if name in values
        )

    def key_of_text(self, text: str) -> str:
        """Say the same of a line that could not be read, as far as it goes."""
        return self.key_of(dict(zip(self.description.header, text.split(","))))


def read_text(seed: SeedFile) -> str:
    """Read the file as UTF-8, with or without a byte-order mark."""
    try:
        data = seed.path.read_bytes()
    except FileNotFoundError:
        seed.refuse(missing_file_advice(seed.path))
        return ""
    except OSError as error:
        seed.refuse(f"the file cannot be read: {error.strerror}")
        return ""
    # Most letters of UTF-16 and UTF-32 have a zero byte.
    has_mark = data.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff"))
    if has_mark or data.count(0) > len(data) // 4:
        seed.refuse("the file is UTF-16 or UTF-32; save it as UTF-8")
        return ""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        refuse_encoding(seed, data, error.start)
        return ""
    if not text.strip():
        seed.refuse(
            "the file is empty; restore it, or write at least its header: "
            + ",".join(seed.description.header)
        )
    return text


def missing_file_advice(path: Path) -> str:
    """Say that a file is missing, and which one may be it under another name."""
    names = [other.name for other in path.parent.glob("*.[cC][sS][vV]")]
    others = {name.lower(): name for name in names}
    similar = difflib.get_close_matches(path.name, others, n=1, cutoff=0.85)
    if similar:
        return f"the file is missing; rename {others[similar[0]]} if that is it"
    return "the file is missing; restore it"


def refuse_encoding(seed: SeedFile, data: bytes, place: int) -> None:
    """Report the first byte that is not UTF-8, with the line and value it is in.

    utf-8-sig counts from behind a byte-order mark, so `place` is found anew.
    """
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        place = error.start
    number = data.count(b"\n", 0, place) + 1
    start = data.rfind(b"\n", 0, place) + 1
    # Latin-1 reads any byte, and is mostly what such a file is.
    line = data[start:].split(b"\n", 1)[0].decode("latin-1").strip("\r")
    before, after = line[: place - start], line[place - start :]
    value = before.rpartition(",")[2] + after.partition(",")[0]
    seed.refuse(
        f"byte 0x{data[place]:02x} is not UTF-8, in the value {show(value)} "
        "if the file is Latin-1; save the file as UTF-8",
        number,
        seed.key_of_text(line) if number > 1 else "",
    )


def split_lines(seed: SeedFile, text: str) -> list[str]:
    """Split the text into lines; a final newline begins no further line."""
    if "\n" not in text and "\r" in text:
        seed.refuse("lines end with a lone carriage return; save it with LF or CRLF")
        return []
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    # The last line may lack its newline, so it does not count here.
    ends = [line.endswith("\r") for line in lines[: text.count("\n")]]
    if any(ends) and not all(ends):
        number = ends.index(not ends[0]) + 1
        # DuckDB refuses such a file.
        seed.report(
            number,
            "lines end in two ways, LF and CRLF, beginning here; "
            "save the whole file with one of them",
        )
    lines = [line.removesuffix("\r") for line in lines]
    for number, line in enumerate(lines, start=1):
        if "\r" in line:
            # Some programs see an end of line there, others don't.
            seed.refuse(
                "the line holds a lone carriage return ('\\r'); delete it",
                number,
                seed.key_of_text(line) if number > 1 else "",
            )
            break
    return lines
