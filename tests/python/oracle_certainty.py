"""To which profiles missing values could lead if they were known, in plain Python.

Two answers that the tests hold against each other. `try_everything` goes through all
ways in which the missing values could turn out, and sees what the rules make of each.
`possible_profiles` looks at each condition by itself, as the project does: it never
leaves a profile out, but can name one that no way leads to.

A missing criterion can be in any of its bands, and a missing metric can be any number,
each whatever the others are. The other clients are taken as they are.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from oracle import Condition, Facts, Rule, Values, Verdict, full_score, holds


@dataclass(frozen=True)
class Outlook:
    """What came of trying everything.

    reachable: profiles that some way leads to
    holding_rules: rules that hold in some way, in their order, up to the first one
    that always holds
    """

    reachable: frozenset[str]
    holding_rules: tuple[Rule, ...]


def try_everything(verdict: Verdict) -> Outlook:
    """Let the rules decide on every way in which missing values could turn out.

    verdict: of an eligible client
    """
    rules = in_order(verdict)
    reachable = set()
    ever = dict.fromkeys(rules, False)
    always = dict.fromkeys(rules, True)
    for facts in possible_facts(verdict):
        held = [all(holds(each, facts) for each in rule.conditions) for rule in rules]
        reachable.add(rules[held.index(True)].profile)
        for rule, it_holds in zip(rules, held):
            ever[rule] = ever[rule] or it_holds
            always[rule] = always[rule] and it_holds
    first_certain = next(rule for rule in rules if always[rule])
    tried = rules[: rules.index(first_certain) + 1]
    return Outlook(frozenset(reachable), tuple(rule for rule in tried if ever[rule]))


def possible_profiles(verdict: Verdict) -> list[str]:
    """Give the profiles of the rules that can hold, up to the first that has to.

    Each condition is looked at by itself. The profiles are in the order in which the
    version's rules name them.

    verdict: of an eligible client
    """
    possible = set()
    for rule in in_order(verdict):
        outcomes = [outcomes_of(condition, verdict) for condition in rule.conditions]
        if all(True in each for each in outcomes):
            possible.add(rule.profile)
        if not any(False in each for each in outcomes):
            break
    named = dict.fromkeys(rule.profile for rule in in_order(verdict))
    return [profile for profile in named if profile in possible]


def contradictions(verdict: Verdict, listed: list[str]) -> Iterator[str]:
    """Say what a list of possible profiles claims and trying everything contradicts.

    No profile that some way leads to may be missing; so where only one is listed, it
    is certain. Where rules ask for enough of something and never for little, their
    conditions don't get in each other's way: then every rule behind the list really
    can hold and none before it has to, and both ends of the list are reached. What is
    between them may still be out of reach: bands can jump over it, and an earlier rule
    can hold whenever it does.
    """
    outlook = try_everything(verdict)
    for profile in sorted(outlook.reachable - set(listed)):
        yield f"{profile} is possible and not listed in {listed}"
    if all(
        condition.upper is None
        for rule in verdict.version.rules
        for condition in rule.conditions
    ):
        profiles = [rule.profile for rule in outlook.holding_rules]
        for profile in sorted(set(profiles) ^ set(listed)):
            yield f"{profile} is in only one of {profiles} and {listed}"
        for profile in {profiles[0], profiles[-1]} - outlook.reachable:
            yield f"{profile} is at an end of {listed} and out of reach"


def outcomes_of(condition: Condition, verdict: Verdict) -> set[bool]:
    """Say whether a condition can hold, and whether it can fail."""
    lower, upper = condition.lower, condition.upper
    if lower is None and upper is None:
        return {True}
    if condition.subject == "score":
        lowest, highest = verdict.lowest_score, verdict.highest_score
        can_hold = (lower is None or highest >= lower) and (upper is None or lowest < upper)
        has_to = (lower is None or lowest >= lower) and (upper is None or highest < upper)
        return {True} if has_to else {can_hold, False}
    if condition.subject == "metric" and verdict.values[condition.subject_name] is None:
        return {True, False}
    possible_points = points_of(verdict).get(condition.subject_name)
    return {
        holds(condition, Facts(None, {condition.subject_name: points}, verdict.values))
        for points in possible_points or [None]
    }


def possible_facts(verdict: Verdict) -> Iterator[Facts]:
    """Give what the rules would look at, for every way that makes a difference."""
    points = points_of(verdict)
    gates = list(possible_values(verdict))
    for choice in itertools.product(*points.values()):
        chosen = dict(zip(points, choice))
        score = full_score(verdict.version, chosen)
        for values in gates:
            yield Facts(score, chosen, values)


def points_of(verdict: Verdict) -> dict[str, list[Decimal]]:
    """Give the points that each criterion can have: those of any band if it is missing."""
    return {
        criterion.name: [verdict.judgements[criterion.name].points]
        if verdict.judgements[criterion.name].judged_value is not None
        else sorted({band.points for band in criterion.bands})
        for criterion in verdict.version.criteria
    }


def possible_values(verdict: Verdict) -> Iterator[Values]:
    """Give the client's metrics, the missing ones in every place between the bounds.

    Between two neighbouring bounds all numbers are the same to the rules.
    """
    bounds: dict[str, set[Decimal]] = {}
    for rule in verdict.version.rules:
        for condition in rule.conditions:
            name = condition.subject_name
            if condition.subject == "metric" and verdict.values[name] is None:
                bounds.setdefault(name, set()).update(
                    {condition.lower, condition.upper} - {None}
                )
    places = {name: [min(found) - 1, *sorted(found)] for name, found in bounds.items()}
    for choice in itertools.product(*places.values()):
        yield {**verdict.values, **dict(zip(places, choice))}


def in_order(verdict: Verdict) -> list[Rule]:
    """Give the rules in the order in which they are tried."""
    return sorted(verdict.version.rules, key=lambda rule: rule.priority)
