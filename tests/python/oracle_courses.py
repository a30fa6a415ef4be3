"""What a client is assigned month by month, and what confirmation does, in plain Python.

A course is what the rules led to for one client in all its periods. It is gone through
step by step, as somebody with a calendar would do it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from oracle import NOT_YET_ELIGIBLE, Override, Verdict, Verdicts, months_before

Course = dict[date, Verdict]


@dataclass(frozen=True)
class Step:
    """One period of a course, beside what it follows on."""

    period: date
    computed: str
    confirmed: str
    follows_on: bool
    computed_periods: int


def courses(verdicts: Verdicts) -> dict[tuple, Course]:
    """Give the verdicts by what they are a course of, in order of period."""
    found: dict[tuple, Course] = {}
    for key in sorted(verdicts):
        found.setdefault(key[:-1], {})[key[-1]] = verdicts[key]
    return found


def walk(course: Course, periods_needed: int | None = None) -> list[Step]:
    """Confirm the profiles of a course, period by period.

    A new profile is assigned when the rules have led to it in so many consecutive
    periods. The first one is assigned at once, and it is the first one again after a
    month away or without eligibility; not to be eligible is never confirmed.

    periods_needed: none for what the version in force asks for
    """
    steps: list[Step] = []
    for period, verdict in course.items():
        last = steps[-1] if steps else None
        follows_on = (
            last is not None
            and last.period == months_before(period, 1)
            and NOT_YET_ELIGIBLE not in (last.computed, verdict.profile)
        )
        computed_periods = 1
        confirmed = verdict.profile
        if follows_on:
            if last.computed == verdict.profile:
                computed_periods += last.computed_periods
            needed = periods_needed or verdict.version.confirmation_periods
            if computed_periods < needed:
                confirmed = last.confirmed
        steps.append(
            Step(period, verdict.profile, confirmed, follows_on, computed_periods)
        )
    return steps


def assign(
    course_key: tuple, step: Step, overrides: list[Override], decided_on: date
) -> tuple[str, str]:
    """Give the profile that a client is assigned and where it comes from.

    course_key: scorecard and client; decided_on: what is entered later comes too late
    """
    by_hand = decision(course_key, step.period, overrides, decided_on)
    if by_hand is not None:
        return by_hand.profile, "override"
    is_waiting = step.computed == NOT_YET_ELIGIBLE
    return step.confirmed, NOT_YET_ELIGIBLE if is_waiting else "rules"


def decision(
    course_key: tuple, period: date, overrides: list[Override], decided_on: date
) -> Override | None:
    """Give the decision by hand about a client that holds in a period, if there is one.

    course_key: scorecard and client; decided_on: what is entered later comes too late
    """
    for override in overrides:
        if (
            (override.scorecard, override.client) == course_key
            and override.valid_from <= period < override.valid_to
            and override.entered_on <= decided_on
        ):
            return override
    return None


def decision_days(periods: Iterable[date], days: Iterable[date]) -> dict[date, date]:
    """Give the day on which each period of a scorecard was decided for the last time.

    On each day the complete periods are decided that are not yet, and once more the
    last one that is, for data that arrived late.
    """
    decided: dict[date, date] = {}
    for day in days:
        last = max(decided, default=date.min)
        for period in periods:
            if last <= period < day.replace(day=1):
                decided[period] = day
    return decided


# -- another number of periods ----------------------------------------------------


def replay(all_courses: Iterable[Course], periods_needed: int) -> dict[str, int]:
    """Count what another number of periods would have done to clients of a scorecard.

    Gives the counts of rpt_confirmation_replay by column.
    """
    walks = [walk(course, periods_needed) for course in all_courses]
    last_period = max(steps[-1].period for steps in walks)
    late, waiting, avoided = [], [], []
    for steps in walks:
        for stay in stays(steps):
            waits = [step for step in stay if step.confirmed != step.computed]
            if len(waits) < len(stay):
                late += [waits] if waits else []
            elif stay[-1].period == last_period:
                waiting.append(stay)
            else:
                avoided.append(stay)
    return {
        "clients": len(walks),
        "client_periods": sum(map(len, walks)),
        "movements": count_movements(walks),
        "flaps_avoided": len(avoided),
        "late_movements": len(late),
        "months_of_delay": sum(map(len, late)),
        "still_waiting": len(waiting),
        "client_periods_in_another_profile": sum(
            step.confirmed != step.computed for steps in walks for step in steps
        ),
    }


def count_movements(walks: list[list[Step]]) -> int:
    """Count changes of the confirmed profile from one eligible month to the next."""
    return sum(
        step.follows_on and step.confirmed != before.confirmed
        for steps in walks
        for before, step in pairwise(steps)
    )


def stays(steps: list[Step]) -> list[list[Step]]:
    """Cut a course into the stretches in which the rules led to one profile."""
    found: list[list[Step]] = []
    for step in steps:
        if step.computed_periods == 1:
            found.append([])
        found[-1].append(step)
    return found
