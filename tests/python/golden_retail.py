"""Four builds in a row of a slice of a retailer's real data, as `golden_builds` has of the demo.

One customer in forty, about 150, with all of their invoice lines. Each build reads a month more:

| build | what it adds to the one before |
|---|---|
| `fresh` | nothing is there yet |
| `later` | a customer is gone, another one is new, late lines of closed months are scored again, the candidate is approved, a decision by hand |
| `criterion` | a metric and a criterion, with a version that weighs it |
| `back` | a version as it was before, the customer is there again |
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dbt_runner import DbtResult
from demo_project import DemoProject
from extended_demo import judge_metric
from golden_builds import Step, as_of
from parquet_file import rows_in
from project_files import LEFT_OUT, ROOT, install_packages
from publication import literal
from seed_edits import append, edit_file, replace

SLICE = "customer_id % 40 = 7"
# Of the slice; from outside of it; with lines that come late.
LEAVER, NEWCOMER, LATE = 12967, 16813, 13767
METRIC = "revenue_per_year"


@dataclass(frozen=True)
class RetailProject(DemoProject):
    """A copy of integration_tests/online_retail, with its lines and its DuckDB file."""

    data: Path

    @property
    def lines(self) -> Path:
        """The invoice lines that a build reads."""
        return self.folder / "lines.parquet"

    def dbt(self, *args: str, env: dict[str, str] | None = None) -> DbtResult:
        """Run a dbt command, which may fail."""
        own = {
            "ONLINE_RETAIL_LINES": str(self.lines),
            "CLIENT_PROFILES_BUILD_PATH": str(self.build_file),
        }
        return super().dbt(*args, env={**own, **(env or {})})

    def read_lines(self, condition: str, late: Sequence[int] = ()) -> None:
        """Let the next builds read these lines.

        late: customers who have bought ten times as much in July 2011
        """
        quantity = "quantity"
        if late:
            quantity = (
                f"case when customer_id in ({', '.join(map(str, late))}) and quantity > 0"
                " and date_trunc('month', invoice_date) = date '2011-07-01'"
                " then 10 * quantity else quantity end"
            )
        with duckdb.connect() as connection:
            [count] = connection.execute(
                f"copy (select * replace (cast({quantity} as integer) as quantity)"
                f" from {rows_in(self.data)} where {condition})"
                f" to {literal(str(self.lines))} (format parquet)"
            ).fetchone()
        assert count > 10_000


def copy_retail(folder: Path, data: Path) -> RetailProject:
    """Copy the project, not built yet.

    data: Parquet file with all lines
    """
    shutil.copytree(
        ROOT / "integration_tests/online_retail", folder, ignore=shutil.ignore_patterns(*LEFT_OUT)
    )
    (folder / "warehouse").mkdir()
    install_packages(folder, local={"client_profiles": ROOT})
    # With all the engines that the project itself knows.
    profiles = (ROOT / "profiles.yml").read_text(encoding="utf-8")
    (folder / "profiles.yml").write_text(
        replace("\nclient_profiles:\n", "\nonline_retail:\n")(profiles), encoding="utf-8"
    )
    return RetailProject(folder, data)


def read_a_slice(project: RetailProject) -> list[str]:
    """Build what there is of the customers of the slice."""
    project.read_lines(SLICE)
    return as_of("2011-09-01")


def let_a_month_pass(project: RetailProject) -> list[str]:
    """Change what can change in a month."""
    project.read_lines(
        f"{SLICE} and customer_id <> {LEAVER} or customer_id = {NEWCOMER}", late=[LATE]
    )
    project.edit_rules(
        "scorecard_versions",
        replace(
            "relationship,3,candidate,2012-01-01,,3,3,0.6,,,",
            "relationship,3,approved,2011-09-01,,3,3,0.6,Head of sales,2011-08-20,",
        ),
    )
    project.edit_rules(
        "profile_overrides",
        append(
            f"tier,{LATE},nucleus,2011-08-01,2011-11-01,They open a second shop,Sales,Head of sales"
        ),
    )
    project.edit_rules("profiles", replace("B · Good", "B · Solid"))
    return project.record_restatement("2011-06-01", as_of="2011-10-01")


def add_a_criterion(project: RetailProject) -> list[str]:
    """Judge customers by one more thing."""
    before = "        purchases.revenue_per_month,\n"
    edit_file(
        project.folder / "models/metrics/int_client_metrics.sql",
        replace(
            before,
            f"{before}        cast(12 * purchases.revenue_per_month as decimal(18, 2))"
            f" as {METRIC},\n",
        ),
    )
    project.edit_rules(
        "scorecard_versions",
        append("relationship,4,approved,2011-10-01,,1,3,0.6,Head of sales,2011-09-20,Size counts"),
    )
    project.copy_version("relationship", "3", "4")
    project.edit_rules(
        "criteria",
        append(f"size,{METRIC},Size,pounds per year,number,higher_is_better,false,,"),
    )
    judge_metric(
        project, "relationship,4,size", {"small": ("", 20), "large": ("3000", 100)},
        instead_of="relationship,4,order_frequency", weights=("0.20", "0.10"),
    )
    return as_of("2011-11-01")


def take_it_back(project: RetailProject) -> list[str]:
    """Weigh as before; the version that scored stays, and with it its criterion."""
    project.read_lines(f"{SLICE} or customer_id = {NEWCOMER}", late=[LATE])
    project.edit_rules(
        "scorecard_versions",
        append("relationship,5,approved,2011-11-01,,2,3,0.6,Head of sales,2011-10-20,As before"),
    )
    project.copy_version("relationship", "3", "5")
    return as_of("2011-12-01")


RETAIL_STEPS = (
    Step("fresh", read_a_slice),
    Step("later", let_a_month_pass),
    Step("criterion", add_a_criterion),
    Step("back", take_it_back),
)
