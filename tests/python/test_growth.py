"""Transitions, growth, forecast and attraction are what plain loops count.

Held against the oracle for the demo and for a retailer's real history, and against
small cases whose figures were worked out on paper.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from demo_project import (  # noqa: F401
    BUILD_WITHOUT_TESTS, DemoProject, built_demo,
)
from integration_builds import online_retail_build  # noqa: F401
from jinja_models import JinjaModels
from oracle_attraction import attraction_rows, read_groups, wilson
from oracle_growth import (
    WAITING, Forecaster, History, first_day, forecast_rows, growth_rows, number_of,
    read_histories, transition_rows,
)
from project_files import ROOT, copy_project

GROWTH = (
    "profile, version, horizon, clients, entered, exited, net_growth, growth_rate,"
    " share_of_clients, revenue, share_of_revenue, observed_periods, backtests,"
    " mean_absolute_forecast_error, mean_absolute_naive_error, is_better_than_naive,"
    " is_forecast, period_start"
)
TRANSITIONS = (
    "from_profile, to_profile, version, clients, revenue_before, revenue_after,"
    " is_rule_change, period_start"
)
ATTRACTION = (
    "dimension, group_name, stage, profile, clients, group_clients, share, average_share,"
    " lift, lift_lower_bound, lift_upper_bound, median_periods, is_small_group"
)
FORECASTS = (
    "profile, horizon, observed_periods, clients_at_origin, expected_clients,"
    " expected_entered, expected_exited, actual_clients, origin_period, period_start"
)
# Table, its columns that the oracle knows, and what counts its rows.
COUNTED = {
    "client_profiles.fct_profile_transitions": (TRANSITIONS, transition_rows),
    "client_profiles_intermediate.int_profile_forecasts": (FORECASTS, forecast_rows),
    "client_profiles.rpt_profile_growth": (GROWTH, growth_rows),
}
BUILDS = ["built_demo", "online_retail_build"]


@pytest.fixture(params=BUILDS)
def warehouse(request: pytest.FixtureRequest) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection to the demo, and to the retailer."""
    built = request.getfixturevalue(request.param)
    file = built.build_file if isinstance(built, DemoProject) else built
    with duckdb.connect(str(file), read_only=True) as connection:
        yield connection


@pytest.mark.parametrize("table", COUNTED)
def test_the_tables_are_what_loops_count(warehouse, table: str) -> None:
    columns, count = COUNTED[table]
    histories = read_histories(warehouse)
    assert len(histories) == 2
    for scorecard, history in histories.items():
        given = warehouse.execute(
            f"select {columns} from {table} where scorecard = ?", [scorecard]
        ).fetchall()
        assert_same_rows(given, list(count(history)))


def test_attraction_is_what_loops_count(warehouse) -> None:
    [(staging,)] = warehouse.execute(
        "select table_schema from information_schema.tables"
        " where table_name = 'stg_clients'"
    ).fetchall()
    for scorecard, history in read_histories(warehouse).items():
        given = warehouse.execute(
            f"select {ATTRACTION} from client_profiles.rpt_profile_attraction"
            " where scorecard = ?", [scorecard],
        ).fetchall()
        groups = read_groups(warehouse, scorecard, staging)
        assert_same_rows(given, list(attraction_rows(history, groups)))


def assert_same_rows(given: list[tuple], expected: list[tuple]) -> None:
    """Compare rows in any order; show the first that differ."""
    assert expected
    only_given, only_expected = set(given) - set(expected), set(expected) - set(given)
    shown = {
        "given": sorted(map(str, only_given))[:3],
        "expected": sorted(map(str, only_expected))[:3],
    }
    assert not only_given and not only_expected, shown
    assert len(given) == len(expected)


def test_rounding_moves_a_forecast_by_less_than_a_ten_thousandth(warehouse) -> None:
    """Millionths rounded down stand for the exact fractions."""
    for history in read_histories(warehouse).values():
        rounded, exact = Forecaster(history), Forecaster(history, exact=True)
        for origin in history.months:
            for step, truth in zip(rounded.steps(origin), exact.steps(origin)):
                for profile, clients in step.clients.items():
                    assert abs(clients - truth.clients[profile]) < 100


def test_the_page_names_the_figures_of_the_demo(
    built_demo: DemoProject,  # noqa: F811
) -> None:
    """Beside its tables, which are tested with those of the README."""
    page = " ".join((ROOT / "docs" / "growth.md").read_text(encoding="utf-8").split())
    judged = defaultdict(list)
    for scorecard, profile, is_better in built_demo.query(
        "select scorecard, profile, is_better_than_naive"
        " from client_profiles.rpt_profile_growth where is_forecast order by horizon"
    ):
        judged[scorecard].append(is_better)
        judged[profile].append(is_better)
    better = {name: (sum(found), len(found)) for name, found in judged.items()}
    assert (
        "for {} of {} profiles and months ahead of scorecard relationship, and for "
        "{} of {} of scorecard tier".format(*better["relationship"], *better["tier"])
    ) in page
    assert judged["C"] == [True] + 5 * [False]
    assert "for C it was worse from two months ahead on" in page


# -- what was known then ----------------------------------------------------------


def test_a_forecast_knows_nothing_of_what_came_later(
    built_demo: DemoProject, tmp_path: Path  # noqa: F811
) -> None:
    """Looked at earlier, the same forecasts are made."""
    project = DemoProject(copy_project(tmp_path / "earlier"))
    project.succeed(
        *BUILD_WITHOUT_TESTS, "--select", "+int_profile_forecasts",
        "--vars", "{as_of: 2026-03-01}",
    )
    made = (
        "select scorecard, profile, horizon, observed_periods, clients_at_origin,"
        " expected_clients, expected_entered, expected_exited, origin_period"
        " from client_profiles_intermediate.int_profile_forecasts"
        " where origin_period < '2026-03-01' order by all"
    )
    earlier = project.query(made)
    assert len(earlier) == 16 * 6 * 9
    assert earlier == built_demo.query(made)


# -- cases worked out on paper ----------------------------------------------------


# Rows are shown in this order, as far as a table has the columns.
ORDER = (
    "dimension", "group_name", "stage", "from_profile", "to_profile", "profile",
    "origin_period", "period_start",
)


class Company:
    """A company in memory, with profiles A, B and C.

    histories: who is in which profile in which month, by scorecard; one alone is that
    of scorecard probe; models: where the tables are built; tenure: for how many months
    everybody is a client when it is seen first
    """

    def __init__(
        self, models: JinjaModels, histories: History | dict[str, History],
        tenure: int = 0,
    ):
        self._models = models
        if isinstance(histories, History):
            histories = {"probe": histories}
        months = {
            (client, month): history.revenue.get((client, month), "")
            for history in histories.values()
            for client, course in history.courses.items()
            for month in course
        }
        metrics = [
            {
                "client_id": client, "period_start": str(first_day(month)),
                "monthly_revenue": str(revenue),
            }
            for (client, month), revenue in months.items()
        ]
        models.load((["client_id", "period_start", "monthly_revenue"], metrics))
        models.look_from(date(2030, 1, 1), {})
        models.give(
            "int_metric_history",
            {
                "client_id": "text", "period_start": "date",
                "monthly_revenue": "decimal(18, 6)",
            },
            metrics,
        )
        models.give(
            "stg_clients",
            dict.fromkeys(
                ("client_id", "acquisition_channel", "region", "category"), "text"
            ),
            [
                {
                    "client_id": client, "acquisition_channel": client.split()[0],
                    "region": "", "category": "all",
                }
                for client in sorted({client for client, _ in months})
            ],
        )
        models.give(
            "stg_profiles",
            {
                "scorecard": "text", "profile": "text", "label": "text",
                "rank": "integer", "is_ideal": "boolean",
            },
            [
                {
                    "scorecard": scorecard, "profile": profile, "label": profile,
                    "rank": "" if profile == WAITING else str(rank),
                    "is_ideal": str(rank == 1),
                }
                for scorecard, history in histories.items()
                for rank, profile in enumerate(history.profiles, start=1)
            ],
        )
        models.give(
            "fct_client_profiles",
            {
                "client_id": "text", "scorecard": "text", "version": "text",
                "rules_fingerprint": "text", "profile": "text",
                "tenure_months": "integer", "period_start": "date",
            },
            [
                {
                    "client_id": client, "scorecard": scorecard,
                    "version": history.versions[month],
                    "rules_fingerprint": f"rules of {history.versions[month]}",
                    "profile": profile,
                    "tenure_months": str(tenure + month - min(course)),
                    "period_start": str(first_day(month)),
                }
                for scorecard, history in histories.items()
                for client, course in history.courses.items()
                for month, profile in course.items()
            ],
        )

    def rows(self, table: str, *columns: str, **where: Any) -> list[tuple]:
        """Give columns of the rows of a table that fit, sorted by what they are of.

        All columns, if none is named.
        """
        found = [
            row for row in self._models.run(table)
            if all(row[column] == value for column, value in where.items())
        ]
        found.sort(key=lambda row: [str(row.get(column)) for column in ORDER])
        return [tuple(row[column] for column in columns or row) for row in found]


FIRST_MONTH = number_of(date(2025, 1, 1))


def company(
    counts: dict[str, list[int]], versions: str = "", revenue: str = ""
) -> History:
    """Give a history of which only the number of clients by course matters.

    counts: number of clients by course, a letter for each month, "." for no client;
    versions: a letter for each month, all the same if not given
    """
    history = History(["A", "B", "C", WAITING])
    for course, number in counts.items():
        for client in range(number):
            for place, profile in enumerate(course):
                if profile != ".":
                    profile = WAITING if profile == "w" else profile
                    history.courses[f"{course} {client}"][FIRST_MONTH + place] = profile
                    if revenue:
                        history.revenue[f"{course} {client}", FIRST_MONTH + place] = (
                            Decimal(revenue)
                        )
    for place, version in enumerate(versions or "1" * len(next(iter(counts)))):
        history.versions[FIRST_MONTH + place] = version
    return history


@pytest.fixture(scope="module")
def models() -> JinjaModels:
    """Give the renderer, whose compiled templates all cases share."""
    return JinjaModels()


@pytest.fixture
def halving() -> History:
    """Give A, which loses half of its 64 clients a month, and B, which wins two.

    In the eighth and last month the one client of A that is left stays.
    """
    return company(
        {
            "A.......": 32, "AA......": 16, "AAA.....": 8, "AAAA....": 4,
            "AAAAA...": 2, "AAAAAA..": 1, "AAAAAAAA": 1,
            "BBBBBBBB": 3, ".BBBBBBB": 2, "..BBBBBB": 2, "...BBBBB": 2,
            "....BBBB": 2, ".....BBB": 2, "......BB": 2, ".......B": 2,
        },
        revenue="2.5",
    )


def test_six_transitions_give_one_backtest(models: JinjaModels, halving: History) -> None:
    """From month 7, A is expected to halve once more and B to win two again."""
    probe = Company(models, halving)
    origin = date(2025, 7, 1)
    assert probe.rows(
        "int_profile_forecasts", "profile", "expected_clients", origin_period=origin
    ) == [
        *(("A", Decimal(text)) for text in (
            "0.500000", "0.250000", "0.125000", "0.062500", "0.031250", "0.015625"
        )),
        *(("B", Decimal(number)) for number in (17, 19, 21, 23, 25, 27)),
        *(("C", 0),) * 6,
        *((WAITING, 0),) * 6,
    ]


def test_errors_stand_beside_the_forecast(models: JinjaModels, halving: History) -> None:
    """A stayed, so to expect nothing was right; B came as expected."""
    probe = Company(models, halving)
    # By then 63 of 127 have left A, in seven transitions; B has won 14 in all.
    assert probe.rows(
        "rpt_profile_growth", "profile", "clients", "entered", "exited", "revenue",
        "observed_periods", "backtests", "mean_absolute_forecast_error",
        "mean_absolute_naive_error", "is_better_than_naive",
        period_start=date(2025, 9, 1),
    ) == [
        (
            "A", Decimal("0.503938"), 0, Decimal("0.496062"), Decimal("1.259845"),
            7, 1, Decimal("0.5"), 0, False,
        ),
        ("B", 19, 2, 0, Decimal("47.5"), 7, 1, 0, 2, True),
        # Not better: nothing changed, and that was expected.
        ("C", 0, 0, 0, None, 7, 1, 0, 0, False),
        (WAITING, 0, 0, 0, None, 7, 1, 0, 0, False),
    ]
    assert probe.rows(
        "rpt_profile_growth", "backtests", "is_better_than_naive", profile="B", horizon=2
    ) == [(0, None)]


@pytest.mark.parametrize(("each", "expected"), [
    ("-2.5", "-1.259845"),
    # 0.503938 millionths are nearer to one than to none.
    ("0.000001", "0.000001"),
    ("-0.000001", "-0.000001"),
    ("1000000000", "503938000"),
])
def test_expected_revenue_is_rounded_half_away_from_zero(
    models: JinjaModels, halving: History, each: str, expected: str
) -> None:
    """Where more is given back than bought it is below zero."""
    for key in halving.revenue:
        halving.revenue[key] = Decimal(each)
    assert Company(models, halving).rows(
        "rpt_profile_growth", "revenue", profile="A", horizon=1
    ) == [(Decimal(expected),)]


def test_growth_is_counted_from_month_to_month(
    models: JinjaModels, halving: History
) -> None:
    probe = Company(models, halving)
    assert probe.rows(
        "rpt_profile_growth", "period_start", "clients", "entered", "exited", "net_growth",
        "growth_rate", "share_of_clients", "revenue", "share_of_revenue", "backtests",
        profile="B", is_forecast=False,
    )[:2] == [
        (
            date(2025, 1, 1), 3, None, None, None, None, Decimal("0.0448"),
            Decimal("7.5"), Decimal("0.0448"), None,
        ),
        (
            date(2025, 2, 1), 5, 2, 0, 2, Decimal("0.6667"), Decimal("0.1351"),
            Decimal("12.5"), Decimal("0.1351"), None,
        ),
    ]


def test_a_month_of_new_rules_says_nothing_about_the_clients(models: JinjaModels) -> None:
    """All four of A became B by decision; but for that, one client left B."""
    history = company(
        {"AAABBB": 4, "BBBBBB": 3, "BBBBB.": 1}, versions="111222"
    )
    probe = Company(models, history)
    assert probe.rows(
        "rpt_profile_growth", "profile", "observed_periods", "clients", horizon=1
    ) == [
        ("A", 4, 0),
        # Of 7, one in the 4 + 4 + 8 + 8 that were in B before a month of known rules leaves.
        ("B", 4, Decimal("6.708334")),
        ("C", 4, 0),
        (WAITING, 4, 0),
    ]


def test_only_the_last_twelve_transitions_count(models: JinjaModels) -> None:
    """Of those who left in the second and third of 14 months the latter count."""
    history = company(
        {"B" * 14: 1, "A" * 14: 8, "A" + "." * 13: 4, "AA" + "." * 12: 2}
    )
    probe = Company(models, history)
    # 2 of the 10 + 11 x 8 that were in A before one of the last twelve.
    assert probe.rows(
        "rpt_profile_growth", "profile", "observed_periods", "clients", horizon=1
    )[:2] == [("A", 12, Decimal("7.836735")), ("B", 12, 1)]


@pytest.mark.parametrize(
    "history",
    [
        pytest.param(company({"A": 3, "w": 2}), id="one_month"),
        pytest.param(company({"AB": 3, "ww": 2}, versions="12"), id="new_rules_only"),
    ],
)
def test_without_transitions_nothing_is_expected_to_change(
    models: JinjaModels, history: History
) -> None:
    """The forecast is what is there, and nobody says how good it is."""
    probe = Company(models, history)
    expected = {profile: 0 for profile in history.profiles}
    expected.update({WAITING: 2, "A" if len(history.versions) == 1 else "B": 3})
    rows = probe.rows(
        "rpt_profile_growth", "profile", "clients", "observed_periods", "backtests",
        "mean_absolute_forecast_error", "is_better_than_naive", is_forecast=True,
    )
    assert len(rows) == 24
    assert set(rows) == {
        (profile, clients, 0, 0, None, None) for profile, clients in expected.items()
    }


def test_a_company_may_be_empty_for_months(models: JinjaModels) -> None:
    """Nobody is lost where everybody leaves and comes back."""
    history = company({"AA...B": 2, "B....B": 1})
    history.versions = {
        month: version for month, version in history.versions.items()
        if month - FIRST_MONTH in (0, 1, 5)
    }
    probe = Company(models, history)
    assert probe.rows(
        "rpt_profile_growth", "period_start", "clients", "entered", "exited",
        profile="B", is_forecast=False,
    ) == [
        (date(2025, 1, 1), 1, None, None),
        (date(2025, 2, 1), 0, 0, 1),
        # The month after the last client left.
        (date(2025, 3, 1), 0, 0, 0),
        (date(2025, 6, 1), 3, 3, 0),
    ]


@pytest.mark.parametrize("table", [
    "fct_profile_transitions", "int_profile_periods", "int_profile_forecasts",
    "rpt_profile_growth", "rpt_profile_attraction",
])
def test_scorecards_do_not_mix(
    models: JinjaModels, landing: History, table: str
) -> None:
    """The rows of one are the same beside another of the same profiles and clients."""
    # Begins in another month, too, and shares a client.
    late = company(
        {"..wBBBAAAAAAAA": 5, "..BBBBB.......": 3, "..AAwCCCAAAAAA": 4}, versions="2" * 14
    )
    late.courses["wBBBAABBBBBBBB 0"] = late.courses["..wBBBAAAAAAAA 0"]
    for month in list(late.versions)[:2]:
        del late.versions[month]
    together = Company(models, {"probe": landing, "late": late})
    both = [together.rows(table, scorecard=name) for name in ("probe", "late")]
    assert both[0] == Company(models, landing).rows(table)
    assert both[1] == Company(models, {"late": late}).rows(table)
    assert all(both)


@pytest.mark.parametrize("window", ["0", "x", "-1"])
def test_a_window_that_is_none_is_refused(
    models: JinjaModels, halving: History, window: str
) -> None:
    Company(models, halving)
    models.set_variable("forecast_window_periods", window)
    with pytest.raises(ValueError, match=(
        f"var 'forecast_window_periods' is '{window}'; it must be a whole number, 1 or more"
    )):
        models.run("int_profile_forecasts")


# -- attraction, worked out on paper ----------------------------------------------


@pytest.fixture
def landing() -> History:
    """Give clients that land, climb, leave and wait; each course is a channel too."""
    return company(
        {
            # Known from the beginning: nobody saw them land.
            "AAAAAAAAAAAAAA": 5,
            # Waits in the first month, so that its landing in B is seen.
            "wBBBAABBBBBBBB": 3,
            # Lands in month 3, is in A four months later, then gone.
            ".wBBBBA.......": 2,
            # Lands in month 10, so that six months on are not over.
            ".........CCAAA": 4,
            # Never lands.
            "............ww": 1,
        }
    )


def test_clients_land_climb_and_leave(models: JinjaModels, landing: History) -> None:
    """The figures of all groups together, read from the one group of category."""
    probe = Company(models, landing)
    rows = probe.rows(
        "rpt_profile_attraction", "stage", "profile", "clients", "group_clients", "share",
        "lift", "median_periods", dimension="category",
    )
    counted = {
        (stage, profile): (clients, size, median)
        for stage, profile, clients, size, _, _, median in rows
    }
    assert counted == {
        ("first", "A"): (0, 9, None),
        ("first", "B"): (5, 9, None),
        ("first", "C"): (4, 9, None),
        # From month 2 to 8, and from month 3 to 9.
        ("after_6_periods", "A"): (0, 5, None),
        ("after_6_periods", "B"): (3, 5, None),
        ("after_6_periods", "C"): (0, 5, None),
        ("after_6_periods", WAITING): (0, 5, None),
        ("after_6_periods", "not_a_client"): (2, 5, None),
        # Month 14 is twelve after month 2; month 15 is not over.
        ("after_12_periods", "A"): (0, 3, None),
        ("after_12_periods", "B"): (3, 3, None),
        ("after_12_periods", "C"): (0, 3, None),
        ("after_12_periods", WAITING): (0, 3, None),
        ("after_12_periods", "not_a_client"): (0, 3, None),
        ("now", "A"): (9, 13, None),
        ("now", "B"): (3, 13, None),
        ("now", "C"): (0, 13, None),
        ("now", WAITING): (1, 13, None),
        # After 3 3 3 4 4 2 2 2 2 months: the fifth of the nine is 3.
        ("ever", "A"): (9, 9, Decimal("3.0")),
        ("ever", "B"): (5, 9, Decimal("0.0")),
        ("ever", "C"): (4, 9, Decimal("0.0")),
    }


def test_a_group_is_held_against_all(models: JinjaModels, landing: History) -> None:
    """3 of 3 against 5 of 9; Wilson's interval of the former is 3 / (3 + 1.96²) to 1."""
    probe = Company(models, landing)
    assert probe.rows(
        "rpt_profile_attraction", "share", "average_share", "lift", "lift_lower_bound",
        "lift_upper_bound", "is_small_group", "is_ideal",
        dimension="acquisition_channel", group_name="wBBBAABBBBBBBB",
        stage="first", profile="B",
    ) == [
        (
            1, Decimal("0.5556"), Decimal("1.8"), Decimal("0.7893"), Decimal("1.8"),
            True, False,
        ),
    ]


def test_the_median_lies_between_the_two_in_the_middle(models: JinjaModels) -> None:
    history = company({"wBA....": 1, "wBBA...": 1, "wBBBBA.": 1, "wBBBBBA": 1})
    probe = Company(models, history)
    assert probe.rows(
        "rpt_profile_attraction", "clients", "median_periods", dimension="category",
        stage="ever", profile="A",
    ) == [(4, Decimal("3.0"))]
    history = company({"wBBA...": 1, "wBBBBBA": 1})
    assert Company(models, history).rows(
        "rpt_profile_attraction", "clients", "median_periods", dimension="category",
        stage="ever", profile="A",
    ) == [(2, Decimal("3.5"))]


def test_every_group_has_every_profile_of_a_stage(
    models: JinjaModels, landing: History
) -> None:
    """Also those that it looks at nobody of, whose share is not 0 but unknown."""
    probe = Company(models, landing)
    rows = probe.rows(
        "rpt_profile_attraction", "group_name", "stage", "profile", "clients",
        "group_clients", "share", "lift", "lift_lower_bound", "is_small_group",
    )
    # Five channels, one region, one category, three quarters; 3 + 5 + 5 + 4 + 3 profiles.
    assert len(rows) == (5 + 1 + 1 + 3) * 20
    assert ("............ww", "first", "A", 0, 0, None, None, None, True) in rows
    assert {row[0] for row in rows} >= {"unknown", "2025-Q1", "2025-Q4", "2026-Q1"}


@pytest.mark.parametrize(("clients", "limit", "is_small"), [
    (9, None, True), (10, None, False), (10, 11, True), (1, 0, False),
])
def test_a_group_of_fewer_than_ten_is_small(
    models: JinjaModels, clients: int, limit: int | None, is_small: bool
) -> None:
    """Or than the variable says."""
    probe = Company(models, company({"wB": clients}))
    if limit is not None:
        models.set_variable("small_group_clients", limit)
    rows = probe.rows("rpt_profile_attraction", "is_small_group", stage="first", profile="B")
    assert set(rows) == {(is_small,)}


def test_a_cohort_is_the_quarter_of_joining(models: JinjaModels) -> None:
    """Two months with us in January 2025: joined in November 2024."""
    history = company({"A": 1})
    probe = Company(models, history, tenure=2)
    groups = probe.rows(
        "rpt_profile_attraction", "group_name", dimension="cohort", stage="now", profile="A"
    )
    assert groups == [("2024-Q4",)]


@pytest.mark.parametrize(
    ("count", "size", "lower", "upper"),
    # R. G. Newcombe, "Two-sided confidence intervals for the single proportion",
    # Statistics in Medicine 17 (1998), table I, method 3.
    [
        (81, 263, "0.2553", "0.3662"),
        (15, 148, "0.0624", "0.1605"),
        (0, 20, "0.0000", "0.1611"),
        (1, 29, "0.0061", "0.1718"),
    ],
)
def test_the_interval_is_the_published_one(
    models: JinjaModels, count: int, size: int, lower: str, upper: str
) -> None:
    published = (Decimal(lower), Decimal(upper))
    assert tuple(round(end, 4) for end in wilson(count, size)) == published
    given = models.ask(
        """
        with known as (
            select {k}::bigint as k, {n}::bigint as n, 1::bigint as one
        ), rooted as (
            select *, {{{{ client_profiles.wilson_root('k', 'n') }}}} as root from known
        )
        select
            {{{{ client_profiles.wilson_lift('lower', 'k', 'n', 'root', 'one', 'one') }}}},
            {{{{ client_profiles.wilson_lift('upper', 'k', 'n', 'root', 'one', 'one') }}}}
        from rooted
        """.format(k=count, n=size)
    )
    assert given == [published]


def test_the_interval_of_a_large_group_fits(models: JinjaModels) -> None:
    """Ten million clients, of whom a tenth counts: 0.1 by 1.96 x 0.0000949 each way."""
    given = models.ask(
        """
        with known as (
            select 1000000::bigint as k, 10000000::bigint as n, 10000000::bigint as whole
        ), rooted as (
            select *, {{ client_profiles.wilson_root('k', 'n') }} as root from known
        )
        select
            {{ client_profiles.wilson_lift('lower', 'k', 'n', 'root', 'k', 'whole') }},
            {{ client_profiles.wilson_lift('upper', 'k', 'n', 'root', 'k', 'whole') }}
        from rooted
        """
    )
    assert given == [(Decimal("0.9981"), Decimal("1.0019"))]
