"""Write a world made by chance as the tables that the project reads: seeds and metrics."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

from oracle import Version
from random_rules import CRITERIA, METRICS, RANKS, World

# Columns and lines of a table, all cells being texts.
Table = tuple[list[str], list[dict[str, str]]]


def seed_tables(world: World, day: date) -> dict[str, Table]:
    """Give every rule seed by its name, as they are on a day."""
    everything = [
        *((version, "approved") for version in world.versions),
        *((version, "candidate") for version in world.candidates),
    ]
    scorecards = sorted({version.scorecard for version in world.versions})
    rows = {
        "scorecards": [
            {"scorecard": name, "label": name, "description": ""} for name in scorecards
        ],
        "scorecard_versions": [],
        "criteria": [
            {
                "criterion": criterion, "metric": metric, "label": criterion,
                "unit": "units", "value_format": "number",
                "direction": "higher_is_better", "is_actionable": "true",
                "effort": "1", "improvement_action": "",
            }
            for criterion, metric in CRITERIA.items()
        ],
        "criterion_weights": [],
        "score_bands": [],
        "profiles": [
            {
                "scorecard": name, "profile": profile, "rank": str(rank), "label": profile,
                "is_ideal": "true" if rank == 1 else "false", "color": "#0072B2",
                "description": "",
            }
            for name in scorecards
            for profile, rank in (*RANKS.items(), ("not_yet_eligible", ""))
        ],
        "profile_rules": [],
    }
    for version, status in everything:
        add_version(rows, version, status)
    tables = {name: (list(lines[0]), lines) for name, lines in rows.items()}
    tables["profile_overrides"] = override_table(world, day)
    # Nothing in them has to do.
    tables["restatements"] = (
        [
            "restatement", "restate_from", "restated_on", "requested_by", "approved_by",
            "reason",
        ],
        [],
    )
    tables["benefits"] = (
        [
            "benefit", "scorecard", "lowest_profile", "minimum_score",
            "capacity_per_period", "description",
        ],
        [],
    )
    tables["protocols"] = (
        [
            "scorecard", "profile", "department", "on_movement", "action", "cadence_days",
            "response_hours", "meeting_format",
        ],
        [],
    )
    return tables


def override_table(world: World, day: date) -> Table:
    """Give the seed of decisions by hand as it is on a day; it may be empty."""
    columns = [
        "scorecard", "client_id", "profile", "valid_from", "valid_to", "reason",
        "requested_by", "approved_by",
    ]
    lines = [
        {
            "scorecard": override.scorecard, "client_id": override.client,
            "profile": override.profile, "valid_from": text(override.valid_from),
            "valid_to": text(override.valid_to), "reason": "made by chance",
            "requested_by": "somebody", "approved_by": "somebody else",
        }
        for override in world.overrides
        if override.entered_on <= day
    ]
    return columns, lines


def add_version(
    rows: dict[str, list[dict[str, str]]], version: Version, status: str
) -> None:
    """Add the lines of one version to those of the seeds, as texts."""
    key = {"scorecard": version.scorecard, "version": version.name}
    rows["scorecard_versions"].append(
        {
            **key, "status": status,
            "effective_from": text(version.effective_from),
            "effective_to": text(version.effective_to),
            "confirmation_periods": str(version.confirmation_periods),
            "minimum_tenure_months": str(version.minimum_tenure_months),
            "minimum_coverage": text(version.minimum_coverage),
            "approved_by": "somebody", "approved_on": "2024-01-01",
            "change_note": "made by chance",
        }
    )
    for criterion in version.criteria:
        rows["criterion_weights"].append(
            {
                **key, "criterion": criterion.name, "weight": text(criterion.weight),
                "normalization": criterion.normalization,
                "missing_value_policy": criterion.missing_value_policy,
                "maximum_age_months": str(criterion.maximum_age_months),
            }
        )
        # From the highest down: the order of the lines must not matter.
        rows["score_bands"] += [
            {
                **key, "criterion": criterion.name, "band": band.name,
                "lower_bound": text(band.lower), "upper_bound": text(band.upper),
                "points": text(band.points), "label": band.name,
            }
            for band in reversed(criterion.bands)
        ]
    rows["profile_rules"] += [
        {
            **key, "priority": str(rule.priority), "rule": rule.name,
            "profile": rule.profile, "subject": condition.subject,
            "subject_name": condition.subject_name or "",
            "lower_bound": text(condition.lower), "upper_bound": text(condition.upper),
        }
        for rule in reversed(version.rules)
        for condition in rule.conditions
    ]


def metric_table(world: World) -> Table:
    """Give int_client_metrics."""
    lines = [
        {
            "client_id": client,
            "period_start": text(period),
            **{metric: text(value) for metric, value in values.items()},
        }
        for (client, period), values in world.metrics.items()
    ]
    return ["client_id", "period_start", *METRICS], lines


def text(value: Decimal | date | None) -> str:
    """Write a cell of a seed; None is an empty one."""
    if value is None:
        return ""
    return f"{value:f}" if isinstance(value, Decimal) else value.isoformat()


def write_csv(path: Path, table: Table) -> None:
    """Write a table to a CSV file, with a header even where there are no lines."""
    columns, rows = table
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
