"""Score a made-up project with one peer and tell what it costs: started by costs.of_child().

From the metrics table in the DuckDB file to a table with client, period, score, coverage
and profile in that file. One argument, JSON: folder, clients, periods, peer.

Points and weights are whole numbers here too; only the weighted sum of a library that
knows floats alone is one, and is rounded with a margin far smaller than any step.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pymcdm.methods

from costs import tell_own_cost
from made_up import BAND_POINTS, LEAST_SCORES, POLICIES, MadeUp, whole_weights
from other_designs import MINIMUM_TENURE, MINIMUM_WEIGHT, MISSING_POINTS

POINTS = np.array(BAND_POINTS, dtype=np.int64)


def read(connection: duckdb.DuckDBPyConnection, project: MadeUp) -> str:
    """Give the query that reads the metrics as floats, which all peers judge fastest."""
    metrics = ", ".join(
        f"cast({metric.name} as double) as {metric.name}" for metric in project.metrics
    )
    return f"select client_id, tenure_months, {metrics}, period_start from made_up.int_client_metrics"


def scores(points: np.ndarray, available: np.ndarray, known: np.ndarray, tenure: np.ndarray) -> np.ndarray:
    """Give scores in ten-thousandths, rounded half up; -1 for who is not eligible.

    points: sums of weight x points; available, known: sums of weights, in millionths
    """
    eligible = (tenure >= MINIMUM_TENURE) & (known >= MINIMUM_WEIGHT) & (known > 0)
    divisor = np.where(available > 0, 2 * available, 1)
    return np.where(eligible, (20_000 * points + available) // divisor, -1)


def profiles(score: np.ndarray) -> np.ndarray:
    """Give the number of each profile: 0 not eligible, then D, C, B, A."""
    least = sorted(bound * 10_000 for bound in LEAST_SCORES.values())
    return np.searchsorted(np.array([0, *least]), score, side="right").astype(np.int8)


def store(connection: duckdb.DuckDBPyConnection, peer: str, result: object) -> None:
    """Write the table; `result` has client_id, period_start, score, known, profile."""
    connection.register("result", result)
    names = ["not_yet_eligible", "D", *reversed(LEAST_SCORES)]
    cases = " ".join(f"when {number} then '{name}'" for number, name in enumerate(names))
    connection.execute(f"""
        create or replace table peer_{peer} as select
            client_id, cast(period_start as date) as period_start,
            case when score >= 0
                then cast(0.0001 * cast(score as integer) as decimal(7, 4)) end as score,
            cast(0.000001 * cast(known as integer) as decimal(7, 6)) as coverage,
            case profile {cases} end as profile
        from result
    """)


class Sums:
    """Adds up points and weights over the criteria, column by column."""

    def __init__(self, project: MadeUp, rows: int):
        self.points = np.zeros(rows, dtype=np.int64)
        self.available = np.full(rows, 1_000_000, dtype=np.int64)
        self.known = np.full(rows, 1_000_000, dtype=np.int64)
        self._weights = whole_weights(project.criteria)

    def add(self, place: int, points: np.ndarray, missing: np.ndarray) -> None:
        """Add one criterion: its points, whatever they are where the value is missing."""
        weight, policy = self._weights[place], POLICIES[place % len(POLICIES)]
        self.points += weight * np.where(missing, MISSING_POINTS[policy] or 0, points)
        self.known -= weight * missing
        if policy == "exclude":
            self.available -= weight * missing


def by_numpy(connection: duckdb.DuckDBPyConnection, project: MadeUp) -> None:
    """Bands by `searchsorted` on arrays."""
    columns = connection.execute(read(connection, project)).fetchnumpy()
    sums = Sums(project, len(columns["client_id"]))
    for place, metric in enumerate(project.metrics):
        values, missing = filled(columns[metric.name])
        bands = np.searchsorted(np.array(metric.edges, dtype=float), values, side="right")
        sums.add(place, POINTS[bands], missing)
    finish(connection, "numpy", columns, sums)


def filled(column: np.ma.MaskedArray | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give values and whether each is missing."""
    missing = np.ma.getmaskarray(column)
    return np.ma.getdata(column), missing


def finish(
    connection: duckdb.DuckDBPyConnection, peer: str, columns: dict, sums: Sums
) -> None:
    """Score, judge and store what has been summed."""
    tenure = np.ma.getdata(columns["tenure_months"])
    score = scores(sums.points, sums.available, sums.known, tenure)
    store(connection, peer, {
        "client_id": columns["client_id"], "period_start": columns["period_start"],
        "score": score, "known": sums.known, "profile": profiles(score),
    })


def by_pandas(connection: duckdb.DuckDBPyConnection, project: MadeUp) -> None:
    """Bands by `cut` on a data frame."""
    frame = connection.execute(read(connection, project)).df()
    sums = Sums(project, len(frame))
    for place, metric in enumerate(project.metrics):
        bands = pd.cut(
            frame[metric.name], [-np.inf, *metric.edges, np.inf], right=False, labels=False
        )
        missing = bands.isna().to_numpy()
        sums.add(place, POINTS[bands.fillna(0).astype("int64").to_numpy()], missing)
    score = scores(
        sums.points, sums.available, sums.known, frame["tenure_months"].to_numpy()
    )
    store(connection, "pandas", pd.DataFrame({
        "client_id": frame["client_id"], "period_start": frame["period_start"],
        "score": score, "known": sums.known, "profile": profiles(score),
    }))


def by_polars(
    connection: duckdb.DuckDBPyConnection, project: MadeUp,
    points_of: Callable[[int, MadeUp], pl.Expr], peer: str,
) -> None:
    """Everything as expressions of polars, which runs them on all cores at once."""
    frame = connection.execute(read(connection, project)).pl()
    weights = whole_weights(project.criteria)
    points, known, available = pl.lit(0, pl.Int64), pl.lit(1_000_000, pl.Int64), pl.lit(1_000_000, pl.Int64)
    for place, metric in enumerate(project.metrics):
        policy = POLICIES[place % len(POLICIES)]
        missing = pl.col(metric.name).is_null().cast(pl.Int64)
        worth = points_of(place, project).fill_null(MISSING_POINTS[policy] or 0)
        points = points + weights[place] * worth
        known = known - weights[place] * missing
        if policy == "exclude":
            available = available - weights[place] * missing
    eligible = (pl.col("tenure_months") >= MINIMUM_TENURE) & (pl.col("known") >= MINIMUM_WEIGHT)
    score = (20_000 * pl.col("points") + pl.col("available")) // (2 * pl.col("available"))
    profile = pl.lit(0, pl.Int8)
    for number, least in enumerate([0, *sorted(LEAST_SCORES.values())], 1):
        profile = pl.when(pl.col("score") >= least * 10_000).then(pl.lit(number, pl.Int8)).otherwise(profile)
    result = (
        frame.lazy()
        .select(
            "client_id", "period_start", "tenure_months",
            points=points, known=known, available=available,
        )
        .with_columns(score=pl.when(eligible).then(score).otherwise(-1))
        .select("client_id", "period_start", "score", "known", profile=profile)
        .collect()
    )
    store(connection, peer, result.to_arrow())


def points_by_cut(place: int, project: MadeUp) -> pl.Expr:
    """Points by polars' own `cut`."""
    metric = project.metrics[place]
    labels = [str(points) for points in BAND_POINTS]
    return (
        pl.col(metric.name)
        .cut(metric.edges, labels=labels, left_closed=True)
        .cast(pl.String).cast(pl.Int64)
    )


def points_by_when(place: int, project: MadeUp) -> pl.Expr:
    """Points by `when` and `then`."""
    metric = project.metrics[place]
    points = pl.when(pl.col(metric.name).is_not_null()).then(pl.lit(BAND_POINTS[0], pl.Int64))
    for edge, worth in zip(metric.edges, BAND_POINTS[1:]):
        points = pl.when(pl.col(metric.name) >= edge).then(pl.lit(worth, pl.Int64)).otherwise(points)
    return points


def by_pymcdm(connection: duckdb.DuckDBPyConnection, project: MadeUp) -> None:
    """The weighted sum by a library for decisions with many criteria.

    It has one set of weights for all rows, so rows that lack the same criteria with
    policy `exclude` are summed together. It has no bands: numpy gives the points.
    """
    columns = connection.execute(read(connection, project)).fetchnumpy()
    rows = len(columns["client_id"])
    weights = np.array(whole_weights(project.criteria))
    matrix = np.empty((rows, project.criteria))
    lacking = np.zeros(rows, dtype=np.int64)
    sums = Sums(project, rows)
    for place, metric in enumerate(project.metrics):
        values, missing = filled(columns[metric.name])
        policy = POLICIES[place % len(POLICIES)]
        bands = np.searchsorted(np.array(metric.edges, dtype=float), values, side="right")
        points = np.where(missing, MISSING_POINTS[policy] or 0, POINTS[bands])
        matrix[:, place] = points
        sums.add(place, points, missing)
        if policy == "exclude":
            lacking |= missing.astype(np.int64) << place
    weighted_sum = pymcdm.methods.WSM(lambda column, cost: column)
    exact = np.zeros(rows)
    for group in np.unique(lacking):
        chosen = lacking == group
        kept = np.array([not group >> place & 1 for place in range(project.criteria)])
        if kept.any():
            shares = weights * kept / (weights * kept).sum()
            exact[chosen] = weighted_sum(
                matrix[chosen], shares, np.ones(project.criteria), validation=False
            )
    tenure = np.ma.getdata(columns["tenure_months"])
    eligible = (tenure >= MINIMUM_TENURE) & (sums.known >= MINIMUM_WEIGHT)
    # Exact scores lie on a half or at least a ten-millionth of a step away from it.
    score = np.where(eligible, np.floor(exact * 10_000 + 0.5 + 2e-8).astype(np.int64), -1)
    store(connection, "pymcdm", {
        "client_id": columns["client_id"], "period_start": columns["period_start"],
        "score": score, "known": sums.known, "profile": profiles(score),
    })


PEERS: dict[str, Callable] = {
    "numpy": by_numpy,
    "pandas": by_pandas,
    "polars_cut": lambda *given: by_polars(*given, points_by_cut, "polars_cut"),
    "polars_when": lambda *given: by_polars(*given, points_by_when, "polars_when"),
    "pymcdm": by_pymcdm,
}


def main() -> None:
    """Connect, score, tell."""
    given = json.loads(sys.argv[1])
    project = MadeUp(Path(given["folder"]), given["clients"], given["periods"])
    with duckdb.connect(str(project.database), config={"threads": 2}) as connection:
        tell_own_cost(lambda: PEERS[given["peer"]](connection, project))


if __name__ == "__main__":
    main()
