"""A published RFM segmentation comes out of the package, to the last figure.

The segmentation is the one of the R package rfm, vignette "RFM analysis,
transaction level data", on its sample orders.
"""

from __future__ import annotations

import csv
import shutil
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

import check_seeds
from integration_builds import data_file, rfm_build, run_integration  # noqa: F401
from project_files import ROOT

SEEDS = ROOT / "integration_tests" / "rfm_published" / "seeds" / "scorecards"
ANALYSIS_DATE = date(2006, 12, 31)

# Customers, orders and revenue, as the vignette prints them.
PUBLISHED = {
    "About To Sleep": (102, 283, 23_449),
    "At Risk": (28, 216, 22_227),
    "Can't Lose Them": (47, 274, 32_446),
    "Champions": (35, 316, 31_646),
    "Lost": (148, 393, 35_324),
    "Loyal Customers": (170, 799, 76_562),
    "Need Attention": (10, 57, 4_562),
    "New Customers": (104, 329, 28_837),
    "Potential Loyalist": (342, 2_211, 204_856),
    "Promising": (9, 28, 4_249),
}

# In order of trying: lowest and highest score of recency, frequency, monetary.
SEGMENTS = [
    ("Champions", (5, 5), (5, 5), (5, 5)),
    ("Potential Loyalist", (3, 5), (3, 5), (2, 5)),
    ("Loyal Customers", (2, 4), (2, 4), (2, 4)),
    ("Promising", (3, 4), (1, 3), (3, 5)),
    ("New Customers", (4, 5), (1, 3), (1, 5)),
    ("Can't Lose Them", (1, 2), (3, 4), (4, 5)),
    ("At Risk", (1, 2), (2, 5), (4, 5)),
    ("Need Attention", (1, 3), (3, 5), (3, 5)),
    ("About To Sleep", (2, 3), (1, 3), (1, 4)),
    ("Lost", (1, 1), (1, 5), (1, 5)),
]
CRITERIA = ("recency", "frequency", "monetary")


@pytest.fixture
def warehouse(rfm_build: Path):  # noqa: F811
    """Give a connection that reads the build."""
    with duckdb.connect(str(rfm_build), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def customers(shared_data: Path) -> dict[str, dict[str, int]]:
    """Give recency, frequency and monetary value of everybody, from the orders."""
    rows = duckdb.read_parquet(str(data_file("rfm_published", shared_data)))
    orders = defaultdict(list)
    for customer_id, ordered_on, revenue in rows.fetchall():
        orders[customer_id].append((ordered_on, revenue))
    return {
        customer_id: {
            "recency": (ANALYSIS_DATE - max(day for day, _ in of_one)).days,
            "frequency": len(of_one),
            "monetary": sum(revenue for _, revenue in of_one),
        }
        for customer_id, of_one in orders.items()
    }


def next_score_begins_at(values: list[int]) -> list[Decimal]:
    """Give the four quintiles, interpolated linearly, each plus 1."""
    ordered = sorted(values)
    bounds = []
    for fifths in range(1, 5):
        # In whole fifths, because a float would miss 506.4 by its last digit.
        position = (len(ordered) - 1) * fifths
        below, rest = divmod(position, 5)
        step = ordered[min(below + 1, len(ordered) - 1)] - ordered[below]
        bounds.append(ordered[below] + Decimal(step * rest) / 5 + 1)
    return bounds


@pytest.fixture(scope="module")
def scores(customers: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """Give everybody's three scores, 1 to 5, computed as the vignette says."""
    bounds = {
        name: next_score_begins_at([values[name] for values in customers.values()])
        for name in CRITERIA
    }
    scored = {}
    for customer_id, values in customers.items():
        of_one = {
            name: 1 + sum(values[name] >= bound for bound in bounds[name])
            for name in CRITERIA
        }
        of_one["recency"] = 6 - of_one["recency"]
        scored[customer_id] = of_one
    return scored


def segment_of(scores_of_one: dict[str, int]) -> str:
    """Name the first segment whose ranges hold."""
    for name, *ranges in SEGMENTS:
        if all(
            lowest <= scores_of_one[criterion] <= highest
            for criterion, (lowest, highest) in zip(CRITERIA, ranges)
        ):
            return name
    return "Others"


def test_seed_files_pass_the_check() -> None:
    assert check_seeds.main([str(SEEDS)]) == 0


@pytest.mark.parametrize("segment", PUBLISHED)
def test_segment_has_the_published_figures(warehouse, segment: str) -> None:
    figures = warehouse.execute(
        """
        select count(*), sum(metrics.orders), sum(metrics.revenue)
        from client_profiles.client_profiles as profiles
        inner join client_profiles_intermediate.int_client_metrics as metrics
            using (client_id, period_start)
        where profiles.profile_label = ?
        """,
        [segment],
    ).fetchone()
    assert figures == PUBLISHED[segment]


def test_every_order_was_checked_and_nothing_is_wrong(warehouse) -> None:
    """The project names its source, and the package does the rest."""
    checks = warehouse.execute(
        """
        select column_name, check_name, rows_checked, rows_defective
        from client_profiles.rpt_data_quality
        where table_name = 'rfm_published.orders'
        """
    ).fetchall()
    assert {(column, check) for column, check, _, _ in checks} >= {
        ("customer_id", "missing"), ("order_date", "in_the_future"), ("revenue", "negative"),
    }
    assert {counts for *_, counts in checks} == {0}
    assert {rows for _, _, rows, _ in checks} == {4906}


def test_orders_that_are_wrong_are_left_out_and_listed(
    rfm_build: Path, shared_data: Path, tmp_path: Path  # noqa: F811
) -> None:
    """Before they are staged, and with the reason."""
    project = tmp_path / "rfm_published"
    shutil.copytree(rfm_build.parent, project, symlinks=True)
    orders = tmp_path / "orders.parquet"
    duckdb.sql(
        f"""
        copy (
            select customer_id, order_date, cast(revenue as double) as revenue
            from '{data_file("rfm_published", shared_data)}'
            union all
            values
                ('Nan', date '2006-05-01', cast('NaN' as double)),
                ('Negative', date '2006-05-02', -5.0),
                ('Future', date '2062-05-03', 5.0),
                (null, date '2006-05-04', 5.0)
        ) to '{orders}' (format parquet)
        """
    )

    result = run_integration(
        project, shared_data, ["build", "--select", "int_source_defects", "stg_orders"],
        env={"RFM_ORDERS": str(orders)},
    )

    assert result.exit_code == 0, result.output
    with duckdb.connect(str(project / "build.duckdb"), read_only=True) as connection:
        listed = connection.execute(
            "select row_key, column_name, check_name, value"
            " from client_profiles_intermediate.int_source_defects"
        ).fetchall()
        staged = connection.execute("select count(*) from client_profiles_staging.stg_orders")
        assert staged.fetchone() == (4906,)
    assert sorted(listed) == [
        ("customer_id=(empty), order_date=2006-05-04", "customer_id", "missing", None),
        (
            "customer_id=Future, order_date=2062-05-03", "order_date", "in_the_future",
            "2062-05-03",
        ),
        ("customer_id=Nan, order_date=2006-05-01", "revenue", "unreadable", "nan"),
        ("customer_id=Negative, order_date=2006-05-02", "revenue", "negative", "-5.0"),
    ]


def test_all_customers_are_in_the_ten_segments(warehouse) -> None:
    assigned = Counter(
        label
        for (label,) in warehouse.execute(
            "select profile_label from client_profiles.client_profiles"
        ).fetchall()
    )
    assert assigned.keys() == PUBLISHED.keys()
    assert assigned.total() == 995


def test_there_is_one_period(warehouse) -> None:
    periods = warehouse.execute(
        "select distinct period_start from client_profiles.fct_client_profiles"
    ).fetchall()
    assert periods == [(date(2006, 12, 1),)]


def test_every_customer_has_the_segment_computed_from_the_orders(
    warehouse, scores
) -> None:
    assigned = dict(
        warehouse.execute(
            "select client_id, profile_label from client_profiles.client_profiles"
        ).fetchall()
    )
    assert assigned == {
        customer_id: segment_of(of_one) for customer_id, of_one in scores.items()
    }


def test_points_are_twenty_per_score(warehouse, scores) -> None:
    points = {
        (customer_id, criterion): value
        for customer_id, criterion, value in warehouse.execute(
            "select client_id, criterion, points "
            "from client_profiles.fct_criterion_scores"
        ).fetchall()
    }
    assert points == {
        (customer_id, criterion): 20 * score
        for customer_id, of_one in scores.items()
        for criterion, score in of_one.items()
    }


@pytest.mark.parametrize("criterion", CRITERIA)
def test_bounds_in_the_seed_are_the_quintiles_plus_one(customers, criterion) -> None:
    with (SEEDS / "score_bands.csv").open(encoding="utf-8") as seed:
        bounds = [
            Decimal(row["lower_bound"])
            for row in csv.DictReader(seed)
            if row["criterion"] == criterion and row["lower_bound"]
        ]
    values = [of_one[criterion] for of_one in customers.values()]
    assert sorted(bounds) == next_score_begins_at(values)


def test_contributions_sum_to_the_score(warehouse) -> None:
    differences = warehouse.execute(
        """
        select client_id
        from client_profiles.fct_client_profiles as assigned
        left join client_profiles.fct_criterion_scores as why
            using (client_id, scorecard, period_start)
        group by client_id, assigned.score
        having count(*) <> 3 or sum(why.contribution) is distinct from assigned.score
        """
    ).fetchall()
    assert differences == []


def test_building_again_changes_nothing(
    rfm_build: Path, shared_data: Path, tmp_path: Path  # noqa: F811
) -> None:
    project_dir = shutil.copytree(
        rfm_build.parent, tmp_path / rfm_build.parent.name, symlinks=True
    )
    result = run_integration(project_dir, shared_data, ["build"])
    assert result.exit_code == 0, result.output

    with duckdb.connect(str(project_dir / "build.duckdb")) as connection:
        connection.execute(f"attach '{rfm_build}' as before (read_only)")
        for table in (
            "client_profiles.client_profiles",
            "client_profiles.fct_client_profiles",
            "client_profiles.fct_profile_movements",
            "client_profiles.fct_criterion_scores",
            "client_profiles_snapshots.client_profiles_snapshot",
        ):
            # dbt's column of when a row was written may differ.
            columns = (
                "* exclude (dbt_updated_at)" if table.endswith("snapshot") else "*"
            )
            changed = connection.execute(
                f"""
                (from before.{table} select {columns}
                 except all from {table} select {columns})
                union all
                (from {table} select {columns}
                 except all from before.{table} select {columns})
                """
            ).fetchall()
            assert changed == [], table
