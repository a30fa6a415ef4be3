"""Copies of the project with the demo built, for tests to work on.

    from demo_project import built_demo  # noqa: F401

| fixture | gives |
|---|---|
| `built_demo` | the demo, built and tested once, for all processes: only to be read |

A test that changes something works on a copy of it: `built_demo.copy_to(folder)`.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb
import msgpack
import pytest

from built_once import built_once
from dbt_forks import fork_dbt
from dbt_runner import DbtResult
from project_files import LEFT_OUT, copy_project, install_packages
from seed_edits import Edit, append, edit_file, forget, repeat, replace
from warehouse_dump import Dump, dump_duckdb

# What the sources alone decide: tests about rules leave it as it was built.
WITHOUT_SOURCES = [
    "--exclude",
    "path:seeds/demo",
    "path:models/staging",
    "path:models/metrics",
]

WITHOUT_UNIT_TESTS = ["--exclude-resource-type", "unit_test"]

# The same tables as a build, for tests of what stands in them.
BUILD_WITHOUT_TESTS = [
    "build",
    "--exclude-resource-type", "test",
    *WITHOUT_UNIT_TESTS,
]

# Where dbt keeps what it parsed, in a target folder.
PARSED = "partial_parse.msgpack"

# The day on which the demo is looked at, and the last period that is over then.
AS_OF = "2026-11-01"
LAST_PERIOD = "2026-10-01"


@dataclass(frozen=True)
class DemoProject:
    """A copy of the project, with its DuckDB file."""

    folder: Path

    @property
    def build_file(self) -> Path:
        """The DuckDB file that dbt builds into."""
        return self.folder / "warehouse" / "build.duckdb"

    def dbt(self, *args: str, env: dict[str, str] | None = None) -> DbtResult:
        """Run a dbt command, which may fail."""
        # Nobody reads the manifest and the results that dbt would write there.
        command = ["--no-write-json", *args]
        if args[0] == "build" and "unit_test" not in args:
            # They look at the models' SQL, not at what is built: once is enough.
            command += WITHOUT_UNIT_TESTS
        return fork_dbt(self.folder, command, {**self.target_of(*args), **(env or {})})

    def target_of(self, *args: str) -> dict[str, str]:
        """Give the target folder of a command, as the variable that dbt reads.

        dbt parses everything anew when the variables are not those of the last
        command, so each set of them gets a target folder of its own.
        """
        variables = args[args.index("--vars") + 1] if "--vars" in args else ""
        name = "_".join(["target", *re.findall(r"[\w.-]+", variables)])
        return {"DBT_TARGET_PATH": str(self.folder / "targets" / name)}

    def succeed(self, *args: str, env: dict[str, str] | None = None) -> DbtResult:
        """Run a dbt command that must not fail."""
        result = self.dbt(*args, env=env)
        assert_succeeded(result)
        return result

    def fail(self, *args: str, env: dict[str, str] | None = None) -> str:
        """Run a dbt command that must fail; give its output as one line.

        dbt wraps and indents messages by where they come from, so tests look
        for sentences in a text with single spaces.
        """
        result = self.dbt(*args, env=env)
        assert result.exit_code == 1, result.output
        return " ".join(result.output.split())

    def edit_rules(self, seed: str, *edits: Edit) -> None:
        """Edit one of the rule seeds."""
        edit_file(self.folder / "seeds" / "scorecards" / f"{seed}.csv", *edits)

    def copy_version(self, scorecard: str, version: str, name: str) -> None:
        """Give weights, bands and rules of a version to another one."""
        old, new = f"{scorecard},{version},", f"{scorecard},{name},"
        for seed in ("criterion_weights", "score_bands", "profile_rules"):
            self.edit_rules(seed, repeat(old, {old: new}))

    def approve_candidate(self, effective_from: str) -> None:
        """Approve version 3 of scorecard relationship: a change of its own line."""
        self.edit_rules(
            "scorecard_versions",
            replace(
                "relationship,3,candidate,2026-12-01,,2,3,0.6,,,",
                f"relationship,3,approved,{effective_from},,2,3,0.6,Board,2026-10-20,",
            ),
        )

    def confirm_in(self, periods: int) -> None:
        """Let the approved versions of scorecard relationship confirm profiles."""
        self.edit_rules(
            "scorecard_versions",
            *(
                replace(f"approved,{dates},1,", f"approved,{dates},{periods},")
                for dates in ("2024-11-01,2025-11-01", "2025-11-01,")
            ),
        )

    def record_restatement(
        self, restate_from: str, as_of: str = AS_OF, name: str = "correction"
    ) -> list[str]:
        """Write down who wants closed periods scored again, and why.

        It gives the arguments of the run that may do it then.
        """
        self.edit_rules(
            "restatements",
            append(f"{name},{restate_from},{as_of},Sales,Board,The scores were wrong"),
        )
        return ["--vars", f"{{as_of: {as_of}, restate_from: {restate_from}}}"]

    def edit_source(self, seed: str, *edits: Edit) -> None:
        """Edit one of the demo's source tables."""
        edit_file(self.folder / "seeds" / "demo" / f"{seed}.csv", *edits)

    def multiply_orders(self, month: str) -> str:
        """Add thousands of orders to one of a month's batches; give its client.

        It stands for data that come late. Each call adds to the same batch.
        """
        seed = (self.folder / "seeds/demo/raw_orders.csv").read_text(encoding="utf-8")
        line = re.search(rf"^\w+,\w+,{month}-\d\d,.*$", seed, re.MULTILINE).group()
        batch, client, day, orders, items, late = line.split(",")
        huge = f"{batch},{client},{day},{int(orders) + 5000},{int(items) + 5000},{late}"
        self.edit_source("raw_orders", replace(f"{line}\n", f"{huge}\n"))
        return client

    def forget_client(self, client: str) -> None:
        """Take a client out of all source tables."""
        for path in (self.folder / "seeds" / "demo").glob("raw_*.csv"):
            self.edit_source(path.stem, forget(client))

    def dump(self, *wanted: str) -> Dump:
        """Dump schemas and relations of the DuckDB file; all without a name."""
        return dump_duckdb(self.build_file, *wanted)

    def execute(self, *statements: str) -> None:
        """Change the DuckDB file behind dbt's back."""
        with duckdb.connect(str(self.build_file)) as connection:
            for statement in statements:
                connection.execute(statement)

    def query(self, statement: str) -> list[tuple]:
        """Ask the DuckDB file."""
        with duckdb.connect(str(self.build_file), read_only=True) as connection:
            return connection.execute(statement).fetchall()

    def copy_to(self, folder: Path) -> DemoProject:
        """Copy project and DuckDB file, to change them; what dbt parsed goes with them."""
        shutil.copytree(
            self.folder, folder, ignore=shutil.ignore_patterns(*LEFT_OUT, "targets")
        )
        install_packages(folder)
        copied = DemoProject(folder)
        copy_warehouse(self.build_file, copied.build_file)
        move_what_was_parsed(self.folder, folder)
        return copied


def assert_succeeded(result: DbtResult) -> None:
    """Check that a dbt command did not fail; show only what went wrong."""
    if result.exit_code == 0:
        return
    # After the list of everything that ran.
    _, found, errors = result.output.partition("Completed with")
    pytest.fail(f"dbt ended with {result.exit_code}: {found}{errors or result.output}")


def copy_warehouse(source: Path, destination: Path) -> None:
    """Copy a DuckDB file that nobody has open."""
    log = Path(f"{source}.wal")
    assert not log.exists(), f"{log} holds rows that the copy would not have"
    Path(f"{destination}.wal").unlink(missing_ok=True)
    shutil.copy(source, destination)


def move_what_was_parsed(source: Path, destination: Path) -> None:
    """Let dbt go on in a copy of a project from what it parsed in the original.

    Parsing all files anew takes it as long as half a build. It remembers in which folder
    they are: as it stands, the copy would load the seeds of the original.
    """

    def moved(value: object) -> object:
        if isinstance(value, dict):
            return {key: moved(each) for key, each in value.items()}
        if isinstance(value, list):
            return [moved(each) for each in value]
        if isinstance(value, str) and value.startswith(str(source)):
            return str(destination) + value.removeprefix(str(source))
        return value

    for parsed in (source / "targets").glob(f"*/{PARSED}"):
        target = destination / "targets" / parsed.parent.name
        target.mkdir(parents=True)
        remembered = msgpack.unpackb(parsed.read_bytes(), strict_map_key=False)
        (target / PARSED).write_bytes(msgpack.packb(moved(remembered)))


@pytest.fixture(scope="session")
def built_demo(tmp_path_factory: pytest.TempPathFactory) -> DemoProject:
    """Give the demo, built and tested; tests only read it."""

    def build(folder: Path) -> None:
        project = DemoProject(copy_project(folder))
        # With everything that a build tests, once.
        command = ["--no-write-json", "build"]
        assert_succeeded(fork_dbt(project.folder, command, project.target_of(*command)))

    return DemoProject(built_once(tmp_path_factory, "built_demo", build))
