"""Reads the header and the lines of a rule seed, and checks value by value.

Used by check_seeds.py.
"""

from __future__ import annotations

import csv
import difflib
import re
from pathlib import Path

from seed_descriptions import Column, Description
from seed_files import Line, SeedFile, read_text, split_lines
from seed_values import NUMBERS, show, value_problem

OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}
# A value is enclosed in double quotes as a whole, or has none in it.
VALUE = r'(?:"(?:[^"]|"")*"|[^",]*)'
LINE = re.compile(f"{VALUE}(?:,{VALUE})*", re.DOTALL)
# An overlong value is not this module's business; csv would stop at 131,072.
csv.field_size_limit(2**31 - 1)


def read_seed(folder: Path, description: Description) -> SeedFile:
    """Read one seed of a folder and check its form, value by value."""
    seed = SeedFile(description, folder / description.file_name)
    text = read_text(seed)
    lines = split_lines(seed, text) if seed.is_readable else []
    seed.line_count = len(lines)
    if seed.is_readable:
        check_header(seed, lines[0])
    if seed.is_readable:
        read_lines(seed, lines)
    return seed


def check_header(seed: SeedFile, text: str) -> None:
    """Compare the header with the expected one.

    Seeds are loaded by position, so a header that differs at all means that
    values may be in the wrong column: then the lines are not looked at.
    """
    expected = seed.description.header
    delimiter = other_delimiter(text, expected)
    if delimiter:
        seed.refuse(
            f"values are separated by {OTHER_DELIMITERS[delimiter]} "
            f"({show(delimiter)}); save the file with commas",
            1,
        )
    elif not LINE.fullmatch(text):
        seed.refuse(f"the header's double quotes are not closed: {show(text)}", 1)
    else:
        for problem in header_problems(split_values(text), expected):
            seed.refuse(problem, 1)


def other_delimiter(text: str, expected: list[str]) -> str:
    """Find what separates the expected names when it is not a comma."""
    for delimiter in OTHER_DELIMITERS:
        parts = [part.strip('" ') for part in text.split(delimiter)]
        if len(set(parts) & set(expected)) > 1:
            return delimiter
    return ""


def header_problems(found: list[str], expected: list[str]) -> list[str]:
    """Say how the names of the columns differ from the expected ones.

    Takes both lists of names. Returns one sentence per column with what to do.
    """
    if found == expected:
        return []
    if not any(tidy(name) in expected for name in found):
        return [
            f"the first line must name the columns: {','.join(expected)}; "
            f"found {show(','.join(found))}"
        ]
    problems = []
    missing = [name for name in expected if name not in map(tidy, found)]
    unknown = []
    seen: set[str] = set()
    for position, name in enumerate(found):
        if not name.strip():
            problems.append(
                f"column {position + 1} has no name; "
                + blank_name_advice(position, expected, missing)
            )
        elif tidy(name) in seen:
            problems.append(f"column {show(name)} stands twice; delete one of them")
        elif tidy(name) in expected:
            if name != tidy(name):
                problems.append(
                    f"column {show(name)} must be written {tidy(name)}: "
                    "lower case, no spaces"
                )
        else:
            unknown.append((position, name))
        seen.add(tidy(name))
    for position, name in unknown:
        meant = renamed_column(name, position, found, expected, missing)
        if meant:
            missing.remove(meant)
            problems.append(f"column {show(name)} is not known; did you mean {meant}?")
        else:
            problems.append(f"column {show(name)} is not known; delete it")
    for name in missing:
        problems.append(
            f"column {name} is missing; add it as column {expected.index(name) + 1}"
        )
    return problems or [
        "the columns are in another order; write them as "
        f"{','.join(expected)}; found {','.join(found)}"
    ]


def tidy(name: str) -> str:
    """Write a column's name the usual way: lower case, no spaces at the ends."""
    return re.sub(r"[\s\u200b\ufeff]+", "_", name.strip(" \t\xa0\u200b\ufeff")).lower()


def blank_name_advice(position: int, expected: list[str], missing: list[str]) -> str:
    """Say what to do about a column without name; takes its name off `missing`."""
    if position < len(expected) and expected[position] in missing:
        missing.remove(expected[position])
        return f"write {expected[position]}"
    return "delete the column"


def renamed_column(
    name: str, position: int, found: list[str], expected: list[str], missing: list[str]
) -> str:
    """Find which missing column an unknown one may be: similar, or in its place."""
    similar = difflib.get_close_matches(tidy(name), missing, n=1)
    if similar:
        return similar[0]
    if len(found) == len(expected) and expected[position] in missing:
        return expected[position]
    return ""


def split_values(text: str) -> list[str]:
    """Split a line that matches LINE into its values."""
    return next(csv.reader([text], strict=True), [""])


def read_lines(seed: SeedFile, lines: list[str]) -> None:
    """Read all lines behind the header; none at all is a problem of its own."""
    index = 1
    while index < len(lines):
        index += read_line(seed, lines, index)
    if seed.lines or seed.description.may_be_empty:
        return
    seed.is_readable = False
    if not seed.problems:
        seed.report(0, "the file holds only its header; restore its lines")


def read_line(seed: SeedFile, lines: list[str], index: int) -> int:
    """Read the line at `index`; return how many lines of the file that took."""
    text, number = lines[index], index + 1
    if not text.strip(", \t\xa0"):
        seed.report(number, f"the line is blank ({show(text)}); delete it")
        return 1
    if not LINE.fullmatch(text):
        seed.is_complete = False
        return report_quotes(seed, lines, index)
    values = split_values(text)
    columns = seed.description.columns
    if len(values) == len(columns):
        take_line(seed, Line(number, dict(zip(seed.description.header, values))))
    else:
        report_count(seed, number, text, values)
    return 1


def take_line(seed: SeedFile, line: Line) -> None:
    """Check each value of a line and keep the line."""
    seed.lines.append(line)
    for column in seed.description.columns:
        if column.name in line.bad_columns:
            continue
        problem = check_value(line.values[column.name], column)
        if problem:
            seed.report_value(line, column.name, problem)


def check_value(value: str, column: Column) -> str:
    """Say what is wrong with a value of a column; empty when nothing is."""
    return value_problem(value, column.format, column.required, column.one_of)


def report_quotes(seed: SeedFile, lines: list[str], index: int) -> int:
    """Report double quotes that do not enclose a value; return lines taken."""
    text, count = lines[index], len(seed.description.columns)
    key = seed.key_of_text(text)
    for end in range(index + 1, min(index + 50, len(lines))):
        if lines[end].count('"') % 2:
            whole = "\n".join(lines[index : end + 1])
            if LINE.fullmatch(whole) and len(split_values(whole)) == count:
                seed.report(
                    index + 1,
                    f"a value goes on over line {end + 1}; write it on one line",
                    key,
                )
                return end + 1 - index
            break
    good = re.match(f"(?:{VALUE},)*", text).group()
    position = min(len(split_values(good)) - 1 if good else 0, count - 1)
    column = seed.description.header[position]
    value = show(text[len(good) :])
    if text.count('"') % 2:
        advice = "a double quote is not closed: close it, or delete it"
    else:
        advice = (
            "a double quote stands inside the value: put the whole value in double "
            'quotes and write the one inside twice, as in "5"" pipe"'
        )
    seed.report(index + 1, f"{column} is {value}; {advice}", key)
    return 1


def report_count(seed: SeedFile, number: int, text: str, values: list[str]) -> None:
    """Report a line that has not as many values as the header has columns."""
    repaired = join_decimal_comma(values, seed.description.columns)
    if repaired:
        position, joined = repaired
        name = seed.description.header[position]
        line = Line(number, dict(zip(seed.description.header, joined)), {name})
        comma = joined[position].replace(".", ",")
        seed.report_value(
            line, name, f"{show(comma)}; write it with a point: {joined[position]}"
        )
        # The rest of the line is known, so that nothing else is reported missing.
        take_line(seed, line)
        return
    seed.is_complete = False
    has = f"the line has {len(values)} value{'s' if len(values) > 1 else ''}"
    expected = len(seed.description.columns)
    for delimiter, word in OTHER_DELIMITERS.items():
        if len(values) == 1 and text.count(delimiter) == expected - 1:
            seed.report(number, f"values are separated by {word}; write commas")
            return
    if len(values) < expected:
        advice = "add what is missing; an empty value has its comma too"
    elif not any(values[expected:]):
        advice = "delete the commas at its end"
    else:
        advice = (
            "write decimals with a point, and put a text that holds a comma "
            "in double quotes"
        )
    seed.report(
        number,
        f"{has}, the header has {expected}: {show(text)}; {advice}",
        seed.key_of_text(text),
    )


def join_decimal_comma(
    values: list[str], columns: list[Column]
) -> tuple[int, list[str]] | None:
    """Find the number whose decimal comma made one value too many.

    Returns the column's position and the line with a point in it, if joining two
    neighbours makes every value of the line fit its column in exactly one way.
    """
    if len(values) != len(columns) + 1:
        return None
    found = []
    for position, column in enumerate(columns):
        pair = f"{values[position]}.{values[position + 1]}"
        if column.format in NUMBERS and re.fullmatch(r"-?[0-9]+[.][0-9]+", pair):
            joined = [*values[:position], pair, *values[position + 2 :]]
            # The number itself may be wrong in other ways as well.
            others = zip(
                joined[:position] + joined[position + 1 :],
                columns[:position] + columns[position + 1 :],
            )
            if not any(check_value(value, other) for value, other in others):
                found.append((position, joined))
    # Two ways to read it, as in 0,50,200: only the writer knows.
    return found[0] if len(found) == 1 else None
