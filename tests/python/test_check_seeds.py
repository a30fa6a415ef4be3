"""Tests of tools/check_seeds.py: one defect at a time, in a copy of the seeds.

Each defect must end with exit code 1 and a message that names the seed, the
line's key and the value, and says what to do; and it must be the only message,
so that whoever reads it is led to the cause.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from project_files import ROOT

TOOL = ROOT / "tools" / "check_seeds.py"
SEEDS = ROOT / "seeds" / "scorecards"
sys.path.insert(0, str(TOOL.parent))

import check_seeds  # noqa: E402
import seed_values  # noqa: E402

Change = Callable[[bytes], bytes]


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """Give a copy of the shipped seeds that a test may spoil."""
    return Path(shutil.copytree(SEEDS, tmp_path / "scorecards"))


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, list[str]]]:
    """Give a function that checks a folder and returns exit code and lines."""

    def run(folder: Path) -> tuple[int, list[str]]:
        code = check_seeds.main([str(folder)])
        return code, capsys.readouterr().out.splitlines()

    return run


# --- ways to spoil a file ------------------------------------------------------


def change(old: str, new: str) -> Change:
    """Replace the first `old`, which must be there, by `new`."""

    def spoil(data: bytes) -> bytes:
        assert old.encode() in data, f"the seeds no longer hold {old!r}"
        return data.replace(old.encode(), new.encode(), 1)

    return spoil


def everywhere(old: str, new: str) -> Change:
    """Replace every `old` by `new`."""
    return lambda data: data.replace(old.encode(), new.encode())


def append(line: str) -> Change:
    """Add a line at the end."""
    return lambda data: data + line.encode() + b"\n"


def encode(encoding: str, old: str = "", new: str = "") -> Change:
    """Save the file in another encoding, after a replacement."""
    return lambda data: change(old, new)(data).decode().encode(encoding)


def only(content: bytes) -> Change:
    """Replace the whole file."""
    return lambda data: content


def keep_header(data: bytes) -> bytes:
    """Drop all lines but the header."""
    return data.split(b"\n")[0] + b"\n"


def map_lines(edit: Callable[[list[bytes]], list[bytes]]) -> Change:
    """Edit the comma-separated parts of every line."""
    return lambda data: b"".join(
        b",".join(edit(line.split(b","))) + b"\n" for line in data.splitlines()
    )


WEIGHTS = "criterion_weights"
MARGIN = "criterion_weights.csv line 5 (scorecard=relationship, version=1, criterion=margin): "
MARGIN_OLD = "1,margin,0.20,"
BAND = (
    "score_bands.csv line 2 "
    "(scorecard=relationship, version=1, criterion=order_volume, band=minimal): "
)
BAND_OLD = "minimal,,50,0,below 50"
VERSION = "scorecard_versions.csv line 2 (scorecard=relationship, version=1): "
PROFILE = "profiles.csv line 2 (scorecard=relationship, profile=A): "
CRITERION = "criteria.csv line 2 (criterion=order_volume): "


def weight(text: str) -> tuple[str, Change]:
    """Spoil the weight of margin in version 1."""
    return WEIGHTS, change(MARGIN_OLD, f"1,margin,{text},")


# id: (seed, change, the whole message)
VALUES = {
    "negative_weight": (
        *weight("-0.20"),
        MARGIN + "weight is '-0.20'; it is negative: "
        "write a number with a point and at most 6 decimals, from 0 to 1",
    ),
    "weight_above_one": (*weight("20"), MARGIN + "weight is '20'; it must be from 0 to 1"),
    "weight_with_too_many_decimals": (
        *weight("0.2000001"),
        MARGIN + "weight is '0.2000001'; it has 7 decimals, at most 6 are kept",
    ),
    "decimal_comma": (
        *weight("0,35"),
        MARGIN + "weight is '0,35'; write it with a point: 0.35",
    ),
    "quoted_decimal_comma": (
        *weight('"0,35"'),
        MARGIN + "weight is '0,35'; write it with a point: 0.35",
    ),
    "percent_sign": (
        *weight("20%"),
        MARGIN + "weight is '20%'; "
        "write it without the percent sign, as a share of 1: 0.2",
    ),
    "plus_sign": (*weight("+0.2"), MARGIN + "weight is '+0.2'; write it as plain digits: 0.2"),
    "exponent": (*weight("2e-1"), MARGIN + "weight is '2e-1'; write it as plain digits: 0.2"),
    "no_leading_zero": (*weight(".2"), MARGIN + "weight is '.2'; write it as plain digits: 0.2"),
    "leading_zeros": (
        *weight("00.2"),
        MARGIN + "weight is '00.2'; write it without zeros in front: 0.2",
    ),
    "infinity": (
        *weight("inf"),
        MARGIN + "weight is 'inf'; it is not a number: "
        "write a number with a point and at most 6 decimals, from 0 to 1",
    ),
    "sql_text_in_a_number": (
        *weight("1; drop table x"),
        MARGIN + "weight is '1; drop table x'; it is not a number: "
        "write a number with a point and at most 6 decimals, from 0 to 1",
    ),
    "sql_text_in_a_name": (
        WEIGHTS, change("1,margin,", "1,margin' or 1=1 --,"),
        "criterion_weights.csv line 5 (scorecard=relationship, version=1, "
        "criterion=margin' or 1=1 --): criterion is \"margin' or 1=1 --\"; use at most "
        "fifty small letters without accents, digits and underscores, and a letter first",
    ),
    "sql_text_in_a_version": (
        WEIGHTS, change("relationship,1,margin,", "relationship,1;x,margin,"),
        "criterion_weights.csv line 5 (scorecard=relationship, version=1;x, "
        "criterion=margin): version is '1;x'; "
        "use only letters, digits, points, dashes and underscores",
    ),
    "empty_required_value": (*weight(""), MARGIN + "weight is empty; fill it in"),
    "null_required": (
        *weight("null"),
        MARGIN + "weight is 'null'; it is loaded as a word, not as nothing: "
        "fill it in, or use another word",
    ),
    "null_where_nothing_may_stand": (
        "score_bands", change(BAND_OLD, "minimal,NULL,50,0,below 50"),
        BAND + "lower_bound is 'NULL'; it is loaded as a word, not as nothing: leave it empty",
    ),
    "spreadsheet_not_available": (
        "criteria", change("orders per month", "#N/A"),
        CRITERION + "unit is '#N/A'; it is loaded as a word, not as nothing: "
        "fill it in, or use another word",
    ),
    "spreadsheet_error": (
        "criteria", change("orders per month", "#REF!"),
        CRITERION + "unit is '#REF!'; it is a spreadsheet's error: "
        "write the value it should have",
    ),
    "none_where_it_is_no_known_word": (
        WEIGHTS, change("0.20,none,worst", "0.20,none,none"),
        MARGIN + "missing_value_policy is 'none'; "
        "it is loaded as a word, not as nothing: fill it in, or use another word",
    ),
    "none_in_capitals": (
        WEIGHTS, change("0.20,none,worst", "0.20,None,worst"),
        MARGIN + "normalization is 'None'; write none or percent_rank or min_max",
    ),
    "points_above_100": (
        "score_bands", change(BAND_OLD, "minimal,,50,101,below 50"),
        BAND + "points is '101'; it must be from 0 to 100",
    ),
    "points_below_0": (
        "score_bands", change(BAND_OLD, "minimal,,50,-1,below 50"),
        BAND + "points is '-1'; it is negative: "
        "write a number with a point and at most 2 decimals, from 0 to 100",
    ),
    "points_with_too_many_decimals": (
        "score_bands", change(BAND_OLD, "minimal,,50,0.125,below 50"),
        BAND + "points is '0.125'; it has 3 decimals, at most 2 are kept",
    ),
    "thousands_with_points": (
        "score_bands", change(BAND_OLD, "minimal,,1.234.567,0,below"),
        BAND + "upper_bound is '1.234.567'; "
        "write it without thousands separators: 1234567",
    ),
    "thousands_and_decimal_comma": (
        "score_bands", change(BAND_OLD, 'minimal,,"1.234,5",0,below'),
        BAND + "upper_bound is '1.234,5'; write it without thousands separators: 1234.5",
    ),
    "comma_that_may_be_either": (
        "score_bands", change(BAND_OLD, 'minimal,,"1,500",0,below'),
        BAND + "upper_bound is '1,500'; write 1.500 or 1500, whichever you mean",
    ),
    "spaces_in_a_number": (
        "score_bands", change(BAND_OLD, "minimal,,1\xa0500,0,below"),
        BAND + r"upper_bound is '1\xa0500'; write it without spaces: 1500",
    ),
    "too_many_digits": (
        "score_bands", change(BAND_OLD, "minimal,,1234567890123,0,below"),
        BAND + "upper_bound is '1234567890123'; it has more than 12 digits before the point",
    ),
    "digits_of_another_script": (
        "score_bands", change(BAND_OLD, "minimal,,٥٠,0,below"),
        BAND + "upper_bound is '٥٠'; it is not a number: "
        "write a number with a point and at most 6 decimals",
    ),
    "fraction_of_a_month": (
        WEIGHTS, change("0.20,none,worst,2", "0.20,none,worst,2.5"),
        MARGIN + "maximum_age_months is '2.5'; write a whole number, from 0 to 999999",
    ),
    "zero_where_one_is_least": (
        "profiles", change("A,1,A", "A,0,A"),
        PROFILE + "rank is '0'; it must be from 1 to 999999",
    ),
    "day_not_in_the_calendar": (
        "scorecard_versions", change("2024-10-21", "2025-02-30"),
        VERSION + "approved_on is '2025-02-30'; there is no such day in the calendar",
    ),
    "day_first": (
        "scorecard_versions", change("2024-10-21", "21/10/2024"),
        VERSION + "approved_on is '21/10/2024'; write it as YYYY-MM-DD, year first",
    ),
    "day_without_zeros": (
        "scorecard_versions", change("2024-10-21", "2024-9-1"),
        VERSION + "approved_on is '2024-9-1'; write it as YYYY-MM-DD: 2024-09-01",
    ),
    "middle_of_a_month": (
        "scorecard_versions", change("2024-11-01", "2024-11-15"),
        VERSION + "effective_from is '2024-11-15'; "
        "it must be the first day of a month: 2024-11-01",
    ),
    "boolean_in_capitals": (
        "profiles", change(",true,", ",TRUE,"),
        PROFILE + "is_ideal is 'TRUE'; write it in lower case: true",
    ),
    "wrong_boolean": (
        "profiles", change(",true,", ",yes,"),
        PROFILE + "is_ideal is 'yes'; write true or false",
    ),
    "wrong_color": (
        "profiles", change("#0072B2", "blue"),
        PROFILE + "color is 'blue'; write a colour as # and six digits 0-9, a-f: #rrggbb",
    ),
    "unknown_word": (
        "scorecard_versions", change("1,approved,", "1,aproved,"),
        VERSION + "status is 'aproved'; write approved or candidate",
    ),
    "trailing_space_in_a_key": (
        WEIGHTS, change("1,margin,", "1,margin ,"),
        "criterion_weights.csv line 5 (scorecard=relationship, version=1, "
        "criterion=margin ): criterion is 'margin '; take away the space after it",
    ),
    "trailing_space_in_a_key_others_refer_to": (
        "criteria", change("\nmargin,", "\nmargin ,"),
        "criteria.csv line 5 (criterion=margin ): "
        "criterion is 'margin '; take away the space after it",
    ),
    "leading_non_breaking_space": (
        "criteria", change("orders per month", "\xa0orders"),
        CRITERION + r"unit is '\xa0orders'; take away the space before it",
    ),
    "zero_width_space": (
        "criteria", change("orders per month", "orders\u200b"),
        CRITERION + r"unit is 'orders\u200b'; take away the space after it",
    ),
    "only_spaces": (
        "criteria", change("orders per month", "  "),
        CRITERION + "unit is '  '; it holds only spaces: fill it in",
    ),
    "tab_in_a_value": (
        "criteria", change("orders per month", "orders\tper month"),
        CRITERION + r"unit is 'orders\tper month'; it holds a tab ('\t'): delete it",
    ),
    "nul_byte": (
        "criteria", change("orders per month", "orders\0"),
        CRITERION + r"unit is 'orders\x00'; it holds a control character ('\x00'): delete it",
    ),
    "damaged_letter": (
        "criteria", change("orders per month", "orders \ufffd month"),
        CRITERION + "unit is 'orders � month'; it holds the sign for a damaged letter: "
        "type the value again and save the file as UTF-8",
    ),
    "single_quotes_around_a_value": (
        "criteria", change("orders per month", "'orders'"),
        CRITERION + "unit is \"'orders'\"; "
        "take away the single quotes; only double quotes enclose a value",
    ),
}

LINES = {
    "duplicate_key": (
        WEIGHTS, append("tier,1,revenue,0.6,none,worst,0"),
        "criterion_weights.csv line 29 (scorecard=tier, version=1, criterion=revenue): "
        "this key stands on line 26 already; keep one of the two lines",
    ),
    "unknown_scorecard": (
        "scorecard_versions", change("tier,1,", "teir,1,"),
        "scorecard_versions.csv line 5 (scorecard=teir, version=1): "
        "no line of scorecards.csv has scorecard 'teir'; correct it here, or add it there",
    ),
    "unknown_criterion": (
        WEIGHTS, change("1,margin,", "1,margn,"),
        "criterion_weights.csv line 5 (scorecard=relationship, version=1, criterion=margn): "
        "no line of criteria.csv has criterion 'margn'; correct it here, or add it there",
    ),
    "unknown_profile": (
        "profile_rules", change("a_by_score,A,", "a_by_score,E,"),
        "profile_rules.csv line 2 (scorecard=relationship, version=1, rule=a_by_score, "
        "subject=score, subject_name=): no line of profiles.csv has scorecard "
        "'relationship' and profile 'E'; correct it here, or add it there",
    ),
    "unknown_on_many_lines": (
        "score_bands", everywhere(",1,autonomy,", ",1,autonomie,"),
        "score_bands.csv line 29 (scorecard=relationship, version=1, criterion=autonomie, "
        "band=dependent): no line of criterion_weights.csv has scorecard 'relationship' "
        "and version '1' and criterion 'autonomie' (and 3 more lines); "
        "correct it here, or add it there",
    ),
    "missing_value": (
        WEIGHTS, change("margin,0.20,none,", "margin,0.20,"),
        MARGIN + "the line has 6 values, the header has 7: "
        "'relationship,1,margin,0.20,worst,2'; "
        "add what is missing; an empty value has its comma too",
    ),
    "comma_in_a_text_without_quotes": (
        "scorecards", change("Tier,", "Tier, hard,"),
        "scorecards.csv line 3 (scorecard=tier): the line has 4 values, the header has 3: "
        "'tier,Tier, hard,\"Nucleus, orbital or peripheral by hard n...'; write decimals "
        "with a point, and put a text that holds a comma in double quotes",
    ),
    "commas_at_the_end": (
        WEIGHTS, change("margin,0.20,none,worst,2", "margin,0.20,none,worst,2,,"),
        MARGIN + "the line has 9 values, the header has 7: "
        "'relationship,1,margin,0.20,none,worst,2,,'; delete the commas at its end",
    ),
    "semicolons_on_one_line": (
        WEIGHTS,
        change("tier,1,complexity,0.1,none,neutral,0", "tier;1;complexity;0.1;none;neutral;0"),
        "criterion_weights.csv line 28: values are separated by semicolons; write commas",
    ),
    "blank_line": (
        WEIGHTS, change("\ntier", "\n\ntier"),
        "criterion_weights.csv line 26: the line is blank (''); delete it",
    ),
    "line_of_commas": (
        WEIGHTS, append(",,,,,,"),
        "criterion_weights.csv line 29: the line is blank (',,,,,,'); delete it",
    ),
    "unbalanced_quote": (
        "score_bands", change('"600 to 1,499"', '"600 to 1'),
        "score_bands.csv line 5 (scorecard=relationship, version=1, "
        "criterion=order_volume, band=high): label is '\"600 to 1'; "
        "a double quote is not closed: close it, or delete it",
    ),
    "quote_inside_a_value": (
        "score_bands", change(BAND_OLD, 'minimal,,50,0,5" and 6" pipes'),
        BAND + "label is '5\" and 6\" pipes'; a double quote stands inside the value: put "
        'the whole value in double quotes and write the one inside twice, as in "5"" pipe"',
    ),
    "line_break_in_a_value": (
        "score_bands", change('"600 to 1,499"', '"600 to\n1,499"'),
        "score_bands.csv line 5 (scorecard=relationship, version=1, "
        "criterion=order_volume, band=high): a value goes on over line 6; "
        "write it on one line",
    ),
}

HEADER = "scorecard,version,criterion,weight,normalization,missing_value_policy,maximum_age_months"
ONE = "criterion_weights.csv line 1: "

FILES = {
    "empty_file": (
        WEIGHTS, only(b""),
        f"criterion_weights.csv: the file is empty; restore it, "
        f"or write at least its header: {HEADER}",
    ),
    "only_a_newline": (
        WEIGHTS, only(b"\xef\xbb\xbf\r\n"),
        f"criterion_weights.csv: the file is empty; restore it, "
        f"or write at least its header: {HEADER}",
    ),
    "header_only": (
        WEIGHTS, keep_header,
        "criterion_weights.csv: the file holds only its header; restore its lines",
    ),
    "missing_column": (
        WEIGHTS, map_lines(lambda parts: parts[:3] + parts[4:]),
        ONE + "column weight is missing; add it as column 4",
    ),
    "extra_column": (
        WEIGHTS, lambda data: data.replace(b"\n", b",\n").replace(b",\n", b",note\n", 1),
        ONE + "column 'note' is not known; delete it",
    ),
    "reordered_columns": (
        WEIGHTS, map_lines(lambda parts: [parts[0], parts[2], parts[1], *parts[3:]]),
        ONE + f"the columns are in another order; write them as {HEADER}; found "
        + HEADER.replace("version,criterion", "criterion,version"),
    ),
    "misspelt_column": (
        WEIGHTS, change(",weight,", ",wieght,"),
        ONE + "column 'wieght' is not known; did you mean weight?",
    ),
    "renamed_column": (
        WEIGHTS, change(",weight,", ",importance,"),
        ONE + "column 'importance' is not known; did you mean weight?",
    ),
    "column_in_capitals": (
        WEIGHTS, change(",maximum_age_months", ",Maximum Age Months"),
        ONE + "column 'Maximum Age Months' must be written maximum_age_months: "
        "lower case, no spaces",
    ),
    "space_in_the_header": (
        WEIGHTS, change(",weight,", ", weight,"),
        ONE + "column ' weight' must be written weight: lower case, no spaces",
    ),
    "duplicate_column": (
        WEIGHTS, map_lines(lambda parts: [*parts, parts[3]]),
        ONE + "column 'weight' stands twice; delete one of them",
    ),
    "blank_column_name": (
        WEIGHTS, change(",weight,", ",,"),
        ONE + "column 4 has no name; write weight",
    ),
    "blank_column_at_the_end": (
        WEIGHTS, map_lines(lambda parts: [*parts, b""]),
        ONE + "column 8 has no name; delete the column",
    ),
    "no_header": (
        WEIGHTS, lambda data: data.split(b"\n", 1)[1],
        ONE + f"the first line must name the columns: {HEADER}; "
        "found 'relationship,1,order_volume,0.25,none,worst,0'",
    ),
    "semicolons": (
        WEIGHTS, everywhere(",", ";"),
        ONE + "values are separated by semicolons (';'); save the file with commas",
    ),
    "semicolons_and_decimal_commas": (
        WEIGHTS, lambda data: data.replace(b",", b";").replace(b".", b","),
        ONE + "values are separated by semicolons (';'); save the file with commas",
    ),
    "tabs": (
        WEIGHTS, everywhere(",", "\t"),
        ONE + r"values are separated by tabs ('\t'); save the file with commas",
    ),
    "quote_in_the_header": (
        WEIGHTS, change(",weight,", ',"weight,'),
        ONE + f"the header's double quotes are not closed: "
        "'scorecard,version,criterion,\"weight,normalization,missing...'",
    ),
    "latin_1": (
        "criteria", encode("latin-1", "Order volume", "Faturação"),
        "criteria.csv line 2 (criterion=order_volume): byte 0xe7 is not UTF-8, in the "
        "value 'Faturação' if the file is Latin-1; save the file as UTF-8",
    ),
    "utf_16": (
        "criteria", encode("utf-16"),
        "criteria.csv: the file is UTF-16 or UTF-32; save it as UTF-8",
    ),
    "utf_16_without_mark": (
        "criteria", encode("utf-16-le"),
        "criteria.csv: the file is UTF-16 or UTF-32; save it as UTF-8",
    ),
    "mixed_line_ends": (
        WEIGHTS, change("worst,2\n", "worst,2\r\n"),
        "criterion_weights.csv line 5: lines end in two ways, LF and CRLF, beginning "
        "here; save the whole file with one of them",
    ),
    "lone_carriage_return_in_a_line": (
        WEIGHTS, change("0.20,none,worst,2", "0.20,none,wo\rrst,2"),
        MARGIN + r"the line holds a lone carriage return ('\r'); delete it",
    ),
    "lone_carriage_returns": (
        WEIGHTS, everywhere("\n", "\r"),
        "criterion_weights.csv: lines end with a lone carriage return; "
        "save it with LF or CRLF",
    ),
}
DEFECTS = {**VALUES, **LINES, **FILES}


@pytest.mark.parametrize("defect", DEFECTS)
def test_defect_is_reported_alone_with_key_value_and_advice(defect, seeds, check):
    """Each defect is found, told exactly, and nothing that follows from it."""
    seed, spoil, message = DEFECTS[defect]
    path = seeds / f"{seed}.csv"
    path.write_bytes(spoil(path.read_bytes()))
    code, lines = check(seeds)
    assert lines[:-1] == [message]
    assert lines[-1].startswith("1 problem in the rule seeds of ")
    assert code == 1


# --- all is well ---------------------------------------------------------------


def test_the_shipped_seeds_pass(check):
    """The unmodified seeds have no problem, and say so in one line."""
    code, lines = check(SEEDS)
    assert code == 0
    files = list(SEEDS.glob("*.csv"))
    count = sum(len(path.read_text().splitlines()) for path in files)
    assert lines == [f"{len(files)} rule seeds checked: {count} lines, no problem"]


# What looks odd in a value, but is right.
ODD_VALUES = {
    "Order volume": 'Volume "médio" de pedidos, nº',
    "Order trend": "Ação – coração, 客户",
    "Time with us": "it's 'ours' #1; a\\b | 50 %",
    "Margin": '"Margem"',
    "Support tickets": "#tickets",
    "Contact frequency": "# contacts\\",
    "Tier": '"',
}


def rewrite(path: Path, mark: bytes, end: str, last: str) -> list[list[str]]:
    """Put the odd values into a seed; return its rows as they should be loaded.

    `mark` comes before the text, `end` after each line, `last` at the very end.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            [ODD_VALUES.get(value, value) for value in row]
            for row in csv.reader(file, strict=True)
        ]
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator=end).writerows(rows)
    text = buffer.getvalue().removesuffix(end) + last
    path.write_bytes(mark + text.encode())
    return rows[1:]


def load_as_dbt_does(path: Path, columns: int) -> list[list[str]]:
    """Load a seed with the statement of dbt-duckdb into text columns."""
    names = ", ".join(f"column_{number} text" for number in range(columns))
    with duckdb.connect() as connection:
        connection.execute(f"create table seed ({names})")
        connection.execute(
            f"COPY seed FROM '{path}' (FORMAT CSV, HEADER TRUE, DELIMITER ',')"
        )
        rows = connection.execute("select * from seed order by rowid").fetchall()
    return [[value or "" for value in row] for row in rows]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["no_mark", "mark"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("ends_last_line", [True, False], ids=["end", "no_end"])
def test_accents_quotes_mark_and_crlf_load_exactly(
    mark, end, ends_last_line, seeds, check
):
    """Odd but right files pass, and every value is loaded as it was written."""
    values = set()
    for path in seeds.glob("*.csv"):
        rows = rewrite(path, mark, end, end if ends_last_line else "")
        if rows:
            assert load_as_dbt_does(path, len(rows[0])) == rows
        values.update(value for row in rows for value in row)
    assert values.issuperset(ODD_VALUES.values())
    code, lines = check(seeds)
    assert (code, len(lines)) == (0, 1), lines


def test_a_quoted_empty_value_is_nothing(seeds, check):
    """DuckDB and Python agree that "" is as empty as nothing."""
    path = seeds / "criteria.csv"
    path.write_bytes(change(",false,,\n", ',false,,""\n')(path.read_bytes()))
    assert check(seeds)[0] == 0
    assert [row[-1] for row in load_as_dbt_does(path, 9)][2] == ""


# --- several problems, other folders, wrong use --------------------------------


def test_missing_file(seeds, check):
    """A seed without a file is reported once, not by all that refer to it."""
    (seeds / "criteria.csv").unlink()
    code, lines = check(seeds)
    assert code == 1
    assert lines[:-1] == ["criteria.csv: the file is missing; restore it"]


def test_misspelt_file_name_is_suggested(seeds, check):
    """A file under nearly the right name is named."""
    (seeds / "criteria.csv").rename(seeds / "Criterias.csv")
    assert check(seeds)[1][:-1] == [
        "criteria.csv: the file is missing; rename Criterias.csv if that is it"
    ]


def test_seed_that_is_a_folder(seeds, check):
    """What cannot be read is a problem of that seed only."""
    (seeds / "profile_overrides.csv").unlink()
    (seeds / "profile_overrides.csv").mkdir()
    code, lines = check(seeds)
    assert code == 1
    assert lines[0].startswith("profile_overrides.csv: the file cannot be read: ")


def test_all_problems_at_once_in_order(seeds, check):
    """One run shows every problem, by seed and line."""
    for defect in ("negative_weight", "wrong_color", "unbalanced_quote"):
        seed, spoil, _ = DEFECTS[defect]
        path = seeds / f"{seed}.csv"
        path.write_bytes(spoil(path.read_bytes()))
    path = seeds / "criterion_weights.csv"
    path.write_bytes(change("1,order_volume,0.25", "1,order_volume,x")(path.read_bytes()))
    code, lines = check(seeds)
    assert code == 1
    assert [line.split(" (")[0] for line in lines[:-1]] == [
        "criterion_weights.csv line 2",
        "criterion_weights.csv line 5",
        "score_bands.csv line 5",
        "profiles.csv line 2",
    ]
    assert lines[-1].startswith("4 problems in the rule seeds of ")


def test_many_problems_are_cut_off(seeds, check):
    """A seed that is wrong all over does not hide the other seeds."""
    path = seeds / "score_bands.csv"
    path.write_bytes(
        re.sub(rb",([0-9]+),([^,\n]*|\"[^\n]*\")\n", rb",-\1,\2\n", path.read_bytes())
    )
    code, lines = check(seeds)
    assert code == 1
    assert lines[25] == f"score_bands.csv: and {len(path.read_bytes().splitlines()) - 26} more"
    assert len(lines) == 27


def test_long_and_hostile_values_stay_on_one_short_line(seeds, check):
    """Control characters are escaped and long values cut in the report."""
    path = seeds / "criteria.csv"
    path.write_bytes(change("orders per month", "\x1b[31m" + "x" * 5000)(path.read_bytes()))
    line = check(seeds)[1][0]
    assert line.startswith(CRITERION + r"unit is '\x1b[31mxxx")
    assert len(line) < 250


TEXT_SEED = """
seeds:
  - name: notes
    config: {meta: {key: [a], references: [{columns: [b], seed: elsewhere}]}}
    columns: [%s]
""" % ", ".join(f"{{name: {name}}}" for name in "abcdefg")


def test_the_description_in_the_folder_comes_first(tmp_path, check):
    """A folder with a description of its own is checked by that one."""
    (tmp_path / "own.yml").write_text(TEXT_SEED)
    (tmp_path / "notes.csv").write_text("a,b,c,d,e,f,g\nx,,,,,,\n")
    assert check(tmp_path) == (0, ["1 rule seeds checked: 2 lines, no problem"])


def test_a_folder_without_description_is_checked_by_the_projects_own(seeds, check):
    """Rule seeds alone are enough."""
    for path in seeds.glob("*.yml"):
        path.unlink()
    assert check(seeds)[0] == 0


def test_a_file_that_duckdb_misreads_is_refused(tmp_path, check):
    """DuckDB's guess goes wrong on this file, though nothing in it is wrong."""
    (tmp_path / "own.yml").write_text(TEXT_SEED)
    path = tmp_path / "notes.csv"
    path.write_text(
        'a,b,c,d,e,f,g\n"a","b1",0.5,"b1",b1,"name_x",0.5\n'
        '"x y,#x y",1,#x y#,"a",a#x y,,\n'
    )
    code, lines = check(tmp_path)
    assert code == 1
    assert lines[0] == (
        "notes.csv line 2 (a=a): a is 'a', but DuckDB would load '\"a\"'; "
        "put every value of the file in double quotes"
    )
    rows = list(csv.reader(path.read_text().splitlines()))
    with path.open("w", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)
    assert check(tmp_path)[0] == 0


def test_several_folders_are_told_apart(seeds, tmp_path, capsys):
    """With more than one folder, the report says which one a file is in."""
    other = Path(shutil.copytree(seeds, tmp_path / "other"))
    (other / "criteria.csv").write_bytes(b"")
    assert check_seeds.main([str(seeds), str(other)]) == 1
    assert capsys.readouterr().out.startswith(f"{other}/criteria.csv: the file is empty")


@pytest.mark.parametrize("content", ["seeds: [", "seeds: [{name: x, config: {meta: {key: [y]}}}]"])
def test_unusable_description_is_told(content, seeds, capsys):
    """A broken description is not mistaken for seeds without problem."""
    (seeds / "broken.yml").write_text(content)
    assert check_seeds.main([str(seeds)]) == 2
    assert "broken.yml cannot be used" in capsys.readouterr().err


def test_wrong_folders_are_told(tmp_path, capsys):
    """A folder that is not there, or holds no seed, is a mistake in the command."""
    assert check_seeds.main([str(tmp_path / "nowhere")]) == 2
    assert check_seeds.main([str(tmp_path)]) == 2
    told = capsys.readouterr()
    assert "There is no folder" in told.err and "holds no rule seed" in told.err
    assert told.out == ""


def test_command_line(seeds):
    """Run as a program from any folder, it ends with the exit codes promised."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(TOOL), *arguments],
            cwd=seeds.parent, capture_output=True, text=True, check=False,
        )

    good = run()
    assert (good.returncode, good.stdout.count("\n"), good.stderr) == (0, 1, "")
    path = seeds / "criteria.csv"
    path.write_bytes(change("orders per month", "")(path.read_bytes()))
    bad = run("scorecards")
    assert bad.returncode == 1
    assert bad.stdout.startswith(CRITERION + "unit is empty; fill it in\n1 problem ")
    assert run("nowhere").returncode == 2
    assert run("--unknown").returncode == 2


def test_formats_are_those_of_the_warehouse():
    """The patterns here are the ones the warehouse checks with."""
    macro = (ROOT / "macros" / "seed_pattern.sql").read_text(encoding="utf-8")
    found = re.findall(r"'(\w+)': \{\s*'pattern': '\^(.*)\$'", macro)
    patterns = dict(found)
    # Text is checked more closely here: more kinds of space than one.
    patterns.pop("text")
    assert patterns == seed_values.PATTERNS


@pytest.mark.parametrize(
    "value", ["0", "-0", "1.000", "-12.5", "123456789012.123456", "0.1", "007"]
)
def test_numbers_that_are_right(value):
    """Three decimals are decimals; nobody can tell them from thousands."""
    assert seed_values.value_problem(value, "number", True, []) == ""
