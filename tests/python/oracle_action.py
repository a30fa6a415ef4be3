"""Protocols, notices and agenda once more, by plain loops over rows of text.

Only who was in which profile in which month is taken from the project, and the seed
is read as a file. It shares no code with the models.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

WAITING = "not_yet_eligible"
Row = dict[str, "str | None"]


@dataclass(frozen=True)
class Movement:
    """A client moves in a month; None is where it is no client."""

    client: str
    scorecard: str
    period: str
    category: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Protocol:
    """What a department does, and which line of the seed says so."""

    on_movement: str | None
    action: str
    meeting_format: str
    cadence_days: str
    response_hours: str


class Protocols:
    """The seed protocols of a folder."""

    def __init__(self, folder: Path):
        self.lines: dict[tuple[str, str, str, str], Protocol] = {}
        self.departments: dict[str, list[str]] = defaultdict(list)
        with (folder / "protocols.csv").open(newline="", encoding="utf-8") as file:
            for line in csv.DictReader(file):
                scorecard, department = line["scorecard"], line["department"]
                key = scorecard, department, line["profile"], line["on_movement"]
                assert key not in self.lines
                self.lines[key] = Protocol(
                    line["on_movement"] or None, line["action"], line["meeting_format"],
                    line["cadence_days"], line["response_hours"],
                )
                if department not in self.departments[scorecard]:
                    self.departments[scorecard].append(department)

    def standing(self, scorecard: str, department: str, profile: str | None) -> Protocol | None:
        """Give what a department always does for a profile."""
        return self.lines.get((scorecard, department, profile, "")) if profile else None

    def on(self, movement: Movement, department: str) -> Protocol | None:
        """Give the line that a movement has of its own."""
        key = movement.scorecard, department
        if movement.after is None:
            return self.lines.get((*key, movement.before, "left"))
        return (
            self.lines.get((*key, movement.after, movement.before or "nowhere"))
            or self.lines.get((*key, movement.after, "entered"))
        )

    def concern(self, movement: Movement, department: str) -> bool:
        """Tell whether a department hears of a movement."""
        key = movement.scorecard, department
        return (
            self.on(movement, department) is not None
            or self.standing(*key, movement.before) is None
            or self.standing(*key, movement.after) is None
            or self.standing(*key, movement.before) != self.standing(*key, movement.after)
        )

    def action(self, movement: Movement, department: str) -> tuple[str | None, str]:
        """Give the line that holds, and what it says."""
        line = self.on(movement, department)
        if line:
            return line.on_movement, line.action
        key = movement.scorecard, department
        if movement.after is None:
            ended = self.standing(*key, movement.before)
            return None, f"No longer a client; this ends: {ended.action}"
        return None, self.standing(*key, movement.after).action


def next_month(period: str) -> str:
    """Give the first day of the month after."""
    return (date.fromisoformat(period) + timedelta(days=31)).replace(day=1).isoformat()


def courses(profiles: list[Row]) -> dict[tuple[str, str], list[tuple[str, Row | None]]]:
    """Give what each client was in every month of a scorecard, None while it was away."""
    months = defaultdict(set)
    rows = {}
    for row in profiles:
        months[row["scorecard"]].add(row["period_start"])
        rows[row["client_id"], row["scorecard"], row["period_start"]] = row
    found = {}
    for client, scorecard in {key[:2] for key in rows}:
        period, course = min(months[scorecard]), []
        while period <= max(months[scorecard]):
            course.append((period, rows.get((client, scorecard, period))))
            period = next_month(period)
        found[client, scorecard] = course
    return found


def movements(profiles: list[Row]) -> list[Movement]:
    """Find every movement, month by month."""
    found = []
    for (client, scorecard), course in courses(profiles).items():
        had_profile = False
        for (_, before), (period, after) in zip(course, course[1:]):
            names = [row["profile"] if row else None for row in (before, after)]
            placed = [name not in (None, WAITING) for name in names]
            had_profile = had_profile or placed[0]
            category = None
            if placed[1] and not placed[0]:
                category = "returned" if had_profile else "new"
            elif names[1] is None and names[0] is not None and had_profile:
                category = "left"
            elif placed[0] and names[0] != names[1]:
                category = "reassigned"
                if placed[1] and after["profile_rank"] != before["profile_rank"]:
                    better = int(after["profile_rank"]) < int(before["profile_rank"])
                    category = "promoted" if better else "demoted"
            if category:
                found.append(Movement(client, scorecard, period, category, *names))
    return found


def notices(profiles: list[Row], protocols: Protocols) -> dict[tuple, tuple]:
    """Give what has to be said: by client, scorecard, month and department."""
    return {
        (movement.client, movement.scorecard, movement.period, department): (
            movement.category, movement.before, movement.after,
            *protocols.action(movement, department),
        )
        for movement in movements(profiles)
        for department in protocols.departments[movement.scorecard]
        if protocols.concern(movement, department)
    }


def current_protocols(profiles: list[Row], protocols: Protocols) -> dict[tuple, tuple]:
    """Give what holds now: by client, scorecard and department."""
    moved = {(each.client, each.scorecard, each.period): each for each in movements(profiles)}
    last = max(row["period_start"] for row in profiles)
    found = {}
    for (client, scorecard), course in courses(profiles).items():
        period, now = course[-1]
        if period != last or now is None:
            continue
        since = period
        for earlier, row in reversed(course):
            if row is None or row["profile"] != now["profile"]:
                break
            since = earlier
        movement = moved.get((client, scorecard, period))
        for department in protocols.departments[scorecard]:
            standing = protocols.standing(scorecard, department, now["profile"])
            line = (protocols.on(movement, department) if movement else None) or standing
            found[client, scorecard, department] = (
                now["profile"], line.on_movement, line.action, standing.action,
                line.meeting_format or standing.meeting_format,
                line.cadence_days or standing.cadence_days,
                line.response_hours or standing.response_hours,
                since,
            )
    return found


def agenda(
    current: dict[tuple, tuple], last_contacts: dict[str, date], as_of: date
) -> dict[tuple, tuple]:
    """Give who is due: by client, scorecard and department."""
    found = {}
    for key, (_, _, action, _, meeting_format, cadence, _, since) in current.items():
        if not cadence:
            continue
        last = last_contacts.get(key[0])
        due = (last or date.fromisoformat(since)) + timedelta(days=int(cadence))
        found[key] = (
            action, meeting_format, "contact" if last else "profile",
            last.isoformat() if last else None, due.isoformat(), str(max((as_of - due).days, 0)),
            "true" if due <= as_of else "false",
        )
    return found
