"""A company of any size: a dbt project that installs this one, with metrics made by a hash.

    project = MadeUp(folder, clients=10_000, periods=12)
    project.write()
    project.fill()

Values depend on client, period and metric only, so every run has the same data. Four
fifths of a client's value are its own for ever and the rest is drawn each month, so that
some profiles move; three in a hundred values are missing. Rules are plain: bands over the values as they are,
profiles A to D by score.
"""

from __future__ import annotations

import csv
import shutil
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "python"))

from project_files import install_packages  # noqa: E402

# The last period; the data are looked at on the first day after it.
LAST_PERIOD = date(2026, 10, 1)
SCHEMA = "client_profiles_intermediate"
# What stands in every column of the seeds that these rules have no need of.
PLAIN = {
    "unit": "units", "value_format": "number", "direction": "higher_is_better",
    "is_actionable": "true", "effort": "1", "approved_by": "Board",
    "approved_on": "2020-01-01", "change_note": "made up", "color": "#0072B2",
    "is_ideal": "false", "status": "approved", "effective_from": "2020-01-01",
    "confirmation_periods": "1", "minimum_tenure_months": "3", "minimum_coverage": "0.6",
    "normalization": "none", "maximum_age_months": "0",
}
BAND_POINTS = (0, 25, 50, 75, 100)
# The least scores of A, B and C.
LEAST_SCORES = {"A": 60, "B": 50, "C": 40}
POLICIES = ("exclude", "worst", "neutral")


@dataclass(frozen=True)
class Metric:
    """A made-up metric: its type, and its values from 0 to `most`."""

    name: str
    data_type: str
    most: int

    @property
    def edges(self) -> list[int]:
        """Where its bands begin, after the lowest."""
        return [self.most * part // 100 for part in (25, 40, 55, 75)]


def metrics(count: int) -> list[Metric]:
    """Give so many metrics; counts, money and shares take turns."""
    kinds = [("integer", 2_000), ("decimal(18, 2)", 100_000), ("decimal(18, 6)", 1_000)]
    return [
        Metric(f"metric_{place + 1:02}", *kinds[place % len(kinds)])
        for place in range(count)
    ]


def whole_weights(count: int) -> list[int]:
    """Give so many unequal weights in millionths, together one million."""
    parts = [2 + place % 3 for place in range(count)]
    weights = [1_000_000 * part // sum(parts) for part in parts]
    weights[0] += 1_000_000 - sum(weights)
    return weights


def months_before(day: date, months: int) -> date:
    """Give the first day of the month that lies so many months before."""
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


@dataclass(frozen=True)
class MadeUp:
    """A made-up company in a folder of its own.

    versions: how many score the clients; one is approved, the others are candidates
    """

    folder: Path
    clients: int
    periods: int
    criteria: int = 8
    versions: int = 1

    @property
    def database(self) -> Path:
        """The DuckDB file that it builds into."""
        return self.folder / "build.duckdb"

    @property
    def metrics(self) -> list[Metric]:
        """Its metrics, besides the tenure."""
        return metrics(self.criteria)

    def last_periods(self, count: int) -> date:
        """Give the first of so many last periods."""
        return months_before(LAST_PERIOD, count - 1)

    def write(self) -> None:
        """Write the project: settings, the two models it has to bring, the rules."""
        shutil.rmtree(self.folder, ignore_errors=True)
        models = self.folder / "models"
        models.mkdir(parents=True)
        settings = {
            "name": "made_up", "profile": "client_profiles",
            "flags": {"send_anonymous_usage_stats": False},
            "packages-install-path": "dbt_packages",
            "vars": {"as_of": months_before(LAST_PERIOD, -1).isoformat()},
            "seeds": {"made_up": {"scorecards": {"+schema": "rules"}}},
        }
        (self.folder / "dbt_project.yml").write_text(yaml.safe_dump(settings))
        shutil.copy(ROOT / "profiles.yml", self.folder)
        # The metrics are put there by fill(): a run of dbt only looks at them.
        (models / "int_client_metrics.sql").write_text(
            "{{ config(materialized='view') }}\n"
            "select * from made_up.int_client_metrics\n"
        )
        (models / "stg_clients.sql").write_text(
            "{{ config(materialized='view') }}\nselect * from made_up.clients\n"
        )
        install_packages(self.folder, local={"client_profiles": ROOT})
        self.write_rules()

    def write_rules(self) -> None:
        """Write the rule seeds."""
        seeds = self.folder / "seeds" / "scorecards"
        seeds.mkdir(parents=True, exist_ok=True)
        description = ROOT / "seeds" / "scorecards" / "_scorecards__seeds.yml"
        shutil.copy(description, seeds)
        rules = self.rules()
        for seed in yaml.safe_load(description.read_text(encoding="utf-8"))["seeds"]:
            columns = [column["name"] for column in seed["columns"]]
            with (seeds / f"{seed['name']}.csv").open("w", newline="") as file:
                writer = csv.DictWriter(file, columns, lineterminator="\n")
                writer.writeheader()
                for line in rules.get(seed["name"], []):
                    plain = {name: PLAIN[name] for name in columns if name in PLAIN}
                    writer.writerow({**plain, **line})

    def rules(self) -> dict[str, list[dict]]:
        """Give the lines of the rule seeds, without what PLAIN says."""
        rules = {
            "scorecards": [{"scorecard": "made_up", "label": "Made up"}],
            "criteria": [
                {"criterion": each.name, "metric": each.name, "label": each.name}
                for each in self.metrics
            ],
            "profiles": [
                {
                    "scorecard": "made_up", "profile": profile, "rank": rank,
                    "label": profile, "is_ideal": "true" if rank == 1 else "false",
                }
                for profile, rank in
                [("A", 1), ("B", 2), ("C", 3), ("D", 4), ("not_yet_eligible", None)]
            ],
            "scorecard_versions": [], "criterion_weights": [],
            "score_bands": [], "profile_rules": [],
        }
        for number in range(1, self.versions + 1):
            key = {"scorecard": "made_up", "version": str(number)}
            status = "approved" if number == 1 else "candidate"
            rules["scorecard_versions"].append({**key, "status": status})
            self.add_version(rules, key, shift=number - 1)
        return rules

    def add_version(self, rules: dict[str, list[dict]], key: dict, shift: int) -> None:
        """Add a version; its weights are those of the first, `shift` places further."""
        weights = whole_weights(self.criteria)
        for place, metric in enumerate(self.metrics):
            line = {**key, "criterion": metric.name}
            whole = weights[(place + shift) % len(weights)]
            rules["criterion_weights"].append({
                **line, "weight": f"{whole / 1_000_000:.6f}",
                "missing_value_policy": POLICIES[place % len(POLICIES)],
            })
            edges = ["", *metric.edges, ""]
            for band, points in enumerate(BAND_POINTS):
                rules["score_bands"].append({
                    **line, "band": f"band_{band + 1}", "lower_bound": edges[band],
                    "upper_bound": edges[band + 1], "points": points,
                    "label": f"band {band + 1}",
                })
        bounds = [*LEAST_SCORES.items(), ("D", "")]
        for priority, (profile, least) in enumerate(bounds, 1):
            rules["profile_rules"].append({
                **key, "priority": priority, "rule": f"{profile.lower()}_by_score",
                "profile": profile, "subject": "score", "lower_bound": least,
            })

    def fill(self) -> None:
        """Make the metrics, period after period, as a company would have stored them."""
        with duckdb.connect(str(self.database)) as connection:
            connection.execute("create schema if not exists made_up")
            connection.execute(
                "create or replace table made_up.clients as select"
                " 'C' || lpad(cast(client as text), 7, '0') as client_id,"
                " 'Client ' || client as client_name, 'referral' as acquisition_channel,"
                " 'north' as region, 'retail' as category"
                f" from range({self.clients}) as numbers(client)"
            )
            connection.execute(
                f"create or replace table made_up.int_client_metrics as {self.values()}"
                " limit 0"
            )
            for back in range(self.periods - 1, -1, -1):
                self.add_period(connection, months_before(LAST_PERIOD, back))

    def add_period(self, connection: duckdb.DuckDBPyConnection, period: date) -> None:
        """Add one period's metrics."""
        connection.execute(
            "insert into made_up.int_client_metrics by name " + self.values(period)
        )

    def values(self, period: date = LAST_PERIOD) -> str:
        """Give the query of one period's metrics."""
        month = period.year * 12 + period.month
        columns = ",\n".join(
            self.value(metric, place, month) for place, metric in enumerate(self.metrics)
        )
        return f"""
            select
                'C' || lpad(cast(client as text), 7, '0') as client_id,
                cast(greatest(client % 60 + {month} - 24320, 0) as integer) as tenure_months,
                {columns},
                date '{period.isoformat()}' as period_start
            from range({self.clients}) as numbers(client)
        """

    @staticmethod
    def value(metric: Metric, place: int, month: int) -> str:
        """Give the expression of one metric's value.

        The range of the values is cut into whole millionths, so no float has a say.
        """
        own = f"(hash(client, {place}) % 1000003)"
        drawn = f"(hash(client, {place}, {month}) % 1000003)"
        whole = f"(cast(4 * {own} + {drawn} as bigint) * {metric.most} // 5000010)"
        if metric.data_type != "integer":
            whole = (
                f"cast(cast(4 * {own} + {drawn} as bigint) * {metric.most}"
                " as decimal(18, 0)) * 0.0000002"
            )
        return (
            f"case when hash({place}, client, {month}) % 100 >= 3"
            f" then cast({whole} as {metric.data_type}) end as {metric.name}"
        )


def compiled(project: MadeUp, model: str) -> str:
    """Give the SQL that dbt compiled for an intermediate model."""
    folder = project.folder / "target" / "compiled" / "client_profiles" / "models"
    return (folder / "intermediate" / f"{model}.sql").read_text(encoding="utf-8")
