"""Nothing that comes from a seed, a source, a variable or the environment is executed.

One build of the demo in which every free text is hostile, compared with the demo that
all tests share; the rest runs macros in memory or starts no build at all.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from zlib import crc32

import duckdb
import pytest
import yaml

import check_seeds
import notices
from dbt_runner import run_dbt
from demo_project import AS_OF, BUILD_WITHOUT_TESTS, DemoProject, built_demo  # noqa: F401
from jinja_models import JinjaModels
from project_files import ROOT, copy_project
from publication import quoted
from seed_descriptions import read_descriptions

SEEDS = ROOT / "seeds" / "scorecards"
# What an attack would leave behind, in the folder of the build or in the database.
SENTINEL = "injected"
QUOTE_AND_STOP = f"'; create table {SENTINEL} as select 1; drop table client_profiles.fct_a; --"

# Put in front of a text, so that it also begins as a formula would.
TEXTS = [
    QUOTE_AND_STOP,
    f"' || (select {SENTINEL}()) || '",
    f"$$; copy (select 1) to '{SENTINEL}'; $$",
    f"{{{{ run_query(\"create table {SENTINEL} as select 1\") }}}}",
    "{% do exceptions.raise_compiler_error('injected') %} {{ 1 / 0 }} {# note",
    "/* not closed -- and a comment",
    "O'Neil said \"x\", \\' \\\" \\n \\",
    "%s %(x)s {0} ${HOME} $(touch injected) `touch injected`",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    '=HYPERLINK("http://evil.example","x")',
    "+1+1|cmd",
    "-1+1",
    "@SUM(A1:A9)",
    "](javascript:alert(1)) | cell | *x* _y_",
    "null",
    "x" * 5000,
    "Ünïcödé 漢字 🙂 e\u0301",
]
# Sources are not checked as files, so their texts may hold what nobody sees.
SOURCE_TEXTS = [
    *TEXTS,
    "\x1b[2J\x1b[31mred",
    "\t=1+1",
    "a line\nand\r\nanother",
    "\u202etxt.exe",
    "\x01\x07\x7f\x9b",
]
# What steers a terminal or turns the direction of writing; line ends are left out.
STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

# What people can't see, in whose place staging puts a space.
INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]"
)
ONE_OF = re.compile(r"\n +one_of: \[(referral|southeast),[^\]]*\]")


def hostile_columns() -> dict[str, list[str]]:
    """Give the columns of the rule seeds that hold free text, by seed."""
    return {
        seed.name: [
            column.name for column in seed.columns
            # The id of a client is a key: another one is another client.
            if column.format == "text" and column.name != "client_id"
        ]
        for seed in read_descriptions(SEEDS, SEEDS)
    }


def behind_any_of(texts: list[str]) -> Callable[[str], str]:
    """Give a function that puts a hostile text in front of another one.

    What is equal stays equal, what differs still differs: so nothing but texts may
    be another one in the build.
    """
    return lambda text: f"{texts[crc32(text.encode()) % len(texts)]} {text}"


def edit_columns(file: Path, columns: list[str], change: Callable[[str], str]) -> None:
    """Change the values of columns in a CSV file, empty ones apart."""
    with file.open(encoding="utf-8", newline="") as source:
        reader = csv.DictReader(source)
        lines = list(reader)
    for line in lines:
        for column in columns:
            line[column] = line[column] and change(line[column])
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, reader.fieldnames, lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    file.write_text(text.getvalue(), encoding="utf-8", newline="")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> DemoProject:
    """Build the demo with a hostile text in every place that takes any text."""
    project = DemoProject(copy_project(tmp_path_factory.mktemp("hostile") / "project"))
    for seed, columns in hostile_columns().items():
        edit_columns(
            project.folder / "seeds/scorecards" / f"{seed}.csv", columns, behind_any_of(TEXTS)
        )
    sources = project.folder / "seeds/demo"
    groups = ["acquisition_channel", "region", "category"]
    edit_columns(sources / "raw_clients.csv", groups, behind_any_of(SOURCE_TEXTS))
    edit_columns(sources / "raw_clients.csv", ["client_name"], behind_any_of(SOURCE_TEXTS))
    edit_columns(sources / "raw_support_tickets.csv", ["topic"], behind_any_of(SOURCE_TEXTS))
    # The demo knows all of its channels and regions; other projects take any.
    description = sources / "_demo__seeds.yml"
    description.write_text(
        ONE_OF.sub("", description.read_text(encoding="utf-8")), encoding="utf-8"
    )
    project.succeed(*BUILD_WITHOUT_TESTS)
    return project


def read_csv(file: Path) -> list[dict[str, str]]:
    """Read a CSV file as the build was given it."""
    with file.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


# -- nothing becomes SQL ----------------------------------------------------------


def test_every_free_text_of_the_rules_is_tried() -> None:
    """A column that is new is hostile by itself; these are there today."""
    columns = hostile_columns()
    assert sum(map(len, columns.values())) >= 19
    assert "reason" in columns["profile_overrides"] and "action" in columns["protocols"]


def test_the_file_check_lets_these_texts_pass(hostile: DemoProject) -> None:
    """So that what is tried is what a user could really build."""
    assert check_seeds.main([str(hostile.folder / "seeds/scorecards")]) == 0


def numbers_of(file: Path) -> dict[str, tuple]:
    """Sum up everything in a DuckDB file that is no text, table by table."""
    with duckdb.connect(str(file), read_only=True) as connection:
        columns: dict[str, list[str]] = {}
        for schema, table, column, kind in connection.execute(
            "select schema_name, table_name, column_name, data_type from duckdb_columns()"
            " where (schema_name, table_name) in"
            "   (select (schema_name, table_name) from duckdb_tables())"
            " order by all"
        ).fetchall():
            columns.setdefault(f"{quoted(schema)}.{quoted(table)}", [])
            if not kind.startswith("VARCHAR"):
                columns[f"{quoted(schema)}.{quoted(table)}"].append(quoted(column))
        return {
            table: connection.execute(
                f"select count(*), sum(hash(row({', '.join(names) or '1'}))) from {table}"
            ).fetchone()
            for table, names in columns.items()
        }


def test_tables_and_numbers_are_those_of_the_clean_build(
    hostile: DemoProject, built_demo: DemoProject  # noqa: F811
) -> None:
    """Nothing was created, dropped or changed but the list of what nobody sees."""
    hostile_numbers, clean = numbers_of(hostile.build_file), numbers_of(built_demo.build_file)
    assert hostile_numbers.keys() == clean.keys()
    differing = {table for table, numbers in clean.items() if hostile_numbers[table] != numbers}
    assert {table.split('"')[-2] for table in differing} == {
        "int_source_defects", "fct_data_defects", "rpt_data_quality",
    }
    with duckdb.connect(str(hostile.build_file), read_only=True) as connection:
        listed = connection.execute(
            "select distinct check_name, consequence from client_profiles.fct_data_defects"
        ).fetchall()
    assert listed == [("invisible_characters", "value_cleaned")]


def test_no_command_left_a_trace(hostile: DemoProject) -> None:
    assert [path for path in hostile.folder.rglob(f"*{SENTINEL}*")] == []
    assert not (ROOT / SENTINEL).exists()
    with duckdb.connect(str(hostile.build_file), read_only=True) as connection:
        assert not connection.execute(
            "select 1 from duckdb_tables() where table_name = $1", [SENTINEL]
        ).fetchall()


@pytest.mark.parametrize(
    ("seed", "column", "query"),
    [
        ("profiles", "label", "select distinct profile_label from client_profiles.client_profiles"),
        ("profiles", "label", "select label from client_profiles_snapshots.profiles_snapshot"),
        ("profile_overrides", "reason", "select reason from client_profiles.fct_override_ledger"),
        ("protocols", "action", "select distinct action from client_profiles.client_protocols"),
        (
            "criteria", "label",
            "select distinct criterion_label from client_profiles.fct_criterion_scores",
        ),
        (
            "score_bands", "label",
            "select distinct band_label from client_profiles.fct_criterion_scores"
            " where band_label is not null",
        ),
        (
            "scorecard_versions", "change_note",
            "select distinct change_note from client_profiles.rpt_rule_changes"
            " where change_note is not null",
        ),
    ],
)
def test_a_text_of_the_rules_arrives_as_it_was_written(
    hostile: DemoProject, seed: str, column: str, query: str
) -> None:
    file = hostile.folder / "seeds/scorecards" / f"{seed}.csv"
    written = {line[column] for line in read_csv(file)}
    with duckdb.connect(str(hostile.build_file), read_only=True) as connection:
        arrived = {text for (text,) in connection.execute(query).fetchall()}
    assert arrived
    assert arrived <= written


def visible(text: str) -> str | None:
    """Give a text of a source as staging leaves it."""
    return INVISIBLE.sub(" ", text).strip(" ") or None


def test_a_text_of_a_source_arrives_as_it_was_written(hostile: DemoProject) -> None:
    """But for spaces around it and what nobody sees, which staging takes away."""
    lines = read_csv(hostile.folder / "seeds/demo/raw_clients.csv")
    columns = ["client_name", "acquisition_channel", "region", "category"]
    written = {
        line["client_id"]: tuple(visible(line[column]) for column in columns)
        for line in lines
    }
    with duckdb.connect(str(hostile.build_file), read_only=True) as connection:
        rows = connection.execute(
            f"select distinct client_id, {', '.join(columns)}"
            " from client_profiles.client_profiles"
        ).fetchall()
    assert len(rows) > 200
    assert {row[0]: tuple(row[1:]) for row in rows}.items() <= written.items()


# -- nothing becomes a formula, markup or a command of the terminal ----------------


@pytest.mark.parametrize(
    "command",
    [["print_summary"], ["print_comparison", "--args", "{version: '3'}"]],
)
def test_the_terminal_is_not_steered(hostile: DemoProject, command: list[str]) -> None:
    """Labels that were not checked as files hold what they like."""
    project = hostile
    project.execute(
        "create or replace table kept_profiles as from client_profiles_rules.profiles",
        "update client_profiles_rules.profiles set label = chr(27) || '[2J' || chr(8238) || label",
    )
    try:
        shown = project.succeed("--quiet", "run-operation", *command).output
    finally:
        project.execute(
            "delete from client_profiles_rules.profiles",
            "insert into client_profiles_rules.profiles from kept_profiles",
            "drop table kept_profiles",
        )
    assert STEERING.findall(shown) == []
    assert r"\u001b[2J\u202e" in shown


def test_notices_are_neither_formulas_nor_commands(hostile: DemoProject) -> None:
    """In spreadsheets and on the terminal; JSON lines hold every text exactly."""
    printed = hostile.succeed(
        "--quiet", "run-operation", "print_notices", "--args", "{since: 2026-08-01}"
    ).output
    told = notices.read(printed)
    assert len(told) > 100
    assert {"=", "+", "-", "@"} <= {notice["client_name"][0] for notice in told}
    for line in csv.reader(io.StringIO(notices.as_csv(told), newline="")):
        assert not [cell for cell in line if cell.startswith(notices.FORMULA_STARTS)]
    assert STEERING.findall(notices.as_text(told)) == []
    lines = notices.as_jsonl(told).split("\n")[:-1]
    assert [json.loads(line) for line in lines] == told


# -- what the file check refuses --------------------------------------------------


@pytest.mark.parametrize(
    "text", ["\x00", "a\x1b[2Jb", "a\tb", "a\nb", "a\x7fb", "a\u2028b", "a\u202eb", "a\u2066b"]
)
def test_rules_with_signs_that_nobody_sees_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    folder = tmp_path / "scorecards"
    shutil.copytree(SEEDS, folder)
    edit_columns(folder / "criteria.csv", ["improvement_action"], lambda old: f"{old}{text}x")
    assert check_seeds.main([str(folder)]) == 1
    said = capsys.readouterr().out
    assert "criteria.csv line 2 (criterion=order_volume): " in said
    assert STEERING.findall(said) == []


# -- variables --------------------------------------------------------------------

# How each variable is read; a new one without a line here fails the test.
READ_BY = {
    "as_of": "{{ client_profiles.as_of_date() }}",
    "demo_as_of": "{{ client_profiles.as_of_date() }}",
    "restate_from": "{{ client_profiles.recorded_restatement() }}",
    "first_period": "{{ client_profiles.client_period_spine('x', 'a', 'b', 'c') }}",
    "lookback_periods": "{{ client_profiles.first_period_to_take_in('x') }}",
    "score_open_period": "{{ client_profiles.first_open_period() }}",
    "mask_client_names": "{{ client_profiles.client_name('x') }}",
    "revenue_metric": "{{ client_profiles.revenue_metric('x') }}",
    "contact_metric": "{{ client_profiles.contact_metric('x') }}",
    **{
        name: f"{{{{ client_profiles.whole_number_var('{name}', 1) }}}}"
        for name in (
            "forecast_window_periods", "small_group_clients", "override_notice_days",
        )
    },
    **{
        name: f"{{{{ client_profiles.share_var('{name}', 0) }}}}"
        for name in (
            "sensitivity_weight_change", "snapshot_maximum_left_share", "maximum_defect_share",
        )
    },
    "checked_sources": "{{ client_profiles.checked_sources() }}",
    # Its value in this project, where nobody sets the one above.
    "demo_checked_sources": None,
    # Only asked whether it is set, for tests of this project.
    "check_against_reference": None,
    # Compared with a name, in the yml of the seeds.
    "only_when_root_is": None,
}
CALLED = re.compile(r"(?<![\w'])(?:\w+_)?var\(\s*'(\w+)'")


def test_every_variable_is_known_here() -> None:
    found = set()
    for folder in ("macros", "models", "snapshots", "seeds", "tests"):
        for file in [*(ROOT / folder).rglob("*.sql"), *(ROOT / folder).rglob("*.yml")]:
            found |= set(CALLED.findall(file.read_text(encoding="utf-8")))
    # Arguments of a command that are checked as a variable is.
    assert found - {"since"} == set(READ_BY)


@pytest.fixture(scope="module")
def in_memory() -> Iterator[JinjaModels]:
    """Give the macros without dbt, with the rules of the demo and no data."""
    models = JinjaModels()
    models.load((["client_id", "period_start", "monthly_revenue", "days_since_contact"], []))
    seeds = {}
    for file in SEEDS.glob("*.csv"):
        header = file.read_text(encoding="utf-8").splitlines()[0]
        seeds[file.stem] = (header.split(","), read_csv(file))
    models.look_from(date.fromisoformat(AS_OF), seeds)
    yield models
    models.close()


@pytest.mark.parametrize("given", [QUOTE_AND_STOP, "1 or 1 = 1", "2026-11-01' or ''='", "{{ 1 }}"])
@pytest.mark.parametrize("name", [name for name, template in READ_BY.items() if template])
def test_a_hostile_variable_is_refused(in_memory: JinjaModels, name: str, given: str) -> None:
    """By its own check, before it is a part of any SQL."""
    variable = "as_of" if name == "demo_as_of" else name
    in_memory.set_variable(variable, given)
    try:
        with pytest.raises(Exception, match=f"^var '{variable}' is "):
            in_memory.ask(READ_BY[name])
    finally:
        in_memory.set_variable("as_of", AS_OF)
        if variable != "as_of":
            del in_memory._variables[variable]


# -- the environment --------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "names"),
    [
        ("summary", ["AS_OF", "RESTATE_FROM"]),
        ("compare", ["VERSION", "SCORECARD"]),
        ("notices", ["SINCE", "FORMAT", "OUT"]),
        ("impact", ["BASE", "AS_OF", "OUT"]),
        ("restore-history", ["FROM"]),
        ("explain-failure", ["OUT"]),
    ],
)
def test_make_takes_no_setting_for_a_command(
    tmp_path: Path, target: str, names: list[str]
) -> None:
    """Neither make itself nor the shell."""
    program = tmp_path / "program"
    program.write_text('#!/bin/sh\nfor each in "$@"; do printf "%s\\n" "[$each]"; done\n')
    program.chmod(0o755)
    trap = tmp_path / "trap"
    value = f"$(shell touch {trap})\"; touch {trap}; `touch {trap}` $(touch {trap})"
    shown = subprocess.run(
        [
            "make", "--no-print-directory", target, "PYTHON=true",
            f"VENV_PYTHON={program}", f"DBT={program}",
        ],
        cwd=ROOT, capture_output=True, text=True, check=True,
        env={"PATH": "/usr/bin:/bin", **{name: value for name in names}},
    ).stdout
    assert shown.count(value) == len(names)
    assert not trap.exists()


def test_a_reader_of_any_name_is_only_a_name() -> None:
    """The role that may read a publication on PostgreSQL."""
    macro = (ROOT / "macros/publish_schema.sql").read_text(encoding="utf-8")
    uses = re.findall(r"\breader\b[^%}\n]*", macro.split("macro postgres__publish_schema")[1])
    spliced = [use for use in uses if "~" in use]
    assert spliced == []
    assert "adapter.quote(reader | replace('\"', '\"\"'))" in macro


def test_secrets_come_from_the_environment_only() -> None:
    profiles = yaml.safe_load((ROOT / "profiles.yml").read_text(encoding="utf-8"))
    outputs = profiles["client_profiles"]["outputs"]
    assert outputs["postgres"]["password"] == "{{ env_var('CLIENT_PROFILES_PG_PASSWORD', '') }}"
    names = "password|passwd|secret|token|api_?key"
    secret = re.compile(rf"(?i)^\W*(?:\w*_)?({names})\s*[:=]\s*(\S.*)$")
    elsewhere = re.compile(r"env_var\(|\$\{\{ ?(secrets|github)\.")
    files = [
        ROOT / "Makefile", ROOT / "profiles.yml", ROOT / "dbt_project.yml",
        *(ROOT / ".github").rglob("*.yml"), *(ROOT / "integration_tests").glob("*/profiles.yml"),
    ]
    found = [
        (file.name, match[0].strip())
        for file in files
        for line in file.read_text(encoding="utf-8").splitlines()
        if (match := secret.match(line)) and not elsewhere.search(match[2])
    ]
    assert found == []


def test_the_password_is_in_no_log(tmp_path: Path) -> None:
    """Not in what dbt prints, nor in any file it writes, when it can't connect."""
    project = copy_project(tmp_path / "project")
    password = "hunter2-and-more"
    result = run_dbt(
        project,
        ["--debug", "--log-level-file", "debug", "compile", "--inline", "select 1"],
        env={
            "CLIENT_PROFILES_TARGET": "postgres",
            "CLIENT_PROFILES_PG_PASSWORD": password,
            # Nobody listens there.
            "CLIENT_PROFILES_PG_PORT": "1",
        },
    )
    assert result.exit_code != 0
    assert "refused" in result.output
    written = [
        path for folder in ("target", "logs") for path in (project / folder).rglob("*")
        if path.is_file()
    ]
    assert written
    assert password not in result.output
    assert [path for path in written if password.encode() in path.read_bytes()] == []


def test_every_test_that_security_md_names_exists() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", text)
    assert len(named) >= 20
    missing = [
        f"{file}::{test}" for file, test in named
        if f"\ndef {test}(" not in (ROOT / "tests/python" / file).read_text(encoding="utf-8")
    ]
    assert missing == []
