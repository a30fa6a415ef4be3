"""The demo's source tables are reproducible and hold what the docs promise."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
GENERATOR = PROJECT / "tools" / "generate_demo_data.py"
DEMO = PROJECT / "seeds" / "demo"
TABLES = [
    "raw_clients",
    "raw_contracts",
    "raw_orders",
    "raw_invoices",
    "raw_support_tickets",
    "raw_platform_sessions",
    "raw_contacts",
]
# The day a row became known; raw_clients has none.
EVENT_DATES = {
    "raw_orders": "ordered_on",
    "raw_invoices": "issued_on",
    "raw_support_tickets": "opened_on",
    "raw_platform_sessions": "session_date",
    "raw_contacts": "contacted_on",
}
FIRST_DAY, LAST_DAY = "2024-11-01", "2026-10-31"
MONTHS = [f"{2024 + (10 + i) // 12}-{(10 + i) % 12 + 1:02d}" for i in range(24)]


def read(table: str) -> list[dict[str, str]]:
    with (DEMO / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def data() -> dict[str, list[dict[str, str]]]:
    return {table: read(table) for table in TABLES}


@pytest.fixture(scope="module")
def of(data):
    """of(table, client_id): the client's rows."""
    rows = {table: by_client(data[table]) for table in TABLES}
    return lambda table, client_id: rows[table].get(client_id, [])


@pytest.fixture(scope="module")
def months_under_contract(data) -> dict[str, set[str]]:
    months = defaultdict(set)
    for row in data["raw_contracts"]:
        first, last = row["starts_on"][:7], (row["ends_on"] or LAST_DAY)[:7]
        months[row["client_id"]].update(m for m in MONTHS if first <= m <= last)
    return months


def by_client(rows: list[dict[str, str]]) -> dict[str, list[dict[str, str]]]:
    found = defaultdict(list)
    for row in rows:
        found[row["client_id"]].append(row)
    return found


def orders_by_month(rows: list[dict[str, str]]) -> Counter:
    orders = Counter()
    for row in rows:
        orders[row["ordered_on"][:7]] += int(row["order_count"])
    return orders


def margin(invoices: list[dict[str, str]]) -> float:
    known = [row for row in invoices if row["fulfilment_cost"]]
    revenue = sum(float(row["revenue"]) for row in known)
    return 1 - sum(float(row["fulfilment_cost"]) for row in known) / revenue


def late_days(invoices: list[dict[str, str]]) -> float:
    days = [
        (date.fromisoformat(row["paid_on"]) - date.fromisoformat(row["due_on"])).days
        for row in invoices
        if row["paid_on"]
    ]
    return sum(max(0, late) for late in days) / len(days)


def self_served(sessions: list[dict[str, str]]) -> float:
    alone = sum(int(row["self_served_actions"]) for row in sessions)
    return alone / (alone + sum(int(row["assisted_actions"]) for row in sessions))


def between(rows, column: str, first: str, last: str) -> list[dict[str, str]]:
    return [row for row in rows if first <= row[column][:7] <= last]


# The files -----------------------------------------------------------------


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_the_generator_writes_the_committed_files(tmp_path, hash_seed):
    ran = subprocess.run(
        [sys.executable, str(GENERATOR), "--out", str(tmp_path)],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONHASHSEED": hash_seed, "PYTHONUTF8": "1"},
    )
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    committed = {path.name: path.read_bytes() for path in DEMO.glob("*.csv")}
    assert sorted(written) == sorted(committed)
    changed = [name for name in sorted(written) if written[name] != committed[name]]
    assert not changed, "run `python tools/generate_demo_data.py` and commit the files"
    for name in written:
        assert name in ran.stdout


def test_the_files_are_small_and_plain():
    sizes = {table: (DEMO / f"{table}.csv").stat().st_size for table in TABLES}
    assert 2_000_000 < sum(sizes.values()) < 4_000_000
    for table in TABLES:
        content = (DEMO / f"{table}.csv").read_bytes()
        content.decode("utf-8")
        assert b"\r" not in content
        assert not content.startswith(b"\xef\xbb\xbf")
        assert content.endswith(b"\n")


def test_the_properties_file_describes_every_column_in_order():
    yaml = pytest.importorskip("yaml")
    properties = yaml.safe_load((DEMO / "_demo__seeds.yml").read_text("utf-8"))
    seeds = {seed["name"]: seed for seed in properties["seeds"]}
    assert sorted(seeds) == sorted(TABLES)
    for table, seed in seeds.items():
        with (DEMO / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        assert header == list(seed["config"]["column_types"])
        assert header == [column["name"] for column in seed["columns"]]
        assert all(column["description"] for column in seed["columns"])


def test_keys_are_unique_and_clients_known(data):
    clients = {row["client_id"] for row in data["raw_clients"]}
    for table in TABLES:
        key = next(iter(data[table][0]))
        keys = [row[key] for row in data[table]]
        assert len(set(keys)) == len(keys), table
        assert {row["client_id"] for row in data[table]} <= clients, table


def test_nothing_happens_after_the_last_day_or_outside_a_contract(
    data, months_under_contract
):
    for table, column in EVENT_DATES.items():
        for row in data[table]:
            assert FIRST_DAY <= row[column] <= LAST_DAY, row
            assert row[column][:7] in months_under_contract[row["client_id"]], row
    assert max(row["paid_on"] for row in data["raw_invoices"]) <= LAST_DAY
    assert max(row["resolved_on"] for row in data["raw_support_tickets"]) <= LAST_DAY


# The life in them ----------------------------------------------------------


def test_there_are_about_300_clients_with_difficult_names(data):
    names = [row["client_name"] for row in data["raw_clients"]]
    assert len(names) == len(set(names)) == 300
    for character in "é'&,":
        assert any(character in name for name in names), character
    assert len({row["acquisition_channel"] for row in data["raw_clients"]}) == 5
    assert len({row["region"] for row in data["raw_clients"]}) == 5


def test_clients_come_and_go_and_some_come_back(data):
    contracts = data["raw_contracts"]
    starts = [row["starts_on"] for row in contracts]
    assert sum(start < "2023-01-01" for start in starts) > 30
    assert sum(start > FIRST_DAY for start in starts) > 100
    assert sum(row["ends_on"] != "" for row in contracts) > 30
    contracts_of = Counter(row["client_id"] for row in contracts)
    assert sum(count > 1 for count in contracts_of.values()) >= 8


def test_some_months_under_contract_have_no_orders(data, months_under_contract):
    with_orders = {
        (row["client_id"], row["ordered_on"][:7]) for row in data["raw_orders"]
    }
    silent = {
        client_id
        for client_id, months in months_under_contract.items()
        for month in months
        if (client_id, month) not in with_orders
    }
    assert len(silent) > 10


def test_some_values_are_missing(data, months_under_contract):
    invoices = data["raw_invoices"]
    assert 100 < sum(row["fulfilment_cost"] == "" for row in invoices) < 600
    old_and_unpaid = [
        row for row in invoices if row["paid_on"] == "" and row["due_on"] < "2026-06-01"
    ]
    assert len(old_and_unpaid) > 10
    assert any(row["custom_integrations"] == "" for row in data["raw_contracts"])
    online = {
        (row["client_id"], row["session_date"][:7])
        for row in data["raw_platform_sessions"]
    }
    ever_online = {client_id for client_id, _ in online}
    assert 5 < len(months_under_contract.keys() - ever_online) < 60
    patchy = {
        client_id
        for client_id in ever_online
        for month in months_under_contract[client_id]
        if (client_id, month) not in online
    }
    assert len(patchy) > 10


def test_contacts_are_recorded_from_march_2025_on(data):
    assert min(row["contacted_on"] for row in data["raw_contacts"]) == "2025-03-01"


def test_the_year_has_its_season(data):
    orders = orders_by_month(data["raw_orders"])
    for november, february in (("2024-11", "2025-02"), ("2025-11", "2026-02")):
        assert orders[november] > 2 * orders[february]


def test_sizes_are_far_apart(data):
    orders = sorted(
        sum(int(row["order_count"]) for row in rows)
        for rows in by_client(data["raw_orders"]).values()
    )
    middle = orders[len(orders) // 2]
    largest_tenth = orders[-len(orders) // 10 :]
    assert orders[-1] > 20 * middle
    assert sum(largest_tenth) > 0.4 * sum(orders)


def test_referred_clients_are_better_than_those_from_outbound(data):
    channel = {
        row["client_id"]: row["acquisition_channel"] for row in data["raw_clients"]
    }
    invoices = defaultdict(list)
    for row in data["raw_invoices"]:
        # The story of heavy_and_poor alone would decide its channel's margin.
        if row["client_id"] != "C0004":
            invoices[channel[row["client_id"]]].append(row)
    assert margin(invoices["referral"]) > margin(invoices["outbound"]) + 0.05
    assert late_days(invoices["referral"]) < late_days(invoices["outbound"])


# The stories ---------------------------------------------------------------


def first_and_last_half_year(of, client_id: str) -> list[dict[str, float]]:
    found = []
    for first, last in ((MONTHS[0], MONTHS[5]), (MONTHS[-6], MONTHS[-1])):
        orders = orders_by_month(
            between(of("raw_orders", client_id), "ordered_on", first, last)
        ).total()
        invoices = between(of("raw_invoices", client_id), "issued_on", first, last)
        tickets = between(
            of("raw_support_tickets", client_id), "opened_on", first, last
        )
        sessions = between(
            of("raw_platform_sessions", client_id), "session_date", first, last
        )
        # The first half year in which contacts were recorded began later.
        if first == MONTHS[0]:
            first, last = "2025-03", "2025-08"
        contacts = between(of("raw_contacts", client_id), "contacted_on", first, last)
        found.append(
            {
                "orders": orders,
                "margin": margin(invoices),
                "late_days": late_days(invoices),
                "tickets": len(tickets) / orders,
                "self_served": self_served(sessions),
                "contacts": len(contacts),
            }
        )
    return found


def test_the_climber_and_the_faller_mirror_each_other(of):
    for client_id, steps in (("C0001", 1), ("C0002", -1)):
        poor, good = first_and_last_half_year(of, client_id)[::steps]
        assert good["orders"] > 3 * poor["orders"], client_id
        assert poor["margin"] < 0.15 and good["margin"] > 0.35, client_id
        assert good["late_days"] + 3 < poor["late_days"], client_id
        assert 2 * good["tickets"] < poor["tickets"], client_id
        assert poor["self_served"] < 0.4 and good["self_served"] > 0.8, client_id
        assert good["contacts"] < poor["contacts"], client_id


def test_the_inactive_client_has_a_contract_and_no_orders(of, months_under_contract):
    assert months_under_contract["C0003"] == set(MONTHS)
    assert max(row["ordered_on"] for row in of("raw_orders", "C0003")) < "2025-04-01"
    assert max(row["session_date"] for row in of("raw_platform_sessions", "C0003")) < (
        "2025-04-01"
    )


def test_the_heavy_client_is_by_far_the_largest_and_earns_nothing(data, of):
    orders = {
        client_id: orders_by_month(rows).total()
        for client_id, rows in by_client(data["raw_orders"]).items()
    }
    others = [count for client_id, count in orders.items() if client_id != "C0004"]
    assert orders["C0004"] > 1.2 * max(others)
    assert margin(of("raw_invoices", "C0004")) < 0.05


def test_the_returner_was_away_for_half_a_year(of, months_under_contract):
    contracts = of("raw_contracts", "C0005")
    spells = [(row["starts_on"], row["ends_on"]) for row in contracts]
    assert spells == [("2023-08-14", "2025-06-18"), ("2026-01-12", "")]
    away = {f"2025-{month:02d}" for month in range(7, 13)}
    assert months_under_contract["C0005"] == set(MONTHS) - away
    assert not away & set(orders_by_month(of("raw_orders", "C0005")))


def test_the_trial_began_and_ended_in_one_month(of, months_under_contract):
    assert months_under_contract["C0006"] == {"2025-09"}
    assert of("raw_orders", "C0006")


def test_the_client_without_platform_data_is_active(of):
    assert not of("raw_platform_sessions", "C0007")
    assert len(orders_by_month(of("raw_orders", "C0007"))) == 24
