"""Names of clients: marked as personal data, and nowhere to be read when masked.

One build of the marts that show names, with the variable on, over a copy of the demo;
then every text of every published table and of every export is searched for the names.
"""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

import notices
import publish
from demo_project import DemoProject, built_demo  # noqa: F401
from jinja_models import JinjaModels
from project_files import ROOT
from publication import Publication, quoted, read_publication, said_by
from report_pages import read_all
from seed_edits import replace

MASKED = ["--vars", "{mask_client_names: true}"]
TEXTS_TEST = "assert_no_text_names_a_client_where_names_are_masked"
# Columns that hold the name of a person or a client, wherever they stand.
NAMES_OF_PEOPLE = {"client_name", "requested_by", "approved_by"}


@dataclass(frozen=True)
class Masked:
    """The demo with masked names, and what it publishes."""

    project: DemoProject
    publication: Publication
    names: tuple[str, ...]


@pytest.fixture(scope="module")
def client_names() -> tuple[str, ...]:
    """Give the names of all clients of the demo."""
    with (ROOT / "seeds/demo/raw_clients.csv").open(encoding="utf-8", newline="") as file:
        names = {row["client_name"].strip() for row in csv.DictReader(file)}
    return tuple(sorted(names))


@pytest.fixture(scope="module")
def masked(
    built_demo: DemoProject,  # noqa: F811
    client_names: tuple[str, ...],
    tmp_path_factory: pytest.TempPathFactory,
) -> Masked:
    """Build the marts that show names again, with masked names."""
    project = built_demo.copy_to(tmp_path_factory.mktemp("masked") / "project")
    said = said_by(
        project.succeed("--quiet", "run-operation", "print_publication", *MASKED).output
    )
    publication = read_publication(
        said, "0123abcd-run", datetime(2026, 11, 1, 3, 15, tzinfo=UTC), ROOT
    )
    with_names = [
        table.name for table in publication.tables
        if any(column.name == "client_name" for column in table.columns)
    ]
    assert len(with_names) >= 4
    project.succeed(
        "build", "--exclude-resource-type", "unit_test", *MASKED, "--select",
        *with_names, TEXTS_TEST,
        # The other tests of these marts are those of any build.
        "--exclude", "test_type:generic",
    )
    return Masked(project, publication, client_names)


@pytest.fixture(scope="module")
def in_memory() -> JinjaModels:
    """Give the macros without dbt."""
    return JinjaModels()


def found_names(path: Path, names: tuple[str, ...]) -> list[str]:
    """List every column in which a text holds one of the names, apart from the sources."""
    any_of_them = "|".join(re.sub(r"([.*+?()|^$\\[\]{}])", r"\\\1", name) for name in names)
    with duckdb.connect(str(path), read_only=True) as connection:
        columns = connection.execute(
            "select schema_name, table_name, column_name from duckdb_columns()"
            " where database_name = current_database() and data_type = 'VARCHAR'"
            " and schema_name not in ('client_profiles_raw', 'client_profiles_staging')"
            # A view only shows what tables hold, and is computed for each column anew.
            " and (schema_name, table_name) in"
            "   (select (schema_name, table_name) from duckdb_tables())"
            " order by all"
        ).fetchall()
        return [
            f"{schema}.{table}.{column}"
            for schema, table, column in columns
            if connection.execute(
                f"select 1 from {quoted(schema)}.{quoted(table)}"
                f" where regexp_matches({quoted(column)}, $1) limit 1",
                [any_of_them],
            ).fetchone()
        ]


def test_no_published_table_holds_a_name(masked: Masked, tmp_path: Path) -> None:
    file = tmp_path / "published.duckdb"
    publish.copy(masked.project.build_file, file, masked.publication)
    assert found_names(file, masked.names) == []
    # The Parquet files hold the tables of that file, row by row.
    folder = tmp_path / "parquet" / "current"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    in_parquet = {Path(each["file"]).with_suffix("").as_posix() for each in manifest["files"]}
    assert in_parquet == {f"{each.schema}/{each.name}" for each in masked.publication.tables}
    for each in manifest["files"]:
        content = duckdb.sql(f"from read_parquet('{folder / each['file']}')")
        texts = [
            name for name, kind in zip(content.columns, content.types) if kind == "VARCHAR"
        ]
        words = {
            word for column in texts
            for (word,) in content.select(quoted(column)).distinct().fetchall() if word
        }
        assert not [name for name in masked.names if name in words], each["file"]
    # Nor what the report is made of, before it is packed into its page.
    shown = json.dumps(read_all(file), ensure_ascii=False)
    assert not [name for name in masked.names if name in shown]
    assert "Client C0001" in shown


def test_the_search_finds_names_that_are_not_masked(
    built_demo: DemoProject, client_names: tuple[str, ...]  # noqa: F811
) -> None:
    """So that a search which looks in the wrong place does not pass for masking."""
    found = found_names(built_demo.build_file, client_names)
    assert "client_profiles.client_profiles.client_name" in found
    assert "client_profiles.fct_department_notices.client_name" in found
    published = {
        column.split(".", 1)[1] for column in found
        if column.split(".")[0] in ("client_profiles", "client_profiles_snapshots")
    }
    # What is kept for good holds none: names are masked from one run to the next.
    assert {column.split(".")[1] for column in published} == {"client_name"}
    kept = [column for column in found if column.startswith("client_profiles_intermediate.")]
    assert kept == []


def test_a_masked_name_is_the_id_in_words(masked: Masked) -> None:
    with duckdb.connect(str(masked.project.build_file), read_only=True) as connection:
        rows = connection.execute(
            "select distinct client_id, client_name from client_profiles.client_profiles"
        ).fetchall()
    assert len(rows) > 200
    assert all(name == f"Client {client}" for client, name in rows)


def test_no_export_of_notices_holds_a_name(masked: Masked) -> None:
    printed = masked.project.succeed(
        "--quiet", "run-operation", "print_notices", "--args", "{since: 2024-11-01}", *MASKED
    ).output
    told = notices.read(printed)
    assert len(told) > 1000
    for content in (notices.as_csv(told), notices.as_jsonl(told), notices.as_text(told)):
        assert [name for name in masked.names if name in content] == []
        assert "Client C0001" in content


def test_a_reason_that_names_a_client_is_not_published(masked: Masked) -> None:
    """What people type can't be masked, so the build says where a name stands."""
    snapshot = "client_profiles_snapshots.profile_overrides_snapshot"
    masked.project.execute(
        f"create table kept as from {snapshot}",
        f"update {snapshot} set reason = 'Ateliê Pé de Moleque asked for it'"
        " where client_id = 'C0004'",
    )
    output = masked.project.fail("test", "--select", TEXTS_TEST, *MASKED)
    masked.project.execute(
        f"delete from {snapshot}", f"insert into {snapshot} from kept", "drop table kept"
    )
    assert "profile_overrides.csv (" in output
    assert "names client C0001" in output
    assert "Write the id instead of the name" in output


@pytest.mark.parametrize("given", ["maybe", 1, None, "", [True], "' or 1 = 1 --", "TRUE"])
def test_anything_but_true_and_false_is_refused(in_memory: JinjaModels, given: object) -> None:
    in_memory.set_variable("mask_client_names", given)
    with pytest.raises(Exception, match="var 'mask_client_names' is .*must be true or false"):
        in_memory.ask("select {{ client_profiles.client_name('clients') }}")


@pytest.mark.parametrize(
    ("given", "expected"),
    [(True, "Client 7"), ("true", "Client 7"), (False, "Ana"), ("false", "Ana")],
)
def test_true_masks_and_false_does_not(
    in_memory: JinjaModels, given: object, expected: str
) -> None:
    in_memory.set_variable("mask_client_names", given)
    assert in_memory.ask(
        "select {{ client_profiles.client_name('clients') }},"
        " {{ client_profiles.client_name('nobody') }}"
        " from (select 7 as client_id, 'Ana' as client_name) as clients"
        " left join (select 7 as client_id, 'Ana' as client_name where false) as nobody on true"
    ) == [(expected, None)]


def test_every_name_of_a_person_is_marked(masked: Masked) -> None:
    """In the publication, whose marks the tables' readers see."""
    marked, unmarked = set(), set()
    with duckdb.connect(str(masked.project.build_file), read_only=True) as connection:
        for table in masked.publication.tables:
            by_name = {column.name: column.is_personal_data for column in table.columns}
            in_table = connection.execute(f"from {table.relation} limit 0").description
            for name in NAMES_OF_PEOPLE & {column[0] for column in in_table}:
                (marked if by_name.get(name) else unmarked).add(f"{table.name}.{name}")
    assert unmarked == set()
    assert {"client_profiles.client_name", "fct_override_ledger.requested_by"} <= marked
