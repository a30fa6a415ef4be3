"""Who gets a scarce benefit, and how well groups fit the ideal profile, in plain Python.

Both start from what `oracle` and the profiles' own tests hold right: one row per client,
scorecard and period, as in `fct_client_profiles`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from oracle import half_up
from oracle_potential import Option, Situation, Trait, levers

Row = dict


class Benefit(NamedTuple):
    """A line of seed `benefits`; `lowest_rank` is that of its lowest profile."""

    name: str
    scorecard: str
    lowest_rank: int | None
    minimum_score: Decimal | None
    capacity: int

    def refuses(self, rank: int | None, score: Decimal | None) -> str | None:
        """Say why a client stands in no queue; None for one that does."""
        if rank is None:
            return "no_profile"
        if self.lowest_rank is not None and rank > self.lowest_rank:
            return "profile"
        if self.minimum_score is not None and (score is None or score < self.minimum_score):
            return "score"
        return None


class Standing(NamedTuple):
    """Where a client stands; the line is the last client that gets the benefit."""

    refused: str | None
    place: int | None
    line: Row | None


def order(rank: int, score: Decimal | None, client: str) -> tuple:
    """Give what clients are sorted by."""
    return (rank, -1 if score is not None else 0, -(score or 0), client.encode())


def own_order(row: Row) -> tuple:
    """Give it for a client as it is."""
    return order(row["profile_rank"], row["score"], row["client_id"])


def queue(rows: Iterable[Row], benefit: Benefit) -> dict[tuple, Standing]:
    """Let all clients of a scorecard queue, period by period; by client and period."""
    periods = defaultdict(list)
    for row in rows:
        if row["scorecard"] == benefit.scorecard:
            periods[row["period_start"]].append(row)
    found = {}
    for period, clients in periods.items():
        refused = {
            row["client_id"]: benefit.refuses(row["profile_rank"], row["score"])
            for row in clients
        }
        waiting = sorted(
            (row for row in clients if not refused[row["client_id"]]), key=own_order
        )
        served = waiting[: benefit.capacity]
        line = served[-1] if served and len(served) == benefit.capacity else None
        for row in clients:
            client = row["client_id"]
            place = None if refused[client] else waiting.index(row) + 1
            found[client, period] = Standing(refused[client], place, line)
    return found


def closing_lever(
    situation: Situation,
    traits: dict[str, Trait],
    ranks: dict[str, int],
    row: Row,
    benefit: Benefit,
    line: Row | None,
) -> tuple[str, int, Option] | None:
    """Try every lever; give the easiest one that brings a client over the line."""
    client = row["client_id"]
    if not benefit.capacity or situation.verdicts[client].ineligibility_reason:
        return None
    found = []
    for name, effort, option in levers(situation, client, traits):
        then = situation.what_if(client, {option.metric: option.value})
        rank = ranks[then.profile]
        if row["assignment_source"] == "override":
            rank = row["profile_rank"]
        if benefit.refuses(rank, then.score):
            continue
        if line is None or order(rank, then.score, client) < own_order(line):
            found.append((effort, abs(option.steps), name, option))
    if not found:
        return None
    effort, _, name, option = min(found)
    return name, effort, option


class Fit(NamedTuple):
    """How a group fits the ideal profile in a period."""

    clients: int
    ideal_clients: int
    waiting_clients: int
    ideal_share: Decimal | None
    revenue: Decimal | None
    ideal_share_of_revenue: Decimal | None
    average_score: Decimal | None
    ideal_average_score: Decimal | None
    widest_gap_criterion: str | None
    widest_gap: Decimal | None


def fits(
    rows: Iterable[Row],
    contributions: dict[tuple, dict[str, Decimal]],
    channels: dict[str, str | None],
    revenues: dict[tuple, Decimal],
) -> dict[tuple, Fit]:
    """Compare groups with the ideal clients, client by client.

    rows: as in fct_client_profiles
    contributions: by scorecard, client and period, what each criterion gave to the score
    channels: by client; revenues: by client and period
    returns: by scorecard, dimension, group and period
    """
    members = defaultdict(list)
    for row in rows:
        key = row["scorecard"], row["period_start"]
        members[key, "portfolio", "all"].append(row)
        channel = channels.get(row["client_id"]) or "unknown"
        members[key, "acquisition_channel", channel].append(row)
    found = {}
    for (key, dimension, group), clients in members.items():
        scorecard, period = key
        everybody = members[key, "portfolio", "all"]
        ideals = [row for row in everybody if row["is_ideal"]]
        placed = [row for row in clients if row["profile"] != "not_yet_eligible"]
        own_ideals = [row for row in placed if row["is_ideal"]]
        revenue = total(revenues, placed)
        of_ideals = total(revenues, own_ideals) or Decimal(0)
        gaps = []
        mine, theirs = (
            average_contributions(each, contributions) for each in (clients, ideals)
        )
        for criterion in sorted(set(mine) & set(theirs)):
            gap = theirs[criterion] - mine[criterion]
            if gap > 0:
                gaps.append((-gap, criterion.encode(), criterion))
        widest = min(gaps, default=None)
        found[scorecard, dimension, group, period] = Fit(
            len(placed),
            len(own_ideals),
            len(clients) - len(placed),
            share(len(own_ideals), len(placed)),
            revenue,
            share(cents(of_ideals), cents(revenue)) if revenue is not None else None,
            average(row["score"] for row in clients),
            average(row["score"] for row in ideals),
            widest and widest[2],
            widest and -widest[0],
        )
    return found


def total(revenues: dict[tuple, Decimal], rows: list[Row]) -> Decimal | None:
    """Add up what is known; None where nothing is."""
    known = [
        revenues[row["client_id"], row["period_start"]]
        for row in rows
        if revenues.get((row["client_id"], row["period_start"])) is not None
    ]
    return sum(known) if known else None


def cents(amount: Decimal) -> int:
    """Round money to whole cents."""
    return int(half_up(Fraction(amount), 2) * 100)


def share(part: int, whole: int) -> Decimal | None:
    """Divide whole numbers; None by nothing."""
    return half_up(Fraction(part, whole), 4) if whole else None


def average(scores: Iterable[Decimal | None]) -> Decimal | None:
    """Give the mean of the scores there are."""
    known = [Fraction(score) for score in scores if score is not None]
    return half_up(sum(known) / len(known), 4) if known else None


def average_contributions(
    rows: list[Row], contributions: dict[tuple, dict[str, Decimal]]
) -> dict[str, Decimal]:
    """Give the mean of what each criterion gave to the scores there are."""
    scored = [row for row in rows if row["score"] is not None]
    sums = defaultdict(Fraction)
    for row in scored:
        key = row["scorecard"], row["client_id"], row["period_start"]
        for criterion, contribution in contributions[key].items():
            sums[criterion] += Fraction(contribution or 0)
    return {name: half_up(each / len(scored), 4) for name, each in sums.items()}
