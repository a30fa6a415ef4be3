"""Defects of the data end in a clear error, or in an exclusion that is counted.

`data_defects` lists them. Those of the sources go into copies of the demo, many in one
build, each into a client of its own; those of the tables that are scored into tables in
memory. Alone this takes about three minutes, of which the demo takes two.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from data_defects import (
    CLIENT, CONTRACTS, COUNTED, EMPTIED, HARMLESS, INPUTS, KEPT, MISSING, MONTH, ORDERS, SHAPES,
    STOPPING, STOPS, UNREADABLE_METRICS, Counted, Input, Shape, Stopping, documented,
)
from demo_project import (  # noqa: F401
    BUILD_WITHOUT_TESTS, LAST_PERIOD, DemoProject, built_demo,
)
from jinja_models import JinjaModels
from project_files import ROOT
from seed_edits import edit_file, replace
from warehouse_dump import KEPT as KEPT_TABLES
from warehouse_dump import (
    METRICS, PROFILES, STAGING, assert_same, checksum_duckdb, connect_postgres, dump_postgres,
    rows_of,
)

DEFECTS = "client_profiles.fct_data_defects"
QUALITY = "client_profiles.rpt_data_quality"
SOURCE_DEFECTS = "client_profiles_intermediate.int_source_defects"

KEYS = {
    "raw_clients": "client_id", "raw_contracts": "contract_id", "raw_orders": "order_batch_id",
    "raw_invoices": "invoice_id", "raw_support_tickets": "ticket_id",
    "raw_platform_sessions": "session_batch_id", "raw_contacts": "contact_id",
}
DATES = {
    "raw_orders": "ordered_on", "raw_invoices": "issued_on", "raw_support_tickets": "opened_on",
    "raw_platform_sessions": "session_date", "raw_contacts": "contacted_on",
}

# From the sources to the profiles; the rules stay as they are built.
SOURCES_TO_PROFILES = [
    *BUILD_WITHOUT_TESTS, "--select",
    "path:seeds/demo", "path:models/staging", "path:models/metrics",
    "path:models/intermediate/quality", "path:models/marts/quality",
    "int_metric_history", "int_profile_candidates", "int_profile_assignments",
    "fct_client_profiles",
]

# A metric that a project computes itself may be wrong though its sources are not.
TOO_LARGE_METRIC = Counted("", ORDERS, {}, EMPTIED)
HUGE = len(COUNTED)

Row = dict[str, str]


# --- defects that the build goes on with -----------------------------------------


class Sources:
    """The demo's source tables, to change rows of."""

    def __init__(self, folder: Path):
        self._folder = folder
        self.tables = {}
        for table in KEYS:
            with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
                self.tables[table] = list(csv.DictReader(file))

    def write(self) -> None:
        """Write them back, every cell quoted, so that DuckDB looks for quotes."""
        for table, rows in self.tables.items():
            path = self._folder / f"{table}.csv"
            header = path.read_text(encoding="utf-8").splitlines()[0].split(",")
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(
                    file, header, lineterminator="\n", quoting=csv.QUOTE_ALL
                )
                writer.writeheader()
                writer.writerows(rows)

    def find(self, table: str, client: str, month: str) -> Row | None:
        """Give the client's last row of a month; of a table without months, the last."""
        date = DATES.get(table)
        found = [
            row for row in self.tables[table]
            if row["client_id"] == client and (date is None or row[date].startswith(month))
        ]
        return found[-1] if found else None


def place(
    defects: list[Counted] | list[Stopping], sources: Sources, metrics: dict[str, Row]
) -> dict[int, str]:
    """Give each defect, by its number, a client of its own whose metrics can show it."""
    contracts = Counter(row["client_id"] for row in sources.tables[CONTRACTS])
    free = [
        client for client, row in sorted(metrics.items())
        if contracts[client] == 1
        and None not in row.values()
        and float(row["ticket_rate"]) > 0 and 0 < float(row["self_service_rate"]) < 1
    ]
    clients = {}
    for number, defect in enumerate(defects):
        for client in free:
            row = sources.find(defect.table, client, defect.month)
            # What was paid in time may leave the average delay as it is.
            is_about_payment = "payment_delay_days" in defect.changes
            if row and not (is_about_payment and row["paid_on"] <= row["due_on"]):
                clients[number] = client
                free.remove(client)
                break
        else:
            raise AssertionError(f"no client is left for {defect.words}")
    return clients


def last_metrics(project: DemoProject) -> dict[str, Row]:
    """Give each client's metrics of the last month."""
    rows = rows_of(project.dump(METRICS), METRICS)
    return {row["client_id"]: row for row in rows if row["period_start"] == LAST_PERIOD}


def fill_in(cells: Row, client: str) -> Row:
    """Write the client's id where the cells ask for it."""
    return {column: cell.replace("{client}", client) for column, cell in cells.items()}


def edit_metric(project: DemoProject, expression: str, data_type: str, metric: str) -> None:
    """Let int_client_metrics compute a metric in another way."""
    edit_file(
        project.folder / "models" / "metrics" / "int_client_metrics.sql",
        replace(
            "select * from joined_metrics",
            f"select * replace (cast({expression} as {data_type}) as {metric})\n"
            "from joined_metrics",
        ),
    )


@dataclass(frozen=True)
class Builds:
    """The demo with all counted defects, and with what should come of them instead."""

    sound: DemoProject
    defective: DemoProject
    cleaned: DemoProject
    # By the number of the defect: its client, and the key of its row.
    clients: dict[int, str]
    keys: dict[int, str]


@pytest.fixture(scope="module")
def builds(
    built_demo: DemoProject, tmp_path_factory: pytest.TempPathFactory  # noqa: F811
) -> Builds:
    """Give the builds."""
    folder = tmp_path_factory.mktemp("bad_data")
    keys = {}
    clients = place(
        [*COUNTED, TOO_LARGE_METRIC],
        Sources(built_demo.folder / "seeds" / "demo"),
        last_metrics(built_demo),
    )

    def build(name: str, put_in: Callable[[Sources, Row, Counted, str], None]) -> DemoProject:
        project = built_demo.copy_to(folder / name)
        sources = Sources(project.folder / "seeds" / "demo")
        for number, defect in enumerate(COUNTED):
            row = sources.find(defect.table, clients[number], defect.month)
            keys[number] = fill_in(defect.cells, clients[number]).get(
                KEYS[defect.table], row[KEYS[defect.table]]
            )
            put_in(sources, row, defect, clients[number])
        sources.write()
        edit_metric(project, f"""
            case
                when client_id = '{clients[HUGE]}' and period_start = date '{LAST_PERIOD}'
                then {"1" + "0" * 20 if name == "defective" else "null"}
                else order_volume
            end""", "decimal(38, 4)", "order_volume")
        project.succeed(*SOURCES_TO_PROFILES)
        return project

    def put_defect_in(sources: Sources, row: Row, defect: Counted, client: str) -> None:
        cells = fill_in(defect.cells, client)
        if defect.as_copy:
            sources.tables[defect.table].append({**row, **cells})
        else:
            row.update(cells)

    def put_outcome_in(sources: Sources, row: Row, defect: Counted, client: str) -> None:
        if defect.instead is None:
            sources.tables[defect.table].remove(row)
        else:
            row.update(defect.instead)

    return Builds(
        built_demo, build("defective", put_defect_in), build("cleaned", put_outcome_in),
        clients, keys,
    )


def shown(text: str) -> str:
    """Write a value as the list of defects shows it."""
    text = re.sub("[\\x00-\\x1f\u00a0\u200b\u202e]", " ", text.strip(" "))
    return text[:40] + "…" if len(text) > 40 else text


def test_every_defect_is_listed_and_nothing_else(builds: Builds) -> None:
    """With the key of its row, the value, and what was done about it."""
    expected = Counter({
        ("int_client_metrics", "order_volume", "out_of_range",
         f"client_id={builds.clients[HUGE]}, period_start={LAST_PERIOD}",
         "100000000000000000000.0000", EMPTIED): 1,
    })
    for number, defect in enumerate(COUNTED):
        cells = fill_in(defect.cells, builds.clients[number])
        for found in defect.found:
            column, check, *consequence = found.split()
            of_row = check in ("repeated", "contradicting")
            value = shown(cells.get(column, "")) or None
            key = shown(builds.keys[number]) or "(empty)"
            expected[
                defect.table, column, check, f"{KEYS[defect.table]}={key}",
                None if of_row or column == "client_name" else value,
                consequence[0] if consequence else defect.consequence,
            ] += 1

    listed = rows_of(builds.defective.dump(DEFECTS), DEFECTS)

    columns = ("table_name", "column_name", "check_name", "row_key", "value", "consequence")
    assert Counter(tuple(row[column] for column in columns) for row in listed) == expected
    assert rows_of(builds.sound.dump(DEFECTS), DEFECTS) == []


def test_the_report_counts_them(builds: Builds) -> None:
    """By table and check, with the checks that found nothing."""
    listed = rows_of(builds.defective.dump(DEFECTS), DEFECTS)
    counted = rows_of(builds.defective.dump(QUALITY), QUALITY)
    sound = rows_of(builds.sound.dump(QUALITY), QUALITY)

    def by_check(row: Row) -> tuple[str, str, str]:
        return row["table_name"], row["column_name"], row["check_name"]

    found = Counter(map(by_check, listed))
    assert {by_check(row) for row in sound} == {by_check(row) for row in counted}
    assert {row["rows_defective"] for row in sound} == {"0"}
    for row in counted:
        rows = found[by_check(row)]
        assert int(row["rows_defective"]) == rows, row
        assert int(row["rows_excluded"]) == (rows if row["consequence"] == "row_excluded" else 0)
        assert int(row["values_emptied"]) == (rows if row["consequence"] == EMPTIED else 0)
        assert (row["example_row"] is None) == (rows == 0)
        assert float(row["share_defective"]) == pytest.approx(
            rows / int(row["rows_checked"]), abs=1e-6
        )
    criteria = {by_check(row): row["criteria"] for row in counted}
    assert criteria["raw_orders", "order_count", "negative"] == (
        "order_trend, order_volume, ticket_rate"
    )
    assert criteria["raw_invoices", "due_on", "below_issued_on"] == "payment_delay"
    assert criteria["raw_clients", "client_name", "missing"] is None


def test_what_is_left_out_is_as_if_it_had_never_been_there(builds: Builds) -> None:
    """The metrics of all months, and every client's score and profile."""
    for name in (METRICS, PROFILES):
        defective, cleaned = (
            [
                row for row in rows_of(project.dump(name), name)
                if (name, row["client_id"]) != (METRICS, builds.clients[HUGE])
            ]
            for project in (builds.defective, builds.cleaned)
        )
        assert len(defective) > 5000
        assert defective == cleaned


def test_nobody_else_is_touched(builds: Builds) -> None:
    """Where no metric is compared with that of others, no score changes either."""
    touched = set(builds.clients.values())

    def untouched(project: DemoProject, name: str) -> list[Row]:
        return [
            row for row in rows_of(project.dump(name), name)
            if row["client_id"] not in touched and row.get("scorecard") != "relationship"
        ]

    assert len(untouched(builds.sound, PROFILES)) > 1000
    for row, same in zip(
        untouched(builds.sound, METRICS), untouched(builds.defective, METRICS), strict=True
    ):
        assert {**row, "order_volume": float(row["order_volume"])} == {
            **same, "order_volume": float(same["order_volume"])
        }
    assert untouched(builds.sound, PROFILES) == untouched(builds.defective, PROFILES)


@pytest.mark.parametrize(
    "number", range(len(COUNTED)), ids=[defect.words for defect in COUNTED]
)
def test_it_changes_these_metrics_of_its_client(
    builds: Builds, metrics_before_and_after: tuple[dict[str, Row], ...], number: int
) -> None:
    """And no others: what the documentation says it is missing from."""
    before, after = (metrics[builds.clients[number]] for metrics in metrics_before_and_after)

    changed = {
        metric for metric in before
        if before[metric] != after[metric]
        and (None in (before[metric], after[metric]) or metric != "order_volume"
             or float(before[metric]) != float(after[metric]))
    }

    assert changed == set(COUNTED[number].changes)


@pytest.fixture(scope="module")
def metrics_before_and_after(builds: Builds) -> tuple[dict[str, Row], dict[str, Row]]:
    """Give the metrics of the last month, of sound data and of those with defects."""
    return last_metrics(builds.sound), last_metrics(builds.defective)


def test_names_are_cleaned_and_not_shown(builds: Builds) -> None:
    """What a client is called is personal: the list says only that it is odd."""
    stored = dict(builds.defective.query(
        "select client_id, client_name from client_profiles_staging.stg_clients"
    ))
    for number, defect in enumerate(COUNTED):
        if "client_name" in defect.cells:
            assert stored[builds.clients[number]] == (defect.instead["client_name"] or None)
    listed = rows_of(builds.defective.dump(DEFECTS), DEFECTS)
    values = [row["value"] for row in listed if row["column_name"] == "client_name"]
    assert values == [None] * 2


def test_the_other_engine_finds_the_same(
    builds: Builds, postgres_database: dict[str, str]
) -> None:
    """Every defect, and every row that is left, on PostgreSQL as on DuckDB."""
    project = builds.defective
    target = {"DBT_TARGET_PATH": str(project.folder / "targets" / "postgres")}

    project.succeed(
        *BUILD_WITHOUT_TESTS, "--select", "path:seeds/demo", "int_source_defects",
        "path:models/staging", env={**postgres_database, **target},
    )

    wanted = (STAGING, SOURCE_DEFECTS)
    assert_same(project.dump(*wanted), dump_postgres(postgres_database, *wanted))


def test_a_numeric_that_is_no_number_is_unknown(postgres_database: dict[str, str]) -> None:
    """PostgreSQL's exact type knows NaN and infinity too."""
    value = JinjaModels().call("metric_value", "given", "numeric")
    numbers = ("NaN", "Infinity", "-Infinity", "1e30", "-1e30", "0.1234565", "999999999999")
    given = ", ".join(f"('{number}'::numeric)" for number in numbers)
    with connect_postgres(postgres_database) as cursor:
        cursor.execute(f"select cast({value} as text) from (values {given}) as rows (given)")
        scored = [row[0] for row in cursor.fetchall()]
    assert scored == [None] * 5 + ["0.123457", "999999999999.000000"]


def test_the_summary_says_that_something_is_missing(builds: Builds) -> None:
    """In one line, with the command that shows what."""
    rows = Counter(row["consequence"] for row in rows_of(builds.defective.dump(DEFECTS), DEFECTS))

    printed = builds.defective.succeed("--quiet", "run-operation", "print_summary").output

    line = (
        f"Data: {rows['row_excluded']} defect(s) left out a row, {rows[EMPTIED]} a value, "
        f"{rows[KEPT]} to look at; which: dbt show --select fct_data_defects"
    )
    assert line in printed
    assert line in (ROOT / "docs" / "data_quality.md").read_text(encoding="utf-8")


# --- defects of sources that stop the run -----------------------------------------


@pytest.fixture(scope="module")
def stopped(
    built_demo: DemoProject, tmp_path_factory: pytest.TempPathFactory  # noqa: F811
) -> DemoProject:
    """Give a built copy of the demo, for builds that end before anything is scored."""
    return built_demo.copy_to(tmp_path_factory.mktemp("stopped") / "project")


@pytest.fixture
def project(stopped: DemoProject) -> DemoProject:
    """Give it with its sources, models and tables as they were."""
    before = checksum_duckdb(stopped.build_file, *KEPT_TABLES)
    yield stopped
    assert checksum_duckdb(stopped.build_file, *KEPT_TABLES) == before, "something was scored"
    put_back(stopped)


def put_back(project: DemoProject) -> None:
    """Give a copy its sources and metrics back, as files."""
    for path in [
        *(ROOT / "seeds" / "demo").glob("*.csv"),
        ROOT / "models" / "metrics" / "int_client_metrics.sql",
    ]:
        (project.folder / path.relative_to(ROOT)).write_bytes(path.read_bytes())


@pytest.fixture(scope="module")
def stops(
    built_demo: DemoProject, stopped: DemoProject  # noqa: F811
) -> dict[str, str]:
    """Put all in and build: give what each should be called, and what the build says."""
    before = checksum_duckdb(stopped.build_file, *KEPT_TABLES)
    sources = Sources(stopped.folder / "seeds" / "demo")
    rows = [each for each in STOPPING if not each.everywhere and not each.is_empty]
    clients = place(rows, sources, last_metrics(built_demo))
    expected = {}
    for each in STOPPING:
        if each.is_empty:
            sources.tables[each.table].clear()
        elif each.everywhere:
            for row in sources.tables[each.table]:
                row.update(each.cells)
        else:
            client = clients[rows.index(each)]
            row = sources.find(each.table, client, each.month)
            cells = fill_in(each.cells, client)
            expected[each.words] = each.says.replace("{client}", client).replace(
                "{key}", row[KEYS[each.table]]
            )
            if each.as_copy:
                sources.tables[each.table].append({**row, **cells})
            else:
                row.update(cells)
            continue
        expected[each.words] = each.says
    sources.write()
    said = stopped.fail(
        "build", "--select", "path:seeds/demo", "int_source_defects", "path:models/staging"
    )
    without_tests = stopped.fail("run", "--select", "path:models/staging")
    assert checksum_duckdb(stopped.build_file, *KEPT_TABLES) == before, "something was scored"
    put_back(stopped)
    return {"said": said, "without_tests": without_tests, **expected}


@pytest.mark.parametrize("each", STOPPING, ids=lambda each: each.words)
def test_it_stops_the_run_with_a_word_on_the_row(
    stops: dict[str, str], each: Stopping
) -> None:
    """All of them at once, so that nobody corrects one after the other."""
    assert stops[each.words] in stops["said"], stops["said"]
    # Staging itself looks, so that a plain dbt run is safe too.
    assert stops[each.words] in stops["without_tests"]


def test_the_error_says_what_to_do(stops: dict[str, str]) -> None:
    """How many there are, that nothing happened, and where all of them are listed."""
    assert "problem(s) in the sources; nothing was measured." in stops["said"]
    assert "Correct them where the table is made and run again." in stops["said"]
    assert "select * from" in stops["said"] and "int_source_defects" in stops["said"]


def says(words: str) -> str:
    """Give what dbt says of a source that is missing."""
    [each] = [each for each in MISSING if each.words == words]
    return each.says


def test_a_renamed_column_stops_the_run(project: DemoProject) -> None:
    """With the columns that are there instead."""
    project.edit_source("raw_orders", replace(",order_count,", ",orders,"))

    output = project.fail("build", "--select", "raw_orders", "int_source_defects")

    assert says("A column of a source is renamed") in output


def test_a_source_that_is_not_loaded_stops_the_run(project: DemoProject) -> None:
    """A table that somebody dropped, or that never came."""
    project.execute("drop table client_profiles_raw.raw_orders")

    output = project.fail("run", "--select", "int_source_defects")

    assert says("A source is not loaded") in output


def test_a_file_that_is_missing_stops_the_run(project: DemoProject) -> None:
    """Before anything runs."""
    (project.folder / "seeds" / "demo" / "raw_orders.csv").unlink()

    result = project.dbt("build", "--select", "int_source_defects")

    assert result.exit_code == 2
    assert says("The file of a source is missing") in " ".join(result.output.split())


def test_metrics_that_the_rules_cannot_judge_stop_the_run(project: DemoProject) -> None:
    """A float has no exact value, and may have none at all."""
    casts = ", ".join(
        f"cast({metric} as {kind}) as {metric}"
        for metric, (kind, _) in UNREADABLE_METRICS.items()
    )
    edit_file(
        project.folder / "models" / "metrics" / "int_client_metrics.sql",
        replace("select * from joined_metrics", f"select * replace ({casts}) from joined_metrics"),
    )

    output = project.fail(
        "run", "--select", "int_client_metrics", "path:models/rules", "int_metric_history"
    )

    for metric in UNREADABLE_METRICS:
        assert f"int_client_metrics has no exact number of this name (metric is {metric})" in output


# --- what is scored, of whoever installs the package -------------------------------


@pytest.fixture(scope="module")
def models() -> JinjaModels:
    """Give the models in memory."""
    return JinjaModels()


CLIENT_TYPES = dict.fromkeys(CLIENT, "text")
METRIC_TYPES = {
    "client_id": "text", "period_start": "date", "tenure_months": "integer", "orders": "hugeint",
}


def find_defects(
    models: JinjaModels, clients: list[Row], months: list[Row],
    client_types: dict[str, str] = CLIENT_TYPES, metric_types: dict[str, str] = METRIC_TYPES,
) -> list[Row]:
    """Give the defects of two tables; an error for those that stop."""
    models.forget()
    models.set_variable("as_of", "2026-11-01")
    models.give("stg_clients", client_types, clients)
    models.give("int_client_metrics", metric_types, months)
    defects = models.run("int_input_defects")
    models.call(
        "raise_defects", '"int_input_defects"', "what is to be scored", "nothing was scored"
    )
    return defects


@pytest.mark.parametrize("each", INPUTS, ids=lambda each: each.words)
def test_a_row_that_is_scored(models: JinjaModels, each: Input) -> None:
    """It stops the run, or is listed, as documented."""
    clients, months = [CLIENT, *each.clients], [MONTH, *each.months]

    if each.consequence == STOPS:
        with pytest.raises(ValueError, match="nothing was scored") as error:
            find_defects(models, clients, months)
        assert each.says in str(error.value)
        return
    defects = find_defects(models, clients, months)
    if each.consequence == HARMLESS:
        assert defects == []
    else:
        assert {f"{row['column_name']} {row['check_name']}" for row in defects} == {each.says}
        assert {row["consequence"] for row in defects} == {each.consequence}


@pytest.mark.parametrize(
    ("orders", "scored"),
    [("1" + "0" * 19, None), ("-1" + "0" * 19, None), ("999999999999", 999999999999), ("7", 7)],
)
def test_a_metric_that_does_not_fit_is_unknown(
    models: JinjaModels, orders: str, scored: int | None
) -> None:
    """It is no error of the database, which could not say whose metric it is."""
    models.forget()
    models.give("int_client_metrics", METRIC_TYPES, [{**MONTH, "orders": orders}])

    value = models.call("metric_value", "orders", "hugeint")

    assert models.ask(f"select {value} from int_client_metrics") == [(scored,)]


@pytest.mark.parametrize("each", SHAPES, ids=lambda each: each.words)
def test_a_table_that_cannot_be_scored(models: JinjaModels, each: Shape) -> None:
    """The error names table, column and type."""

    def types(sound: dict[str, str], changes: dict[str, str | None]) -> dict[str, str]:
        return {name: kind for name, kind in {**sound, **changes}.items() if kind is not None}

    numbers = {"client_id": "1", "client_name": "1"} if each.clients else {}
    clients = [{**CLIENT, **numbers}] if each.rows else []
    months = [{**MONTH, **({"client_id": "1"} if numbers else {})}] if each.rows else []

    with pytest.raises(ValueError) as error:
        find_defects(
            models, clients, months,
            types(CLIENT_TYPES, each.clients), types(METRIC_TYPES, each.metrics),
        )

    assert each.says in str(error.value)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            {"key": "order_nr", "row_key": ["order_nr"]},
            "its meta has no key, or one that has no format",
        ),
        ({"columns": [], "row_key": []}, "none of its columns has a format in its meta"),
        ({"column": {"at_least": "amounts"}}, "amount mentions amounts, which has no format"),
        ({"column": {"if_wrong": "ignore"}}, "amount: unknown consequence ignore; known: stops, "),
        ({"column": {"maximum": "1 or 1=1"}}, "amount: maximum is no number"),
        ({"column": {"metrics": ["a'b"]}}, "a'b is no plain name of letters, digits"),
    ],
    ids=lambda each: str(each)[:40],
)
def test_a_description_that_makes_no_sense_is_refused(
    models: JinjaModels, change: dict, problem: str
) -> None:
    """Its words become SQL, so they are checked first."""
    column = {
        "name": "amount", "format": "amount", "if_wrong": EMPTIED, "future": "allowed",
        "at_least": None, "at_most": None, "empties": ["amount"], "metrics": [], "maximum": None,
        **change.get("column", {}),
    }
    specification = {
        "name": "orders", "key": "amount", "row_key": ["amount"], "metrics": [],
        "if_contradicting": STOPS, "columns": [column],
        **{name: value for name, value in change.items() if name != "column"},
    }

    with pytest.raises(ValueError, match="checked source orders is not complete") as error:
        models.call("raise_source_specification", specification)

    assert problem in str(error.value)


def test_an_unknown_format_is_refused(models: JinjaModels) -> None:
    """With those that are known."""
    with pytest.raises(ValueError, match="unknown format 'money'.*known: id, text, date, count"):
        models.call("source_format", "money")


@pytest.mark.parametrize(
    ("data_type", "is_exact"),
    [
        ("INTEGER", True), ("bigint", True), ("HUGEINT", True), ("UBIGINT", True), ("int8", True),
        ("numeric", True), ("numeric(18,6)", True), ("DECIMAL(18,6)", True),
        ("INTERVAL", False), ("INTEGER[]", False), ("DECIMAL(18,3)[]", False), ("DOUBLE", False),
        ("real", False), ("VARCHAR", False), ("point", False),
    ],
)
def test_only_exact_numbers_are_metrics(
    models: JinjaModels, data_type: str, is_exact: bool
) -> None:
    """An interval and a list of numbers begin like a number."""
    assert models.call("is_exact_number", data_type) is is_exact


# --- the documentation -------------------------------------------------------------


def test_the_documentation_lists_the_same_defects() -> None:
    """What, where, and what happens: no more and no less than is tried here."""
    page = (ROOT / "docs" / "data_quality.md").read_text(encoding="utf-8")
    table = page.partition("| defect | in | what happens |\n|---|---|---|\n")[2]
    lines = [line for line in table.partition("\n\n")[0].splitlines()]
    shown_rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]

    assert shown_rows == [(words, f"`{where}`" if "_" in where else where, outcome)
                          for words, where, outcome in documented()]
    assert len(shown_rows) >= 40
