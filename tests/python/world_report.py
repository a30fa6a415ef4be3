"""Show in what a world and the project differ, with the few rules and metrics behind it."""

from __future__ import annotations

from collections.abc import Iterator

from oracle import Condition, Criterion, Version
from oracle_tables import Difference
from random_rules import World
from world_tables import text

# What one failure shows: the first differences, and the world of the first.
SHOWN = 5


def report(world: World, found: list[Difference], total: int) -> str:
    """Give what people need to see of a failure, as lines.

    world: a small one in which the differences are; total: how many there are in all
    """
    lines = [
        f"{total} differences between the project and the oracle, for example:",
        *(f"  {difference}" for difference in found[:SHOWN]),
        "",
        *describe(world, found[0]),
    ]
    return "\n".join(lines)


def describe(world: World, difference: Difference) -> Iterator[str]:
    """Give the rules and metrics that a difference rests on, line by line."""
    scorecard = difference.row.get("scorecard")
    client = difference.row.get("client_id")
    period = difference.row.get("period_start")
    for status, versions in (
        ("approved", world.versions), ("candidate", world.candidates)
    ):
        for version in versions:
            if scorecard in (None, version.scorecard):
                yield from describe_version(version, status)
    for override in world.overrides:
        if (scorecard, client) == (override.scorecard, override.client):
            yield (
                f"By hand: {override.profile}, {override.valid_from} to "
                f"{override.valid_to}, entered on {override.entered_on}"
            )
    yield f"Metrics, looked at from {', '.join(map(str, world.days))}:"
    for (other, month), values in sorted(world.metrics.items()):
        if client in (None, other) or month == period:
            known = ", ".join(f"{name}={text(value)}" for name, value in values.items())
            yield f"  {other} {month:%Y-%m}: {known}"


def describe_version(version: Version, status: str) -> Iterator[str]:
    """Give the rules of a version, line by line."""
    yield (
        f"{version.scorecard}, version {version.name} ({status}), from "
        f"{version.effective_from} to {version.effective_to or 'the next'}, "
        f"confirmed in {version.confirmation_periods}, "
        f"tenure >= {version.minimum_tenure_months}, "
        f"coverage >= {version.minimum_coverage}"
    )
    for criterion in version.criteria:
        yield "  " + describe_criterion(criterion)
    for rule in sorted(version.rules, key=lambda rule: rule.priority):
        conditions = " and ".join(map(describe_condition, rule.conditions))
        yield f"  {rule.priority}. {rule.name} -> {rule.profile} if {conditions}"


def describe_condition(condition: Condition) -> str:
    """Give a condition as people write it."""
    words = [condition.subject, condition.subject_name]
    if condition.lower is not None:
        words.append(f">= {text(condition.lower)}")
    if condition.upper is not None:
        words.append(f"< {text(condition.upper)}")
    return " ".join(word for word in words if word)


def describe_criterion(criterion: Criterion) -> str:
    """Give a criterion with its bands, in one line."""
    bands = ", ".join(
        f"{band.name} [{text(band.lower)}..{text(band.upper)}) {band.points}"
        for band in criterion.bands
    )
    return (
        f"{criterion.name}: {criterion.weight} x {criterion.metric} "
        f"({criterion.normalization}, {criterion.missing_value_policy}, up to "
        f"{criterion.maximum_age_months} months old): {bands}"
    )
