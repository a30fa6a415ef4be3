"""A retailer's million invoice lines become one profile per customer and month.

What the package makes of them is held against figures computed here, from the
lines alone and without SQL.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import pytest

import check_seeds
from integration_builds import data_file, online_retail_build  # noqa: F401
from project_files import ROOT

SEEDS = ROOT / "integration_tests" / "online_retail" / "seeds" / "scorecards"
SCORECARDS = ("relationship", "tier")
# Periods are counted in months, to look back by subtraction.
FIRST_MONTH = 12 * 2009 + 11
LAST_MONTH = 12 * 2011 + 10


def month_of(day: date) -> int:
    """Count the months up to a day."""
    return 12 * day.year + day.month - 1


def first_day(month: int) -> date:
    """Give the first day of a month that is counted so."""
    return date(month // 12, month % 12 + 1, 1)


@dataclass
class Month:
    """What one customer did in one month."""

    orders: set[str] = field(default_factory=set)
    products: set[str] = field(default_factory=set)
    purchased: Decimal = Decimal(0)
    cancelled: Decimal = Decimal(0)
    last_purchase: date = date.min


Customers = dict[str, dict[int, Month]]


@pytest.fixture(scope="module")
def customers(shared_data: Path) -> Customers:
    """Give what every customer did, month by month, read from the lines."""
    lines = duckdb.read_parquet(str(data_file("online_retail", shared_data)))
    found: Customers = defaultdict(lambda: defaultdict(Month))
    for line in lines.fetchall():
        sheet, invoice, stock_code, _, quantity, at, price, customer, _ = line
        in_both_sheets = date(2010, 12, 1) <= at.date() <= date(2010, 12, 9)
        if customer is None or (in_both_sheets and sheet == "2009-2010"):
            continue
        month = found[str(customer)][month_of(at)]
        amount = quantity * Decimal(str(price))
        if invoice.startswith("C"):
            month.cancelled -= amount
        elif quantity > 0 and price > 0:
            month.orders.add(invoice)
            month.purchased += amount
            month.last_purchase = max(month.last_purchase, at.date())
            if stock_code[:5].isdigit():
                month.products.add(stock_code)
    return found


@pytest.fixture(scope="module")
def first_months(customers: Customers) -> dict[str, int]:
    """Give the month of everybody's first purchase, if it is over."""
    first = {
        customer_id: min(number for number, month in months.items() if month.orders)
        for customer_id, months in customers.items()
        if any(month.orders for month in months.values())
    }
    return {
        customer_id: number
        for customer_id, number in first.items()
        if number <= LAST_MONTH
    }


@pytest.fixture
def warehouse(online_retail_build: Path):  # noqa: F811
    """Give a connection that reads the build."""
    with duckdb.connect(str(online_retail_build), read_only=True) as connection:
        yield connection


def test_seed_files_pass_the_check() -> None:
    assert check_seeds.main([str(SEEDS)]) == 0


def test_as_many_customers_and_months_as_the_data_set_is_known_for(
    first_months,
) -> None:
    assert len(first_months) == 5_850
    assert min(first_months.values()) == FIRST_MONTH
    assert LAST_MONTH - FIRST_MONTH + 1 == 24


@pytest.mark.parametrize("scorecard", SCORECARDS)
def test_every_customer_has_one_profile_a_month_from_its_first_purchase_on(
    warehouse, first_months, scorecard: str
) -> None:
    assigned = warehouse.execute(
        "select client_id, period_start from client_profiles.fct_client_profiles "
        "where scorecard = ? and profile is not null",
        [scorecard],
    ).fetchall()
    expected = {
        (customer_id, first_day(month))
        for customer_id, first in first_months.items()
        for month in range(first, LAST_MONTH + 1)
    }
    # As long as the set: nobody is in two profiles.
    assert len(assigned) == len(expected) == 92_679
    assert set(assigned) == expected


@pytest.mark.parametrize("scorecard", SCORECARDS)
def test_every_customer_is_listed_once_with_its_profile_of_now(
    warehouse, first_months, scorecard: str
) -> None:
    listed = warehouse.execute(
        "select client_id, period_start from client_profiles.client_profiles "
        "where scorecard = ?",
        [scorecard],
    ).fetchall()
    assert sorted(listed) == sorted(
        (customer_id, first_day(LAST_MONTH)) for customer_id in first_months
    )


def ratio(numerator, denominator, decimals: int = 4) -> Decimal | None:
    """Divide, rounded half away from zero; pence are what amounts are kept in."""
    pence = Decimal("0.01")
    numerator = Decimal(numerator).quantize(pence, ROUND_HALF_UP)
    denominator = Decimal(denominator).quantize(pence, ROUND_HALF_UP)
    if denominator == 0:
        return None
    last_digit = Decimal(1).scaleb(-decimals)
    return (numerator / denominator).quantize(last_digit, ROUND_HALF_UP)


def expected_metrics(months: dict[int, Month], first: int, now: int) -> tuple:
    """Compute one customer's metrics of one month."""

    def between(earliest: int, latest: int) -> list[Month]:
        return [months[number] for number in months if earliest <= number <= latest]

    year = between(max(first, now - 11), now)
    length = min(12, now - first + 1)
    orders = sum(len(month.orders) for month in year)
    purchased = sum((month.purchased for month in year), Decimal(0))
    cancelled = sum((month.cancelled for month in year), Decimal(0))
    lately = sum((month.purchased for month in between(now - 5, now)), Decimal(0))
    before = sum((month.purchased for month in between(now - 11, now - 6)), Decimal(0))
    last_purchase = max(month.last_purchase for month in between(first, now))
    last_day = first_day(now + 1) - timedelta(days=1)
    return (
        now - first,
        ratio(orders, length),
        ratio(purchased - cancelled, length, decimals=2),
        ratio(lately, before) if length == 12 else None,
        ratio(cancelled, purchased),
        (last_day - last_purchase).days,
        len(set().union(*(month.products for month in year))),
    )


# Too short for a trend, just a year, and the last one.
@pytest.mark.parametrize("months_in", [1, 8, 12, 24])
def test_metrics_are_those_computed_from_the_lines(
    warehouse, customers, first_months, months_in: int
) -> None:
    now = FIRST_MONTH + months_in - 1
    measured = {
        customer_id: tuple(metrics)
        for customer_id, *metrics in warehouse.execute(
            """
            select
                client_id, tenure_months, orders_per_month, revenue_per_month,
                purchase_trend, cancelled_share, days_since_purchase, products
            from client_profiles_intermediate.int_client_metrics
            where period_start = ?
            """,
            [first_day(now)],
        ).fetchall()
    }
    expected = {
        customer_id: expected_metrics(customers[customer_id], first, now)
        for customer_id, first in first_months.items()
        if first <= now
    }
    assert measured == expected


def test_every_metric_is_an_exact_number(warehouse) -> None:
    types = dict(
        warehouse.execute(
            "select column_name, data_type from information_schema.columns "
            "where table_name = 'int_client_metrics'"
        ).fetchall()
    )
    assert types.pop("client_id") == "VARCHAR"
    assert types.pop("period_start") == "DATE"
    assert len(types) == 7
    assert {name.split("(")[0] for name in types.values()} == {
        "BIGINT", "DECIMAL", "INTEGER",
    }


def test_contributions_sum_to_the_score_exactly(warehouse) -> None:
    wrong = warehouse.execute(
        """
        with sums as (
            select
                client_id, scorecard, period_start,
                sum(contribution) as total, count(*) as criteria
            from client_profiles.fct_criterion_scores
            group by all
        )

        select assigned.scorecard, assigned.version, count(*)
        from client_profiles.fct_client_profiles as assigned
        left join sums using (client_id, scorecard, period_start)
        where
            sums.total is distinct from assigned.score
            or sums.criteria is distinct from case
                when assigned.scorecard = 'tier' then 3
                when assigned.version = '1' then 7
                else 6
            end
        group by all
        """
    ).fetchall()
    assert wrong == []


def test_each_version_scores_its_own_time(warehouse) -> None:
    times = warehouse.execute(
        """
        select scorecard, version, min(period_start), max(period_start)
        from client_profiles.fct_client_profiles
        group by scorecard, version
        order by scorecard, version
        """
    ).fetchall()
    assert times == [
        ("relationship", "1", date(2009, 12, 1), date(2010, 12, 1)),
        ("relationship", "2", date(2011, 1, 1), date(2011, 11, 1)),
        ("tier", "1", date(2009, 12, 1), date(2011, 11, 1)),
    ]


def test_newcomers_wait_three_months(warehouse) -> None:
    waiting = warehouse.execute(
        """
        select scorecard, tenure_months < 3, assignment_source, count(*)
        from client_profiles.fct_client_profiles
        group by all
        order by all
        """
    ).fetchall()
    assert waiting == [
        ("relationship", False, "rules", 75_732),
        ("relationship", True, "not_yet_eligible", 16_947),
        ("tier", False, "rules", 75_732),
        ("tier", True, "rules", 16_947),
    ]


def read_rules(scorecard: str) -> dict[tuple[int, str], list[dict[str, str]]]:
    """Give a scorecard's rules in order of trying, with their conditions."""
    rules = defaultdict(list)
    with (SEEDS / "profile_rules.csv").open(encoding="utf-8") as seed:
        for row in csv.DictReader(seed):
            if row["scorecard"] == scorecard:
                rules[int(row["priority"]), row["profile"]].append(row)
    return dict(sorted(rules.items()))


def holds(condition: dict[str, str], metrics: dict[str, Decimal | None]) -> bool:
    """Tell whether a condition holds; a missing value meets no limit."""
    if condition["subject"] == "score":
        # The tiers' last rule, which catches everybody.
        assert not condition["lower_bound"] and not condition["upper_bound"]
        return True
    value = metrics[condition["subject_name"]]
    if value is None:
        return False
    lower, upper = condition["lower_bound"], condition["upper_bound"]
    return (not lower or value >= Decimal(lower)) and (
        not upper or value < Decimal(upper)
    )


def test_tiers_follow_their_limits(warehouse) -> None:
    rules = read_rules("tier")
    rows = warehouse.sql(
        """
        select profile, metrics.*
        from client_profiles.fct_client_profiles
        inner join client_profiles_intermediate.int_client_metrics as metrics
            using (client_id, period_start)
        where scorecard = 'tier'
        """
    )
    columns = rows.columns
    for row in rows.fetchall():
        values = dict(zip(columns, row))
        expected = next(
            profile
            for (_, profile), conditions in rules.items()
            if all(holds(condition, values) for condition in conditions)
        )
        assert values["profile"] == expected, values


def test_revenue_is_judged_by_its_rank_among_the_scored_customers(warehouse) -> None:
    rows = warehouse.execute(
        """
        select metric_value, judged_value
        from client_profiles.fct_criterion_scores
        inner join client_profiles.fct_client_profiles
            using (client_id, scorecard, period_start)
        where
            criterion = 'revenue' and normalization = 'percent_rank'
            and period_start = ? and assignment_source = 'rules'
        """,
        [first_day(LAST_MONTH)],
    ).fetchall()
    values = sorted(value for value, _ in rows)
    others = len(values) - 1
    # The place of the first of equal values: ties share the lower one.
    place = {value: number for number, value in reversed(list(enumerate(values)))}
    millionth = Decimal("0.000001")
    for value, judged in rows:
        expected = (Decimal(place[value]) / others).quantize(millionth, ROUND_HALF_UP)
        assert judged == expected, value


def test_profiles_of_the_last_month(warehouse) -> None:
    counts = Counter(
        warehouse.execute(
            "select scorecard, profile from client_profiles.client_profiles"
        ).fetchall()
    )
    # Written down: whoever changes a rule or a metric shall see what it does.
    assert counts == {
        ("relationship", "A"): 883,
        ("relationship", "B"): 1_218,
        ("relationship", "C"): 1_063,
        ("relationship", "D"): 2_085,
        ("relationship", "not_yet_eligible"): 601,
        ("tier", "nucleus"): 589,
        ("tier", "orbital"): 1_300,
        ("tier", "peripheral"): 3_961,
    }


def test_movements_are_the_changes_between_neighbouring_months(warehouse) -> None:
    profiles = defaultdict(dict)
    for customer_id, scorecard, period, profile in warehouse.execute(
        "select client_id, scorecard, period_start, profile "
        "from client_profiles.fct_client_profiles"
    ).fetchall():
        profiles[customer_id, scorecard][month_of(period)] = profile

    expected = set()
    for (customer_id, scorecard), by_month in profiles.items():
        before = "not_yet_eligible"
        for month in range(min(by_month), LAST_MONTH + 1):
            now = by_month[month]
            # Who is there when the scorecard begins has not moved.
            if now != before and month > FIRST_MONTH:
                expected.add((customer_id, scorecard, first_day(month), now))
            before = now

    movements = warehouse.execute(
        "select client_id, scorecard, period_start, to_profile "
        "from client_profiles.fct_profile_movements"
    ).fetchall()
    assert len(movements) == len(expected)
    assert set(movements) == expected
