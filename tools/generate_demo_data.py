#!/usr/bin/env python3
"""Write the demo's source tables: a fictional fulfilment company and its clients.

    python tools/generate_demo_data.py                  # writes seeds/demo
    python tools/generate_demo_data.py --out elsewhere  # writes there

The company stores and ships the orders of about 300 e-commerces. The files are
what its systems would hand over on the morning of 2026-11-01: contracts, order
batches, invoices, support tickets, platform use and contacts of the 24 months
before. Nobody in them exists.

The same code always writes the same bytes: every client has a random stream of
its own, seeded by its id, and only `random()` is used, whose sequence Python
guarantees. So a change to one client's story leaves the others' numbers as they
are; only the ids of their rows move, as they are given out by date.

Stories with a fixed client_id, so that docs and tests can point at them:

    client  story           what happens
    ------  --------------  ---------------------------------------------------
    C0001   climber         from poor to excellent, steadily, in all but the
                            complexity of its contract, which stays low
    C0002   faller          the mirror image: from excellent to poor
    C0003   inactive        under contract all the time, no order since 2025-03
    C0004   heavy_and_poor  by far the most orders, next to no margin
    C0005   returner        left on 2025-06-18, came back on 2026-01-12
    C0006   one_month       one trial contract that began and ended in 2025-09
    C0007   no_platform     a good client that never used the platform

Everybody else is drawn. A client has a hidden quality, which depends on the
channel it came through and drifts slowly; margin, tickets, payment, autonomy and
contacts all follow it, each with a lean of its own. That gives good and bad
clients, with some in between, who move from time to time and do not flicker.
"""

from __future__ import annotations

import argparse
import csv
import math
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

SEED = "client_profiles demo 1"
CLIENTS = 300
MONTHS = [date(2024 + (10 + i) // 12, (10 + i) % 12 + 1, 1) for i in range(24)]
FIRST_DAY = MONTHS[0]
LAST_DAY = date(2026, 10, 31)
# The CRM was introduced here: contacts before it happened, but nobody knows.
CONTACTS_RECORDED_FROM = date(2025, 3, 1)

# channel: share of the clients, quality of the clients it brings
CHANNELS = {
    "referral": (0.22, 0.55),
    "partner": (0.16, 0.35),
    "inbound": (0.24, 0.00),
    "event": (0.14, -0.15),
    "outbound": (0.24, -0.50),
}
REGIONS = {
    "southeast": 0.46,
    "south": 0.21,
    "northeast": 0.17,
    "midwest": 0.10,
    "north": 0.06,
}
# category: share of the clients, items per order
CATEGORIES = {
    "fashion": (0.26, 1.9),
    "cosmetics": (0.20, 2.6),
    "home": (0.14, 1.4),
    "supplements": (0.14, 2.1),
    "pet": (0.10, 1.7),
    "toys": (0.08, 1.5),
    "electronics": (0.08, 1.2),
}
# Share of a normal month's orders: Black Friday and Christmas, a weak February.
SEASON = {
    1: 0.88, 2: 0.70, 3: 0.86, 4: 0.92, 5: 1.06, 6: 0.98,
    7: 0.92, 8: 0.98, 9: 0.96, 10: 1.04, 11: 1.72, 12: 1.40,
}  # fmt: skip
TOPICS = {
    "late delivery": 0.30,
    "stock difference": 0.18,
    "wrong item": 0.14,
    "return": 0.14,
    "integration": 0.14,
    "invoice": 0.10,
}
SEVERITIES = {"low": 0.55, "medium": 0.33, "high": 0.12}
CONTACT_CHANNELS = {"e-mail": 0.45, "phone": 0.25, "chat": 0.20, "meeting": 0.10}

FIRST_NAMES = [
    "Ateliê", "Casa", "Empório", "Loja", "Mercado", "Oficina", "Estúdio",
    "Armazém", "Bazar", "Quintal", "Vila", "Clube", "Galeria", "Feira", "Botica",
]  # fmt: skip
SECOND_NAMES = [
    "Jabuti", "Ipê", "Araçá", "Cajuína", "Pau d'Alho", "Maré", "Sabiá",
    "Mandacaru", "Açucena", "Buriti", "Caracol", "Pitanga", "Estrela d'Alva",
    "Jatobá", "Lamparina", "Tucano", "Umbu", "Girassol", "Carambola", "Vagalume",
    "Bem-te-vi", "Jequitibá", "Cumbuca", "Olho d'Água", "Marmelo", "Siriema",
    "Graviola", "Capim & Flor", "Peteca", "Aroeira", "Cambuci",
]  # fmt: skip

HEADERS = {
    "raw_clients": [
        "client_id", "client_name", "acquisition_channel", "region", "category",
    ],
    "raw_contracts": [
        "contract_id", "client_id", "starts_on", "ends_on", "custom_integrations",
    ],
    "raw_orders": [
        "order_batch_id", "client_id", "ordered_on", "order_count", "item_count",
        "late_count",
    ],
    "raw_invoices": [
        "invoice_id", "client_id", "issued_on", "due_on", "paid_on", "revenue",
        "fulfilment_cost",
    ],
    "raw_support_tickets": [
        "ticket_id", "client_id", "opened_on", "topic", "severity", "resolved_on",
    ],
    "raw_platform_sessions": [
        "session_batch_id", "client_id", "session_date", "session_count",
        "self_served_actions", "assisted_actions",
    ],
    "raw_contacts": [
        "contact_id", "client_id", "contacted_on", "channel", "initiated_by",
    ],
}  # fmt: skip
# The letter that ids begin with, and how many digits follow it.
IDS = {
    "raw_contracts": ("K", 4),
    "raw_orders": ("B", 6),
    "raw_invoices": ("I", 5),
    "raw_support_tickets": ("T", 6),
    "raw_platform_sessions": ("S", 6),
    "raw_contacts": ("N", 5),
}


class Dice:
    """Draws of one client, built on `random()` alone so that they never change."""

    def __init__(self, name: str) -> None:
        self._random = random.Random(f"{SEED}:{name}").random

    def chance(self, probability: float) -> bool:
        return self._random() < probability

    def uniform(self, low: float, high: float) -> float:
        return low + (high - low) * self._random()

    def whole(self, low: int, high: int) -> int:
        return low + int(self._random() * (high - low + 1))

    def normal(self, mean: float = 0.0, deviation: float = 1.0) -> float:
        radius = math.sqrt(-2 * math.log(1 - self._random()))
        return mean + deviation * radius * math.cos(2 * math.pi * self._random())

    def waiting(self, mean: float) -> int:
        """Whole days until something happens that happens every `mean` days."""
        return int(-mean * math.log(1 - self._random()))

    def count(self, mean: float) -> int:
        """How often something happens that happens `mean` times on average."""
        if mean > 40:
            return max(0, round(self.normal(mean, math.sqrt(mean))))
        limit, product, found = math.exp(-mean), self._random(), 0
        while product > limit:
            product *= self._random()
            found += 1
        return found

    def habit(self, mean: float) -> int:
        """As `count`, closer to the mean: small clients have habits as well."""
        return int(mean * math.exp(self.normal(-0.03, 0.25)) + self._random())

    def pick(self, shares: dict) -> str:
        """A key, drawn by its share (the value, or the value's first part)."""
        left = self._random()
        for key, share in shares.items():
            left -= share[0] if isinstance(share, tuple) else share
            if left < 0:
                break
        return key


@dataclass
class Spell:
    """One contract: the days from `start` to `end`; `end` None is running."""

    start: date
    end: date | None
    custom_integrations: int | None


@dataclass
class Client:
    """A client and, for each of the 24 months, what drives its numbers."""

    client_id: str
    name: str
    channel: str
    region: str
    category: str
    dice: Dice
    spells: list[Spell] = field(default_factory=list)
    size: list[float] = field(default_factory=list)  # orders in a normal month
    quality: list[float] = field(default_factory=list)  # 0 is average
    lean: dict[str, float] = field(default_factory=dict)  # by factor
    silent: set[int] = field(default_factory=set)  # months without activity
    offline: set[int] = field(default_factory=set)  # months without platform data
    margin: float | None = None  # fixed by the story
    cost_known: bool = True
    payment_days: int = 15
    pays_in_the_end: bool = False  # leaves no invoice unpaid for good

    def factor(self, name: str, month: int) -> float:
        return 0.85 * self.quality[month] + 0.55 * self.lean.get(name, 0.0)


def month_end(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def client_name(number: int) -> str:
    # 15 and 31 have no common divisor and 300 < 15 * 31: no pair comes twice.
    first = FIRST_NAMES[number % 15]
    second = SECOND_NAMES[(7 * number + number // 15) % 31]
    if number % 11 == 3:
        return f"{second}, {first} & Cia."
    if number % 7 == 5:
        return f"{second} {first}"
    return f"{first} {second}"


def draw_custom_integrations(dice: Dice, quality: float) -> int | None:
    drawn = min(9, dice.count(math.exp(0.6 - 0.3 * quality)))
    return None if dice.chance(0.07) else drawn


def draw_spells(client: Client) -> None:
    """When the client was under contract; poor clients leave sooner."""
    dice = client.dice
    if dice.chance(0.48):
        start = date(2021, 1, 4) + timedelta(days=dice.whole(0, 1390))
    else:
        start = FIRST_DAY + timedelta(days=dice.whole(3, 690))
    while True:
        integrations = draw_custom_integrations(dice, client.quality[0])
        end = None
        for index, month in enumerate(MONTHS):
            leaves = dice.chance(0.011 * math.exp(-0.7 * client.quality[index]))
            day = month + timedelta(days=dice.whole(0, 27))
            if leaves and (day - start).days > 60:
                end = day
                break
        client.spells.append(Spell(start, end, integrations))
        if end is None or not dice.chance(0.40):
            return
        start = end + timedelta(days=dice.whole(100, 260))
        if start > LAST_DAY - timedelta(days=20):
            return


def draw_client(number: int) -> Client:
    client_id = f"C{number:04d}"
    dice = Dice(client_id)
    channel = dice.pick(CHANNELS)
    region = dice.pick(REGIONS)
    category = dice.pick(CATEGORIES)
    name = client_name(number)
    client = Client(client_id, name, channel, region, category, dice)

    level = CHANNELS[channel][1] + dice.normal(0.0, 0.85)
    slope = dice.normal(0.0, 0.02)
    drift = 0.0
    for _ in MONTHS:
        client.quality.append(level + drift)
        drift = 0.97 * drift + slope + dice.normal(0.0, 0.10)

    size = math.exp(dice.normal(math.log(130) + 0.20 * level, 1.05))
    growth = dice.normal(0.004, 0.018) + 0.006 * level
    for index in range(len(MONTHS)):
        client.size.append(size * math.exp(growth * (index - 12)))
    for factor in ("margin", "payment", "support", "autonomy", "contact"):
        client.lean[factor] = dice.normal()

    draw_spells(client)
    if dice.chance(0.10):
        begin = dice.whole(2, 21)
        client.silent = set(range(begin, begin + dice.whole(1, 4)))
    if dice.chance(0.05):
        client.offline = set(range(len(MONTHS)))
    elif dice.chance(0.14):
        begin = dice.whole(0, 20)
        client.offline = set(range(begin, begin + dice.whole(2, 6)))
    client.cost_known = not dice.chance(0.03)
    client.payment_days = (10, 15, 15, 20, 30)[dice.whole(0, 4)]
    return client


def straight_line(first: float, last: float) -> list[float]:
    steps = len(MONTHS) - 1
    return [first + (last - first) * index / steps for index in range(steps + 1)]


def tell_story(client: Client) -> None:
    """Overwrite what was drawn for the clients of the table at the top."""
    story = STORIES.get(client.client_id)
    if story is None:
        return
    (
        client.name,
        client.channel,
        client.region,
        client.category,
        client.spells,
        quality,
        size,
    ) = story
    client.quality = straight_line(*quality)
    client.size = [math.exp(x) for x in straight_line(*map(math.log, size))]
    client.lean, client.silent, client.offline = {}, set(), set()
    client.cost_known, client.payment_days = True, 15
    client.pays_in_the_end = True
    if client.client_id == "C0003":
        client.silent = set(range(MONTHS.index(date(2025, 4, 1)), len(MONTHS)))
    if client.client_id == "C0004":
        client.margin = 0.02
    if client.client_id == "C0007":
        client.offline = set(range(len(MONTHS)))


# client: name, channel, region, category, contracts, hidden quality in the first
# and the last month, orders of a normal month in the first and the last month
STORIES = {
    "C0001": (
        "Ateliê Pé de Moleque", "referral", "southeast", "toys",
        [Spell(date(2024, 2, 12), None, 1)], (-2.4, 2.6), (45, 900),
    ),
    "C0002": (
        "D'Ávila & Irmãs, Calçados", "outbound", "south", "fashion",
        [Spell(date(2022, 9, 5), None, 3)], (2.4, -2.6), (900, 60),
    ),
    "C0003": (
        "Baú da Vovó", "event", "northeast", "home",
        [Spell(date(2023, 5, 22), None, 2)], (-0.3, -0.3), (60, 40),
    ),
    "C0004": (
        "Mil Caixas", "outbound", "southeast", "electronics",
        [Spell(date(2021, 3, 1), None, 7)], (-0.6, -0.6), (5200, 6400),
    ),
    "C0005": (
        "Vai & Volta Pijamas", "inbound", "midwest", "fashion",
        [
            Spell(date(2023, 8, 14), date(2025, 6, 18), 2),
            Spell(date(2026, 1, 12), None, 1),
        ],
        (0.2, 0.9), (260, 340),
    ),
    "C0006": (
        "Só Setembro", "event", "south", "cosmetics",
        [Spell(date(2025, 9, 4), date(2025, 9, 22), 0)], (0.0, 0.0), (80, 80),
    ),
    "C0007": (
        "Papagaio d'Ouro", "partner", "northeast", "pet",
        [Spell(date(2023, 11, 6), None, 1)], (1.2, 1.3), (420, 520),
    ),
}  # fmt: skip


def under_contract(spell: Spell, first: date) -> tuple[date, date] | None:
    """The days of the month that starts on `first` covered by the contract."""
    begin = max(spell.start, first)
    end = min(spell.end or LAST_DAY, month_end(first))
    return (begin, end) if begin <= end else None


def write_orders(client: Client, month: int, begin: date, end: date, out) -> int:
    """Order batches of a month; returns the number of orders."""
    if month in client.silent:
        return 0
    dice = client.dice
    first = MONTHS[month]
    share = ((end - begin).days + 1) / month_end(first).day
    expected = client.size[month] * SEASON[first.month] * share
    expected *= math.exp(dice.normal(0.0, 0.09))
    days = []
    day = begin + timedelta(days=min(dice.whole(0, 4), (end - begin).days))
    while day <= end:
        days.append(day)
        day += timedelta(days=dice.whole(6, 8))
    orders = 0
    items_per_order = CATEGORIES[client.category][1]
    late_share = 0.02 + (0.03 if first.month in (11, 12) else 0.0)
    for day in days:
        batch = dice.count(expected / len(days))
        if batch == 0:
            continue
        items = batch + dice.count(batch * (items_per_order - 1))
        late = min(batch, dice.count(batch * late_share))
        out.append([client.client_id, day, batch, items, late])
        orders += batch
    return orders


def write_invoice(
    client: Client, month: int, begin: date, end: date, orders: int,
    integrations: int | None, out,
) -> None:  # fmt: skip
    """One invoice for the month: storage, and a price per order shipped."""
    dice = client.dice
    share = ((end - begin).days + 1) / month_end(MONTHS[month]).day
    price = max(3.4, 7.5 - 0.45 * math.log(1 + client.size[month]))
    revenue = share * (90 + 0.35 * client.size[month]) + orders * price
    margin = client.margin
    if margin is None:
        margin = 0.26 + 0.11 * client.factor("margin", month)
        margin -= 0.012 * (integrations or 0)
    # Overtime in the season, and the storage of those that ship nothing.
    margin -= 0.02 if MONTHS[month].month in (11, 12) else 0.0
    margin -= 0.30 if orders == 0 else 0.0
    margin = min(0.58, max(-0.35, margin + dice.normal(0.0, 0.02)))
    cents = round(revenue * 100)
    cost_cents = round(cents * (1 - margin))
    if not client.cost_known or dice.chance(0.03):
        cost_cents = None

    due = end + timedelta(days=client.payment_days)
    quality = client.factor("payment", month)
    # Paying late is a habit: the delay varies around the client's usual one.
    delay = math.exp(1.1 - 0.8 * quality + dice.normal(0.0, 0.4)) - 1.5
    early = dice.whole(0, 4)
    paid = due + timedelta(days=int(delay) if delay > 0 else -early)
    forgotten = dice.chance(min(0.12, 0.008 * math.exp(-0.8 * quality)))
    if forgotten and not client.pays_in_the_end:
        paid = None
    out.append([client.client_id, end, due, known(paid), money(cents),
                money(cost_cents)])  # fmt: skip


def write_tickets(
    client: Client, month: int, begin: date, end: date, orders: int,
    integrations: int | None, out,
) -> None:  # fmt: skip
    if month in client.silent:
        return
    dice = client.dice
    quality = client.factor("support", month)
    per_100_orders = math.exp(0.35 - 0.50 * quality + 0.06 * (integrations or 0))
    for _ in range(dice.habit(0.05 + orders * per_100_orders / 100)):
        opened = begin + timedelta(days=dice.whole(0, (end - begin).days))
        topic = dice.pick(TOPICS)
        severity = dice.pick(SEVERITIES)
        mean_days = {"low": 4.0, "medium": 2.5, "high": 1.2}[severity]
        resolved = known(opened + timedelta(days=dice.waiting(mean_days)))
        out.append([client.client_id, opened, topic, severity, resolved])


def write_sessions(
    client: Client, month: int, begin: date, end: date, orders: int, out
) -> None:
    """Use of the client platform, as the log of one day out of ten or so."""
    if month in client.silent or month in client.offline:
        return
    dice = client.dice
    months_known = max(0, (MONTHS[month] - client.spells[0].start).days) / 30
    quality = client.factor("autonomy", month) + min(0.5, 0.02 * months_known)
    self_served_share = 1 / (1 + math.exp(-0.1 - 0.95 * quality))
    day = begin + timedelta(days=min(dice.whole(0, 6), (end - begin).days))
    while day <= end:
        actions = 2 + dice.count(6 + 1.3 * math.sqrt(orders))
        drawn = sum(dice.chance(self_served_share) for _ in range(actions))
        sessions = max(1, round(actions / dice.uniform(2.5, 5.0)))
        out.append([client.client_id, day, sessions, drawn, actions - drawn])
        day += timedelta(days=dice.whole(8, 12))


def write_contacts(client: Client, month: int, begin: date, end: date, out) -> None:
    dice = client.dice
    mean = math.exp(0.45 - 0.50 * client.factor("contact", month))
    if month in client.silent:
        # Customer success still calls, now and then.
        mean = 0.25
    for _ in range(dice.habit(mean * ((end - begin).days + 1) / 30)):
        day = begin + timedelta(days=dice.whole(0, (end - begin).days))
        channel = dice.pick(CONTACT_CHANNELS)
        by_client = dice.chance(0.62) and month not in client.silent
        if day >= CONTACTS_RECORDED_FROM:
            out.append([client.client_id, day, channel,
                        "client" if by_client else "company"])  # fmt: skip


def known(day: date | None) -> date | None:
    """What happens after the last day has not been recorded yet."""
    return day if day is not None and day <= LAST_DAY else None


def money(cents: int | None) -> str | None:
    return None if cents is None else f"{cents // 100}.{cents % 100:02d}"


def generate() -> dict[str, list[list]]:
    """All tables, as rows without their ids, which are given out by date."""
    tables: dict[str, list[list]] = {name: [] for name in HEADERS}
    for number in range(1, CLIENTS + 1):
        client = draw_client(number)
        tell_story(client)
        tables["raw_clients"].append(
            [client.client_id, client.name, client.channel, client.region,
             client.category]
        )  # fmt: skip
        for spell in client.spells:
            tables["raw_contracts"].append(
                [client.client_id, spell.start, spell.end, spell.custom_integrations]
            )
        for month, first in enumerate(MONTHS):
            for spell in client.spells:
                days = under_contract(spell, first)
                if days is None:
                    continue
                orders = write_orders(client, month, *days, tables["raw_orders"])
                extra = (orders, spell.custom_integrations)
                write_invoice(client, month, *days, *extra, tables["raw_invoices"])
                write_tickets(
                    client, month, *days, *extra, tables["raw_support_tickets"]
                )
                write_sessions(
                    client, month, *days, orders, tables["raw_platform_sessions"]
                )
                write_contacts(client, month, *days, tables["raw_contacts"])
    for name, (letter, digits) in IDS.items():
        # Ids grow with time, as a real system hands them out. The sort is
        # stable, so rows of one client and day keep their order.
        tables[name].sort(key=lambda row: (row[1], row[0]))
        for number, row in enumerate(tables[name], start=1):
            row.insert(0, f"{letter}{number:0{digits}d}")
    return tables


def write(folder: Path) -> list[tuple[Path, int, int]]:
    """Write every table; returns file, rows and bytes of each."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, rows in generate().items():
        path = folder / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(HEADERS[name])
            writer.writerows(rows)
        written.append((path, len(rows), path.stat().st_size))
    return written


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Write the demo's source tables as CSV files."
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(__file__).resolve().parent.parent / "seeds" / "demo",
        help="folder to write to (default: the project's seeds/demo)",
    )
    written = write(parser.parse_args().out)
    for path, rows, size in written:
        print(f"{path.name:<28}{rows:>8,} rows {size / 1024:>8,.0f} kB")
    total = sum(size for _, _, size in written)
    print(f"{len(written)} files, {total / 1024**2:.1f} MB, in {written[0][0].parent}")


if __name__ == "__main__":
    main()
