"""What may stand in one value of a rule seed, and what to write instead.

Used by check_seeds.py. The patterns are those of macros/seed_pattern.sql, which
the warehouse uses; a test holds the two together.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from decimal import Decimal

PATTERNS = {
    "name": r"[A-Za-z][A-Za-z0-9_]*",
    "column": r"[a-z][a-z0-9_]{0,49}",
    "version": r"[A-Za-z0-9][A-Za-z0-9_.-]*",
    "number": r"-?[0-9]{1,12}([.][0-9]{1,6})?",
    "share": r"(0([.][0-9]{1,6})?|1([.]0{1,6})?)",
    "points": r"([0-9]{1,2}([.][0-9]{1,2})?|100([.]0{1,2})?)",
    "integer": r"[0-9]{1,6}",
    "positive_integer": r"[1-9][0-9]{0,5}",
    "date": (
        r"([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
        r"|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
        r"|([0-9]{2}(0[48]|[2468][048]|[13579][26])"
        r"|([02468][048]|[13579][26])00)-02-29)"
    ),
    "month": r"[0-9]{4}-(0[1-9]|1[0-2])-01",
    "boolean": r"(true|false)",
    "color": r"#[0-9A-Fa-f]{6}",
}
FORMATS = {*PATTERNS, "text", "one_of"}

# Lowest value, highest value (None: no limit) and decimals of each number.
NUMBERS = {
    "number": (None, None, 6),
    "share": (0, 1, 6),
    "points": (0, 100, 2),
    "integer": (0, 999999, 0),
    "positive_integer": (1, 999999, 0),
}
# Some program wrote these for "nothing", but they would be loaded as words.
NULL_WORDS = {"null", "na", "n/a", "nan", "none", "nil", "#n/a", "<na>"}
# Whoever reviews the file would read something else than what is loaded.
TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
SPREADSHEET_ERRORS = {"#null!", "#ref!", "#value!", "#div/0!", "#name?", "#num!"}


def show(value: str) -> str:
    """Give `value` in quotes, shortened, with everything invisible escaped."""
    short = value if len(value) <= 60 else value[:57] + "..."
    return repr(short)


def value_problem(value: str, format: str, required: bool, one_of: list[str]) -> str:
    """Check one value.

    Takes the value as read, and what the description says of its column.
    Returns what is wrong and what to do, as in "'0,20'; write it with a point:
    0.20" (to be read after "weight is"); an empty text when it is all right.
    """
    if value == "":
        return "empty; fill it in" if required else ""
    advice = (
        character_advice(value)
        or edge_advice(value, required)
        or placeholder_advice(value, required, one_of)
        or format_advice(value, format, one_of)
    )
    return f"{show(value)}; {advice}" if advice else ""


def character_advice(value: str) -> str:
    """Say what to do about characters no one can see or that stand for damage."""
    if "\ufffd" in value:
        return (
            "it holds the sign for a damaged letter: "
            "type the value again and save the file as UTF-8"
        )
    for character in value:
        if character in TURNING:
            sign = show(character)
            return f"it holds a sign that turns the direction of writing ({sign}): delete it"
        # A byte-order mark inside a value comes from files put together.
        is_control = unicodedata.category(character) in ("Cc", "Zl", "Zp")
        if is_control or character == "\ufeff":
            kind = "a tab" if character == "\t" else "a control character"
            return f"it holds {kind} ({show(character)}): delete it"
    return ""


def is_blank(character: str) -> bool:
    """Tell whether a character is a space of any kind or has no width."""
    return character.isspace() or unicodedata.category(character) == "Cf"


def edge_advice(value: str, required: bool) -> str:
    """Say what to do about spaces before and after a value, or quotes around it."""
    if all(is_blank(character) for character in value):
        return f"it holds only spaces: {instead_of_nothing(required)}"
    ends = [
        place
        for place, character in (("before", value[0]), ("after", value[-1]))
        if is_blank(character)
    ]
    if ends:
        return f"take away the space {' and '.join(ends)} it"
    if len(value) > 1 and value[0] == value[-1] == "'":
        # DuckDB would take them for quotes when the file has no double ones.
        return "take away the single quotes; only double quotes enclose a value"
    return ""


def instead_of_nothing(required: bool) -> str:
    """Say what to write where there is no value."""
    return "fill it in" if required else "leave it empty"


def placeholder_advice(value: str, required: bool, one_of: list[str]) -> str:
    """Say what to do about null, NA and the like, unless it is a known word."""
    word = value.lower()
    if word in SPREADSHEET_ERRORS:
        return "it is a spreadsheet's error: write the value it should have"
    if word in NULL_WORDS and word not in [known.lower() for known in one_of]:
        instead = "fill it in, or use another word" if required else "leave it empty"
        return f"it is loaded as a word, not as nothing: {instead}"
    return ""


def format_advice(value: str, format: str, one_of: list[str]) -> str:
    """Say how to write `value` so that it has its column's format."""
    if format == "text":
        return ""
    if format == "one_of":
        return "" if value in one_of else f"write {' or '.join(one_of)}"
    if re.fullmatch(PATTERNS[format], value):
        is_date = format in ("date", "month")
        return day_advice(value) if is_date else ""
    if format in NUMBERS:
        return number_advice(value, format)
    if format in ("date", "month"):
        return date_advice(value, format)
    if format == "boolean" and value.lower() in ("true", "false"):
        return f"write it in lower case: {value.lower()}"
    return {
        "name": "use only letters without accents, digits and underscores, "
        "and a letter first",
        "column": "use at most fifty small letters without accents, digits and "
        "underscores, and a letter first",
        "version": "use only letters, digits, points, dashes and underscores",
        "boolean": "write true or false",
        "color": "write a colour as # and six digits 0-9, a-f: #rrggbb",
    }[format]


def day_advice(value: str) -> str:
    """Say that a well-written day is not in the calendar, as 2025-02-30."""
    try:
        datetime.date.fromisoformat(value)
    except ValueError:
        return "there is no such day in the calendar"
    return ""


def date_advice(value: str, format: str) -> str:
    """Say how to write a day that is not written YYYY-MM-DD."""
    if re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", value):
        return day_advice(value) or (
            f"it must be the first day of a month: {value[:8]}01"
        )
    parts = re.match(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?![0-9])", value)
    if parts:
        year, month, day = (int(part) for part in parts.groups())
        return f"write it as YYYY-MM-DD: {year:04}-{month:02}-{day:02}"
    # 03/04/2025 is another day in each country, so nothing is suggested.
    return "write it as YYYY-MM-DD, year first"


def number_advice(value: str, format: str) -> str:
    """Say how to write a number that does not have its format."""
    if re.fullmatch(r"-?[0-9]+([.][0-9]+)?", value):
        return limit_advice(value, format)
    advice, repaired = other_notation(value, format)
    if not advice:
        return f"it is not a number: {number_rule(format)}"
    if repaired and not re.fullmatch(PATTERNS[format], repaired):
        return f"{advice} ({number_rule(format)})"
    return advice


def number_rule(format: str) -> str:
    """Say in words which numbers a format takes."""
    lowest, highest, decimals = NUMBERS[format]
    kind = f"a number with a point and at most {decimals} decimals"
    if decimals == 0:
        kind = "a whole number"
    if lowest is None:
        return f"write {kind}"
    return f"write {kind}, from {lowest} to {highest}"


def limit_advice(value: str, format: str) -> str:
    """Say which limit a number written in the usual way goes over."""
    lowest, highest, allowed = NUMBERS[format]
    before, _, decimals = value.partition(".")
    if lowest is not None and value.startswith("-"):
        return f"it is negative: {number_rule(format)}"
    if len(before.lstrip("-")) > 12:
        return "it has more than 12 digits before the point"
    if lowest is not None and not lowest <= Decimal(value) <= highest:
        return f"it must be from {lowest} to {highest}"
    if decimals and allowed == 0:
        return number_rule(format)
    if len(decimals) > allowed:
        return f"it has {len(decimals)} decimals, at most {allowed} are kept"
    return f"write it without zeros in front: {before.lstrip('0') or '0'}" + (
        f".{decimals}" if decimals else ""
    )


def other_notation(value: str, format: str) -> tuple[str, str]:
    """Recognise numbers as people and spreadsheets in other places write them.

    Returns advice and the number as it should be written; the second is empty
    where only the writer can know it, both are empty for what is no number.
    """
    text = value.replace(" ", "").replace("\xa0", "").replace("\u202f", "")
    if re.fullmatch(r"[-+]?[0-9]+([.,][0-9]+)?%", text):
        return percent_notation(text[:-1].replace(",", "."), format)
    if re.fullmatch(r"-?[0-9]{1,3},[0-9]{3}", text) and format not in (
        "share", "points",
    ):
        whole, point = text.replace(",", ""), text.replace(",", ".")
        if NUMBERS[format][2] == 0:
            return f"write it without a thousands separator: {whole}", whole
        return f"write {point} or {whole}, whichever you mean", ""
    if re.fullmatch(r"-?[0-9]+,[0-9]+", text):
        repaired = text.replace(",", ".")
        return f"write it with a point: {repaired}", repaired
    thousands = (
        (r"-?[0-9]{1,3}([.][0-9]{3})+(,[0-9]+)?", ".", ","),
        (r"-?[0-9]{1,3}(,[0-9]{3})+([.][0-9]+)?", ",", "."),
        (r"-?[0-9]{1,3}(['’_][0-9]{3})+([.][0-9]+)?", "'’_", "."),
    )
    for pattern, separators, point in thousands:
        if re.fullmatch(pattern, text):
            digits = "".join(sign for sign in text if sign not in separators)
            repaired = digits.replace(point, ".")
            return f"write it without thousands separators: {repaired}", repaired
    if text != value and re.fullmatch(r"-?[0-9]+([.][0-9]+)?", text):
        return f"write it without spaces: {text}", text
    if re.fullmatch(r"[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]{1,2})?", value):
        repaired = format_decimal(value)
        return f"write it as plain digits: {repaired}", repaired
    return "", ""


def percent_notation(digits: str, format: str) -> tuple[str, str]:
    """Say how to write a percentage; `digits` is what stands before the sign."""
    plain, share = format_decimal(digits), format_decimal(str(Decimal(digits) / 100))
    advice = "write it without the percent sign"
    if format == "share":
        return f"{advice}, as a share of 1: {share}", share
    if format == "number":
        return f"{advice}: {share} or {plain}, as the metric is measured", ""
    return f"{advice}: {plain}", plain


def format_decimal(text: str) -> str:
    """Write a number with digits and a point only, never with an exponent."""
    return f"{Decimal(text):f}"
