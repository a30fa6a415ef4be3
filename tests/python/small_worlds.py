"""Worlds of a few clients, written line by line, so that everything can be recomputed.

    clients = {"one": [values(size=3), values(size=4)]}
    world([version("1", criterion("b_2", "1", {None: 10, 5: 60}))], clients)
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import zip_longest

from oracle import Band, Condition, Criterion, Override, Rule, Values, Version, months_before
from random_rules import CRITERIA, FIRST_PERIOD, METRICS, World

# The score that the rule for a better profile asks for.
BETTER_FROM = "50"


def month(number: int) -> date:
    """Give the first day of a month: 0 is the first one."""
    return months_before(FIRST_PERIOD, -number)


def criterion(
    name: str,
    weight: str,
    points: dict[str | None, str | int],
    normalization: str = "none",
    policy: str = "exclude",
    age: int = 0,
) -> Criterion:
    """Make a criterion; points by the lower bound of each band, lowest first."""
    bounds = [None if bound is None else Decimal(bound) for bound in points]
    bands = tuple(
        Band(f"b{number}", lower, upper, Decimal(worth))
        for number, ((lower, upper), worth) in enumerate(
            zip(zip_longest(bounds, bounds[1:]), points.values())
        )
    )
    return Criterion(
        name, CRITERIA[name], Decimal(weight), normalization, policy, age, bands
    )


def version(
    name: str,
    *criteria: Criterion,
    begins: int = 0,
    rules: tuple[Rule, ...] = (),
    confirmation: int = 1,
    tenure: int = 0,
    coverage: str = "0",
) -> Version:
    """Make a version; without rules of its own, P1 is for scores of 50 and above."""
    return Version(
        "card", name, month(begins), None, confirmation, tenure, Decimal(coverage),
        criteria,
        (
            *(rules or (rule("better", 1, "P1", condition("score", BETTER_FROM)),)),
            rule("otherwise", 9, "P3", condition("score")),
        ),
    )


def rule(name: str, priority: int, profile: str, *conditions: Condition) -> Rule:
    """Make a rule."""
    return Rule(name, priority, profile, conditions)


def condition(subject: str, lower: str | None = None, name: str | None = None) -> Condition:
    """Make a condition with a lower bound, or with none."""
    return Condition(subject, name, None if lower is None else Decimal(lower), None)


def by_hand(client: str, profile: str, first: int, end: int) -> Override:
    """Make a decision by hand, known from the beginning."""
    return Override("card", client, profile, month(first), month(end), month(0))


def values(**known: str | int | None) -> Values:
    """Give the metrics of a client in a month; what is not named is missing."""
    return {
        metric: None if known.get(metric) is None else Decimal(known[metric])
        for metric in METRICS
    } | {"tenure_months": Decimal(known.get("tenure_months", 12))}


def world(
    versions: list[Version],
    clients: dict[str, list[Values | None]],
    overrides: tuple[Override, ...] = (),
) -> World:
    """Make a world from the values of each client, month by month; None is away."""
    metrics = {
        (client, month(number)): its_values
        for client, course in clients.items()
        for number, its_values in enumerate(course)
        if its_values is not None
    }
    last = max(period for _, period in metrics)
    return World(versions, [], list(overrides), metrics, (months_before(last, -1),))
