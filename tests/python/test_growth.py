"""Transitions, growth and forecast are what plain loops count.

Held against the oracle for the demo and for a retailer's real history, and against
small cases whose figures were worked out on paper.
"""

from __future__ import annotations

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
from oracle_growth import (
    WAITING, Forecaster, History, first_day, forecast_rows, growth_rows, number_of,
    read_histories, transition_rows,
)
from project_files import copy_project

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


class Company:
    """A company of one scorecard, with profiles A, B and C, in memory.

    history: who is in which profile in which month; models: where its tables are built
    """

    def __init__(self, models: JinjaModels, history: History, scorecard: str = "probe"):
        self._models = models
        self._scorecard = scorecard
        days = {month: first_day(month).isoformat() for month in history.months}
        metrics = [
            {
                "client_id": client, "period_start": days[month],
                "monthly_revenue": str(history.revenue.get((client, month), "")),
            }
            for client, course in history.courses.items()
            for month in course
        ]
        columns = ["client_id", "period_start", "monthly_revenue"]
        models.load((columns, metrics))
        models.look_from(first_day(history.months[-1] + 1), {})
        types = {
            "client_id": "text", "period_start": "date",
            "monthly_revenue": "decimal(18, 6)",
        }
        models.give("int_metric_history", types, metrics)
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
                for rank, profile in enumerate(history.profiles, start=1)
            ],
        )
        models.give(
            "fct_client_profiles",
            {
                "client_id": "text", "scorecard": "text", "version": "text",
                "rules_fingerprint": "text", "profile": "text",
                "tenure_months": "integer", "is_ideal": "boolean",
                "period_start": "date",
            },
            [
                {
                    "client_id": client, "scorecard": scorecard,
                    "version": history.versions[month],
                    "rules_fingerprint": f"rules of {history.versions[month]}",
                    "profile": profile,
                    "tenure_months": str(month - min(course)),
                    "is_ideal": str(profile == history.profiles[0]),
                    "period_start": days[month],
                }
                for client, course in history.courses.items()
                for month, profile in course.items()
            ],
        )

    def rows(self, table: str, *columns: str, **where: Any) -> list[tuple]:
        """Give some columns of the rows of a table that fit, sorted by what they are of."""
        found = [
            row for row in self._models.run(table)
            if all(row[column] == value for column, value in where.items())
        ]
        found.sort(key=lambda row: (row["profile"], row["period_start"]))
        return [tuple(row[column] for column in columns) for row in found]


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
