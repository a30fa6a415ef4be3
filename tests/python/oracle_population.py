"""What the other clients alone would do to a client, in plain Python.

The client's own values and the rules stay those of one month, and everybody else has
the values of the next: the client's are put in the place of its own in the population
of that month, and the version judges it again.
"""

from __future__ import annotations

from decimal import Decimal

from oracle import Verdict, Verdicts, conclude, judge_criterion, months_before

# Metric values and their ages, by criterion.
Known = dict[str, tuple[Decimal | None, int | None]]
# The verdict of the month before, the one by the population, and the month's own; by
# scorecard, client and month.
Effects = dict[tuple, tuple[Verdict, Verdict, Verdict]]


def population_effects(verdicts: Verdicts) -> Effects:
    """Judge clients that were eligible in two months running, by the same version."""
    populations: dict[tuple, dict[str, Known]] = {}
    for (scorecard, client, period), verdict in verdicts.items():
        if is_eligible(verdict):
            members = populations.setdefault((scorecard, period), {})
            members[client] = known_values(verdict)
    effects = {}
    for key, after in verdicts.items():
        scorecard, client, period = key
        before = verdicts.get((scorecard, client, months_before(period, 1)))
        if before and before.version == after.version and is_eligible(before, after):
            population = populations[scorecard, period]
            effects[key] = before, judge_among(before, client, population), after
    return effects


def judge_among(before: Verdict, client: str, population: dict[str, Known]) -> Verdict:
    """Judge a client by its earlier values among the clients of another month."""
    replaced = {**population, client: known_values(before)}
    judgements = {
        criterion.name: judge_criterion(criterion, client, replaced, list(replaced))
        for criterion in before.version.criteria
    }
    return conclude(before.version, None, judgements, before.values)


def known_values(verdict: Verdict) -> Known:
    """Give the values that a verdict rests on, whatever month they are of."""
    return {
        name: (each.metric_value, each.age) for name, each in verdict.judgements.items()
    }


def is_eligible(*verdicts: Verdict) -> bool:
    """Say whether the client met the requirements in all of them."""
    return all(verdict.ineligibility_reason is None for verdict in verdicts)
