"""Four builds in a row of one project, on DuckDB and on another engine.

    for build in golden_builds(project, build_there, dump_there):
        assert not build.differences

| build | what it adds to the one before |
|---|---|
| `fresh` | nothing is there yet |
| `later` | a month later: a client is gone, others are new or changed, late data are scored again, a candidate is approved, decisions by hand come and go, a scorecard begins |
| `criterion` | two metrics and criteria, one of them in force, and a column of a rule seed: tables that are added to, and histories, get columns |
| `back` | the criterion in force ends with its version, the one that was tried and the column of the seed are taken away, the client is there again |

The edits are those of somebody who keeps the rules of the house: what has scored stays.
Whoever builds elsewhere gives two functions, so that this file knows no other engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from demo_project import BUILD_WITHOUT_TESTS, DemoProject
from extended_demo import (
    add_metric, bring_back, drop_metric, extend_seed, judge_metric, shorten_seed,
)
from seed_edits import append, drop, repeat, replace
from warehouse_dump import Dump, describe_differences

# Gone in the second build and back in the last one; new; of another name and region.
LEAVER, NEWCOMER, CHANGED = "C0001", "C9001", "C0002"
APPROVED_METRIC = ("recent_orders", "order_metrics.orders_last_three_months")
TRIED_METRIC = (
    "yearly_revenue", "cast(12 * billing_metrics.monthly_revenue as decimal(18, 2))"
)
SEED_COLUMN = "owner"


@dataclass(frozen=True)
class Step:
    """One of the builds.

    edit: changes the project, and gives the arguments of the dbt commands that build it
    """

    name: str
    edit: Callable[[DemoProject], Sequence[str]]


@dataclass(frozen=True)
class GoldenBuild:
    """What a build gave: DuckDB's rows, and in what the other engine's differ."""

    name: str
    dump: Dump
    differences: list[str]


def golden_builds(
    project: DemoProject,
    build_there: Callable[..., None],
    dump_there: Callable[[], Dump],
    *,
    steps: Sequence[Step] = (),
    is_built: bool = False,
    command: Sequence[str] = BUILD_WITHOUT_TESTS,
) -> Iterator[GoldenBuild]:
    """Build on both engines, step by step, and compare every relation.

    project: a copy of the project, whose seeds and models the steps edit; a thinned one
      will do, as long as it has the clients of `cut_to_few_clients`
    build_there: takes the arguments of a dbt command; builds on the other engine, and
      fails if dbt does
    dump_there: gives the other engine's relations as `dump_duckdb` does
    steps: in this order; without any, all of `STEPS`
    is_built: DuckDB has the first of these builds already
    command: the dbt command, without the arguments of the step
    """
    for step in steps or STEPS:
        arguments = [*command, *step.edit(project)]
        if not is_built:
            project.succeed(*arguments)
        is_built = False
        build_there(*arguments)
        dump = project.dump()
        yield GoldenBuild(step.name, dump, describe_differences(dump, dump_there()))


def as_of(day: str) -> list[str]:
    """Give the arguments of a run that looks at the data from a day."""
    return ["--vars", f"{{as_of: {day}}}"]


def stay_as_it_is(project: DemoProject) -> list[str]:
    """Build the demo as it is, on its own date."""
    return []


def let_a_month_pass(project: DemoProject) -> list[str]:
    """Change all that can change in a month.

    The incremental models add to what is there, the histories get records that end.
    """
    change_clients(project)
    project.approve_candidate("2026-11-01")
    project.edit_rules(
        "criterion_weights",
        replace(
            "relationship,3,order_volume,0.12,none", "relationship,3,order_volume,0.22,min_max"
        ),
        replace("relationship,3,autonomy,0.20", "relationship,3,autonomy,0.10"),
        repeat("tier,1,", {"tier,1": "tier,2"}),
        repeat("tier,1,", {"tier,1": "care,1"}),
    )
    project.edit_rules("scorecards", append("care,Care,Who needs our attention"))
    project.edit_rules(
        "scorecard_versions",
        append(
            "tier,2,candidate,2026-12-01,,3,0,0.5,,,To be confirmed in a third month",
            "care,1,approved,2026-05-01,,2,0,0,Care,2026-04-20,A first try",
        ),
    )
    for seed in ("score_bands", "profile_rules"):
        project.edit_rules(
            seed,
            repeat("tier,1,", {"tier,1": "tier,2"}),
            repeat("tier,1,", {"tier,1": "care,1"}),
        )
    project.edit_rules(
        "profiles", replace("B · Good", "B · Solid"), repeat("tier,", {"tier": "care"})
    )
    project.edit_rules(
        "protocols",
        repeat("tier,", {"tier": "care"}),
        replace("Quote list prices and sell no special projects,,48", "Do not call,,72"),
        drop("relationship,A,sales,entered"),
    )
    project.edit_rules(
        "benefits", replace("express_dock,tier,orbital,,40", "express_dock,care,,30.5,30")
    )
    project.edit_rules(
        "profile_overrides",
        drop("tier,C0028,"),
        append("relationship,C0003,A,2026-08-01,2027-01-01,They asked,Sales,Board"),
    )
    return project.record_restatement("2026-06-01", as_of="2026-12-01")


def change_clients(project: DemoProject) -> None:
    """Let a client go, another one come, and a third be another one's."""
    project.forget_client(LEAVER)
    project.multiply_orders("2026-06")
    project.edit_source(
        "raw_clients",
        replace(
            f'{CHANGED},"D\'Ávila & Irmãs, Calçados",outbound,south,',
            f'{CHANGED},"D\'Ávila ""&"" Irmãs \\ Calçados",outbound,northeast,',
        ),
        append(f"{NEWCOMER},Loja Nova 'n' \U0001f6d2,referral,south,toys"),
    )
    newcomer = {
        "raw_contracts": "K9001,{},2026-10-20,,1",
        "raw_orders": "B900001,{},2026-11-05,30,40,1",
        "raw_invoices": "I90001,{},2026-11-05,2026-11-20,,1234.50,",
        "raw_support_tickets": "T900001,{},2026-11-30,return,low,",
    }
    for seed, line in newcomer.items():
        project.edit_source(seed, append(line.format(NEWCOMER)))


def add_criteria(project: DemoProject) -> list[str]:
    """Judge clients by one more thing, try another one, and write down one more.

    A version follows the approved one; the candidate may be edited at will.
    """
    add_metric(project, *APPROVED_METRIC)
    add_metric(project, *TRIED_METRIC)
    project.edit_rules(
        "scorecard_versions",
        append("relationship,4,approved,2026-12-01,,1,3,0.6,Board,2026-11-20,One more thing counts"),
    )
    project.copy_version("relationship", "3", "4")
    project.edit_rules(
        "criteria",
        append(
            f"activity,{APPROVED_METRIC[0]},Activity,orders,number,higher_is_better,true,1,Call them",
            f"size,{TRIED_METRIC[0]},Size,currency per year,number,higher_is_better,false,,",
        ),
    )
    judge_metric(
        project, "relationship,4,activity",
        {"asleep": ("", 0), "awake": ("1", 60), "busy": ("300", 100)},
        instead_of="relationship,4,order_volume", weights=("0.22", "0.12"),
    )
    judge_metric(
        project, "tier,2,size", {"small": ("", 20), "large": ("30000", 100)},
        instead_of="tier,2,revenue", weights=("0.6", "0.5"),
    )
    extend_seed(project, "benefits", SEED_COLUMN, "sales")
    return as_of("2027-01-01")


def take_them_back(project: DemoProject) -> list[str]:
    """Take away what may be taken away, and end the rest.

    The version that scored stays, and with it its criterion and the metric.
    """
    bring_back(project, LEAVER)
    project.edit_rules(
        "scorecard_versions",
        append("relationship,5,approved,2027-01-01,,2,3,0.6,Board,2026-12-20,As it was before"),
    )
    project.copy_version("relationship", "3", "5")
    project.edit_rules(
        "criterion_weights",
        drop("tier,2,size,"), replace("tier,2,revenue,0.5,", "tier,2,revenue,0.6,"),
    )
    project.edit_rules("score_bands", drop("tier,2,size,"))
    project.edit_rules("criteria", drop("size,"))
    drop_metric(project, *TRIED_METRIC)
    shorten_seed(project, "benefits", SEED_COLUMN)
    return as_of("2027-02-01")


STEPS = (
    Step("fresh", stay_as_it_is),
    Step("later", let_a_month_pass),
    Step("criterion", add_criteria),
    Step("back", take_them_back),
)
