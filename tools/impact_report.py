"""The report of impact.py: two builds compared, as lines of Markdown."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from markdown import ARROW, escape, table
from seed_descriptions import read_descriptions

CLIENTS_SHOWN = 10
OWN_SEEDS = Path(__file__).resolve().parent.parent / "seeds" / "scorecards"


@dataclass(frozen=True)
class Client:
    """A client by two sets of rules."""

    client_id: str
    from_profile: str | None
    to_profile: str | None
    from_rank: int | None
    to_rank: int | None
    from_score: Decimal | None
    to_score: Decimal | None
    revenue: Decimal | None

    @property
    def moves(self) -> bool:
        """Whether it is in another profile."""
        return self.from_profile != self.to_profile

    @property
    def direction(self) -> str:
        """Whether it moves to a better profile, a worse one or one without a rank."""
        if self.from_rank is None or self.to_rank is None:
            return "other"
        return "better" if self.to_rank < self.from_rank else "worse"


@dataclass(frozen=True)
class Effects:
    """What a set of rules does to the clients of a scorecard in one month."""

    clients: list[Client]
    # Benefit, 'gains' or 'loses', and the clients.
    benefits: dict[tuple[str, str], list[str]]
    period: str


def report(
    connection: duckdb.DuckDBPyConnection,
    before: Path | None,
    after: Path,
    upcoming: dict[tuple[str, str], str],
) -> list[str]:
    """Compare the builds.

    before: build by the rules of the base, none when they are the same
    after: build by the rules of the branch
    upcoming: approved versions that are candidates in it, with the day of their approval
    """
    attach(connection, after, "after")
    [as_known] = connection.execute(
        "select max(period_start) from after.client_profiles.fct_client_profiles"
    ).fetchone()
    period = f"{as_known:%Y-%m}"
    lines = [f"All figures are of {period}, the last month that is scored.", ""]
    if before:
        attach(connection, before, "before")
        for (scorecard,) in connection.execute(
            "select distinct scorecard from after.client_profiles.fct_client_profiles order by 1"
        ).fetchall():
            lines += [f"### {escape(scorecard)}: at once", ""]
            lines += [*describe(changed_at_once(connection, scorecard, period))]
            lines += warn_of_closed_months(connection, scorecard)
    for scorecard, version, note in connection.execute(
        "select versions.scorecard, versions.version, versions.change_note"
        " from after.client_profiles_rules.stg_scorecard_versions as versions"
        " where versions.status = 'candidate' order by 1, 2"
    ).fetchall():
        begins = upcoming.get((scorecard, version))
        state = f"approved from {begins} on" if begins else "candidate"
        lines += [f"### {escape(scorecard)}, version {escape(version)} ({state})", ""]
        lines += [f"{escape(note)}.", ""]
        lines += describe(changed_by_version(connection, scorecard, version, period))
    return lines


def attach(connection: duckdb.DuckDBPyConnection, file: Path, name: str) -> None:
    """Attach a build under the name that it was built with."""
    path = str(file).replace("'", "''")
    connection.execute(f"attach '{path}' as {name} (read_only)")


def changed_at_once(
    connection: duckdb.DuckDBPyConnection, scorecard: str, period: str
) -> Effects:
    """Compare the profiles that both builds assigned."""
    rows = connection.execute(
        "select coalesce(own.client_id, base.client_id), base.profile, own.profile,"
        " base.profile_rank, own.profile_rank, base.score, own.score,"
        f" {revenue(connection)}"
        " from (from after.client_profiles.fct_client_profiles"
        "   where scorecard = $1 and strftime(period_start, '%Y-%m') = $2) as own"
        " full join (from before.client_profiles.fct_client_profiles"
        "   where scorecard = $1 and strftime(period_start, '%Y-%m') = $2) as base"
        "   on own.client_id = base.client_id"
        " left join after.client_profiles_intermediate.int_metric_history as metrics"
        "   on coalesce(own.client_id, base.client_id) = metrics.client_id"
        "   and coalesce(own.period_start, base.period_start) = metrics.period_start",
        [scorecard, period],
    ).fetchall()
    held = {
        side: set(
            connection.execute(
                f"select benefit, client_id from {side}.client_profiles.fct_benefit_queue"
                " where is_within_capacity and scorecard = $1"
                " and strftime(period_start, '%Y-%m') = $2",
                [scorecard, period],
            ).fetchall()
        )
        for side in ("before", "after")
    }
    gained = [(*each, "gains") for each in held["after"] - held["before"]]
    lost = [(*each, "loses") for each in held["before"] - held["after"]]
    return effects(rows, gained + lost, period)


def changed_by_version(
    connection: duckdb.DuckDBPyConnection, scorecard: str, version: str, period: str
) -> Effects:
    """Compare a version with the one in force, in the same build."""
    rows = connection.execute(
        "select compared.client_id, compared.approved_profile, compared.candidate_profile,"
        " compared.approved_rank, compared.candidate_rank, compared.approved_score,"
        f" compared.candidate_score, {revenue(connection)}"
        " from after.client_profiles.fct_version_comparison as compared"
        " left join after.client_profiles_intermediate.int_metric_history as metrics"
        "   on compared.client_id = metrics.client_id"
        "   and compared.period_start = metrics.period_start"
        " where compared.scorecard = $1 and compared.version = $2"
        " and strftime(compared.period_start, '%Y-%m') = $3",
        [scorecard, version, period],
    ).fetchall()
    benefits = connection.execute(
        "select benefit, client_id, effect from after.client_profiles.fct_version_benefits"
        " where scorecard = $1 and version = $2 and strftime(period_start, '%Y-%m') = $3",
        [scorecard, version, period],
    ).fetchall()
    return effects(rows, benefits, period)


def revenue(connection: duckdb.DuckDBPyConnection) -> str:
    """Give the expression of a client's revenue, as far as there is such a metric."""
    found = connection.execute(
        "select 1 from duckdb_columns() where database_name = 'after'"
        " and table_name = 'int_metric_history' and column_name = 'monthly_revenue'"
    ).fetchone()
    return "metrics.monthly_revenue" if found else "null"


def effects(rows: list[tuple], benefits: list[tuple[str, str, str]], period: str) -> Effects:
    """Put what was read together."""
    clients = sorted((Client(*row) for row in rows), key=lambda client: client.client_id)
    by_benefit: dict[tuple[str, str], list[str]] = {}
    for benefit, client, effect in sorted(benefits):
        by_benefit.setdefault((benefit, effect), []).append(client)
    return Effects(clients, by_benefit, period)


def describe(found: Effects) -> list[str]:
    """Say who moves from where to where, with how much revenue, and what it costs them."""
    movers = [client for client in found.clients if client.moves]
    if not movers and not found.benefits:
        return [f"None of {len(found.clients)} clients is in another profile.", ""]
    directions = [client.direction for client in movers]
    counted = [
        f"{directions.count(direction)} {direction}"
        for direction in ("better", "worse", "other")
        if direction in directions
    ]
    lines = [
        f"**{len(movers)} of {len(found.clients)} clients are in another profile**"
        + (f": {', '.join(counted)}" if counted else "")
        + said_revenue(movers, found) + ".",
        "",
    ]
    if movers:
        lines += movement_table(movers)
        lines += mover_table(movers)
    for (benefit, effect), clients in sorted(found.benefits.items()):
        shown = ", ".join(escape(client) for client in clients[:CLIENTS_SHOWN])
        more = ", …" if len(clients) > CLIENTS_SHOWN else ""
        verb = "gained" if effect == "gains" else "lost"
        lines += [f"- Benefit {escape(benefit)}: {verb} by {len(clients)}: {shown}{more}"]
    return [*lines, ""] if found.benefits else lines


def said_revenue(movers: list[Client], found: Effects) -> str:
    """Say how much revenue the clients stand for, where it is known."""
    moved, of_all = (
        sum((client.revenue or Decimal(0) for client in clients), Decimal(0))
        for clients in (movers, found.clients)
    )
    if all(client.revenue is None for client in found.clients):
        return ""
    return f", with {moved:,.2f} of {of_all:,.2f} revenue"


def movement_table(movers: list[Client]) -> list[str]:
    """Count the clients by where they come from and where they go, most first."""
    counts: dict[tuple[str, str], list[Client]] = {}
    for client in movers:
        counts.setdefault(
            (client.from_profile or "(none)", client.to_profile or "(none)"), []
        ).append(client)
    rows = [
        (before, after, len(clients), money(sum((each.revenue or 0) for each in clients)))
        for (before, after), clients in sorted(
            counts.items(), key=lambda item: (-len(item[1]), item[0])
        )
    ]
    return table(["from", "to", "clients", "revenue"], rows)


def mover_table(movers: list[Client]) -> list[str]:
    """List the movers with the largest revenue, by their ids."""
    largest = sorted(movers, key=lambda client: (-(client.revenue or 0), client.client_id))
    rows = [
        (
            client.client_id,
            f"{client.from_profile or '(none)'} {ARROW} {client.to_profile or '(none)'}",
            f"{score(client.from_score)} {ARROW} {score(client.to_score)}",
            money(client.revenue),
        )
        for client in largest[:CLIENTS_SHOWN]
    ]
    more = len(movers) - len(rows)
    title = "Those with the largest revenue" if more else "All of them"
    return [f"{title}:", "", *table(["client", "profile", "score", "revenue"], rows)]


def warn_of_closed_months(connection: duckdb.DuckDBPyConnection, scorecard: str) -> list[str]:
    """Say so when the rules would also score months otherwise that are over."""
    months, rows = connection.execute(
        "select count(distinct period_start), count(*) from ("
        " select client_id, period_start, profile"
        " from after.client_profiles.fct_client_profiles where scorecard = $1"
        " except select client_id, period_start, profile"
        " from before.client_profiles.fct_client_profiles where scorecard = $1"
        ") as differing where period_start < ("
        " select max(period_start) from after.client_profiles.fct_client_profiles)",
        [scorecard],
    ).fetchone()
    if not rows:
        return []
    return [
        f"**Also in {months} earlier months** these rules lead to another profile, {rows} times."
        " Where those months are scored already they stay as they are, and a build by rules"
        " that were edited after they had scored is refused: that takes a new version, or a"
        " restatement on record.",
        "",
    ]


def rule_lines_report(before: dict[str, str], after: dict[str, str], folder: Path) -> list[str]:
    """Count the lines of the rule seeds that differ."""
    keys = {each.name: each.key for each in read_descriptions(folder, OWN_SEEDS)}
    rows = []
    for seed in sorted(before.keys() | after.keys()):
        old, new = (
            lines_by_key(seeds.get(seed, ""), keys.get(seed, [])) for seeds in (before, after)
        )
        added, removed = len(new.keys() - old.keys()), len(old.keys() - new.keys())
        changed = sum(old[key] != new[key] for key in old.keys() & new.keys())
        if added or removed or changed:
            rows.append((f"{seed}.csv", added, changed, removed))
    if not rows:
        return ["No rule differs from those of the base.", ""]
    return table(["rules", "lines added", "changed", "removed"], rows)


def lines_by_key(text: str, key: list[str]) -> dict[tuple, dict[str, str]]:
    """Read the lines of a seed by the values of its key."""
    return {
        tuple(line.get(column) for column in key or line): line
        for line in csv.DictReader(io.StringIO(text))
    }


def money(amount: Decimal | int | None) -> str:
    """Write an amount with two decimals."""
    return "" if amount is None else f"{amount:,.2f}"


def score(value: Decimal | None) -> str:
    """Write a score as the tables hold it."""
    return "none" if value is None else str(value)
