"""Let clients do what the project says would help them, and let its engine judge them.

    trials = walk(build_file, seeds_folder, {("tier", "gold", "C1"): {"margin_rate": value}}, 10)
    trials["tier", "gold", "C1"]["tier", "C1"].profile
"""

from __future__ import annotations

import csv
import datetime
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import duckdb

from jinja_models import in_memory
from world_tables import Table

MONTHS, GAP = 7, 14

# Scorecard, what the client walks to, client.
Key = tuple[str, str, str]


class Judged(NamedTuple):
    """What the engine says of a client."""

    profile: str
    score: Decimal | None


def read_seeds(folder: Path) -> dict[str, Table]:
    """Read rule seeds as texts."""
    seeds = {}
    for file in sorted(folder.glob("*.csv")):
        with file.open(newline="", encoding="utf-8") as lines:
            reader = csv.DictReader(lines)
            seeds[file.stem] = (list(reader.fieldnames), list(reader))
    return seeds


def walk(
    build_file: Path,
    seeds_folder: Path,
    walks: dict[Key, dict[str, Decimal]],
    one_by_one: int,
) -> dict[Key, dict[tuple[str, str], Judged]]:
    """Judge all clients once more, some of them with other values.

    Each trial is the last months of all clients, moved to a time of its own. Where a
    scorecard looks at values only, all clients that walk to the same walk at once, as
    none can touch another; where it looks at places, one client walks in each trial.

    walks: the metrics' new values in the last period
    one_by_one: how many of the latter are tried, spread over all of them
    returns: for each walk that was tried, everybody by scorecard and client
    """
    with duckdb.connect(str(build_file), read_only=True) as connection:
        metrics = [
            row[0] for row in connection.execute(
                "select column_name from information_schema.columns"
                " where table_name = 'int_metric_history'"
                " and column_name not in ('client_id', 'period_start')"
            ).fetchall()
        ]
        places = {
            row[0] for row in connection.execute(
                "select distinct scorecard"
                " from client_profiles_intermediate.int_version_metrics"
                " inner join client_profiles_intermediate.int_scored_criteria as criteria"
                " using (scorecard, version) where criteria.normalization <> 'none'"
            ).fetchall()
        }
        [last_period] = connection.execute(
            "select max(period_start) from client_profiles.client_profiles"
        ).fetchone()
        now = {
            (scorecard, client): profile
            for scorecard, client, profile in connection.execute(
                "select scorecard, client_id, computed_profile"
                " from client_profiles.client_profiles"
            ).fetchall()
        }
    trials = defaultdict(list)
    alone = [key for key in walks if key[0] in places]
    for key in alone[:: max(1, -(-len(alone) // one_by_one))]:
        trials[key].append(key)
    for key in walks:
        if key[0] not in places:
            trials[key[:2]].append(key)
    # A trial without any walk: it gives what the clients are now.
    trials["nobody"] = []
    changed = [
        (number, client, *(walks[scorecard, target, client].get(each) for each in metrics))
        for number, keys in enumerate(trials.values())
        for scorecard, target, client in keys
    ]
    judged = judge(build_file, seeds_folder, metrics, changed, len(trials), last_period)
    found = {}
    for number, keys in enumerate(trials.values()):
        month = last_period.year * 12 + last_period.month - 1 + 600 + number * GAP
        everybody = judged[datetime.date(month // 12, month % 12 + 1, 1)]
        found.update(dict.fromkeys(keys, everybody))
    # Nobody else is moved, and without any walk everybody stays.
    assert now == {key: everybody[key].profile for key in now}
    return found


def judge(
    build_file: Path,
    seeds_folder: Path,
    metrics: list[str],
    changed: list[tuple],
    trials: int,
    last_period: datetime.date,
) -> dict[datetime.date, dict[tuple[str, str], Judged]]:
    """Run the engine on all trials; give everybody by period, scorecard and client."""
    last = f"date '{last_period}'"
    literals = ", ".join(
        "(" + ", ".join(
            "null" if each is None else f"'{each}'" if isinstance(each, str) else str(each)
            for each in row
        ) + ")"
        for row in changed
    )
    columns = ", ".join(
        f"coalesce(cast(changed.new_{each} as decimal(28, 6)), history.{each}) as {each}"
        for each in metrics
    )
    names = ", ".join(["trial", "client_id", *(f"new_{each}" for each in metrics)])
    models = in_memory()
    models.load_query(
        build_file,
        f"""
        with changed({names}) as (values {literals})
        select
            history.client_id, {columns},
            cast(
                history.period_start + to_years(50)
                + to_months(cast(trials.trial as integer) * {GAP})
                as date
            ) as period_start
        from build.client_profiles_intermediate.int_metric_history as history
        cross join range({trials}) as trials(trial)
        left join changed
            on history.client_id = changed.client_id and trials.trial = changed.trial
            and history.period_start = {last}
        where history.period_start > {last} - interval {MONTHS} month
            and history.period_start <= {last}
        """,
    )
    models.look_from(datetime.date(9000, 1, 1), read_seeds(seeds_folder))
    found = defaultdict(dict)
    for row in models.run("int_profile_candidates"):
        found[row["period_start"]][row["scorecard"], row["client_id"]] = Judged(
            row["computed_profile"], row["score"]
        )
    return found
