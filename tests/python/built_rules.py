"""Read rules and metrics out of a build, for the oracle to judge by.

    read = reader(cursor)
    versions, clients = read_versions(read), read_clients(read)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any

from oracle import Band, Condition, Criterion, Override, Rule, Version
from oracle_histories import Clients

Read = Callable[[str], list[dict[str, Any]]]


def reader(cursor: Any) -> Read:
    """Give a function that reads a table of a build, by its name without the schema."""

    def read(table: str) -> list[dict[str, Any]]:
        schemas = {"stg": "_rules", "int": "_intermediate", "fct": ""}
        cursor.execute(f"select * from client_profiles{schemas[table[:3]]}.{table}")
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row)) for row in cursor.fetchall()]

    return read


def read_versions(read: Read) -> list[Version]:
    """Give the approved versions."""
    metrics = {row["criterion"]: row["metric"] for row in read("stg_criteria")}
    bands, criteria, rules = defaultdict(list), defaultdict(list), defaultdict(dict)
    for row in read("stg_score_bands"):
        bands[row["scorecard"], row["version"], row["criterion"]].append(
            Band(row["band"], row["lower_bound"], row["upper_bound"], row["points"])
        )
    for row in read("stg_criterion_weights"):
        key = row["scorecard"], row["version"]
        criteria[key].append(
            Criterion(
                row["criterion"], metrics[row["criterion"]], row["weight"],
                row["normalization"], row["missing_value_policy"],
                row["maximum_age_months"], tuple(bands[*key, row["criterion"]]),
            )
        )
    for row in read("stg_profile_rules"):
        key = row["scorecard"], row["version"]
        rules[key].setdefault((row["rule"], row["priority"], row["profile"]), []).append(
            Condition(
                row["subject"], row["subject_name"], row["lower_bound"], row["upper_bound"]
            )
        )
    return [
        Version(
            *key, row["effective_from"], row["effective_to"], row["confirmation_periods"],
            row["minimum_tenure_months"], row["minimum_coverage"], tuple(criteria[key]),
            tuple(Rule(*rule, tuple(found)) for rule, found in rules[key].items()),
        )
        for row in read("stg_scorecard_versions")
        if row["status"] == "approved"
        for key in [(row["scorecard"], row["version"])]
    ]


def read_overrides(read: Read) -> list[Override]:
    """Give the decisions by hand, as known from the beginning."""
    return [
        Override(
            row["scorecard"], row["client_id"], row["profile"], row["valid_from"],
            row["valid_to"], date.min,
        )
        for row in read("stg_profile_overrides")
    ]


def read_clients(read: Read) -> Clients:
    """Give the metrics that were scored."""
    return Clients(
        {
            (row.pop("client_id"), row.pop("period_start")): row
            for row in read("int_metric_history")
        }
    )
