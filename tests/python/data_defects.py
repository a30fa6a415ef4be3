"""What can be wrong in the data, as a table: how it is put in, and what comes of it.

`docs/data_quality.md` shows the same table to people; a test holds the two together.

| list | what is wrong | tried by |
|---|---|---|
| `COUNTED` | rows and values of the demo's sources that are left out, or kept | one build |
| `STOPPING` | rows of the demo's sources on which nothing may be built | one build |
| `INPUTS` | rows of stg_clients and int_client_metrics | SQL in memory |
| `SHAPES` | tables that are not what they should be | SQL in memory |
| `UNREADABLE_METRICS` | metrics that the rules can't judge | one build |
| `MISSING` | sources that are not there | a build each |
"""

from __future__ import annotations

from dataclasses import dataclass, field

ORDERS = "raw_orders"
INVOICES = "raw_invoices"
TICKETS = "raw_support_tickets"
SESSIONS = "raw_platform_sessions"
CONTACTS = "raw_contacts"
CLIENTS = "raw_clients"
CONTRACTS = "raw_contracts"

EXCLUDED = "row_excluded"
EMPTIED = "value_emptied"
CLEANED = "value_cleaned"
KEPT = "kept"
STOPS = "stops"
# Nothing is wrong with it, though it looks so: no row says anything of it.
HARMLESS = "harmless"

# What hangs on a row of a table.
BY_ORDERS = ("order_trend", "order_volume", "ticket_rate")
BY_INVOICES = ("margin_rate", "monthly_revenue")
BY_DUE_INVOICES = ("payment_delay_days",)
BY_TICKETS = ("ticket_rate",)
BY_SESSIONS = ("self_service_rate",)
BY_CONTACTS = ("contact_frequency", "days_since_contact")

LONG_NAME = "Ateliê " + "muito " * 800 + "longo"
UNTRUSTED_NAME = "'; drop table x; -- <script>alert(1)</script> \"=1+1\" 日本 שלום 😀"


@dataclass(frozen=True)
class Counted:
    """A row of a source that the build goes on with.

    A row of a client that has no other defect is taken, and `cells` written into it;
    `{client}` stands for the client's id. A build must then come to the same as one
    of sound data that has, in its place, no such row, or one with the cells `instead`.
    """

    words: str
    table: str
    cells: dict[str, str]
    consequence: str = EXCLUDED
    # `column check` of every row in fct_data_defects, with the consequence where it is
    # another.
    found: tuple[str, ...] = ()
    instead: dict[str, str] | None = None
    # Metrics of the client's last month that are not what they would be without it.
    changes: tuple[str, ...] = ()
    # The row stays as it is, and a copy with these cells is added.
    as_copy: bool = False
    # How long before the last month the row is looked for.
    month: str = "2026-10"


def order(words: str, found: str, changes: tuple[str, ...] = BY_ORDERS, **cells: str) -> Counted:
    """Give the defect of an order batch that is left out."""
    return Counted(words, ORDERS, cells, EXCLUDED, (found,), None, changes)


def invoice(words: str, found: str, **cells: str) -> Counted:
    """Give the defect of an invoice that is left out."""
    return Counted(words, INVOICES, cells, EXCLUDED, (found,), None, BY_INVOICES)


def emptied(
    words: str, table: str, found: str, changes: tuple[str, ...] = (), month: str = "2026-10",
    also: str | None = None, **cells: str,
) -> Counted:
    """Give the defect of a value that counts as unknown, with what goes with it."""
    blank = dict.fromkeys([*cells, *([also] if also else [])], "")
    return Counted(words, table, cells, EMPTIED, (found,), blank, changes, month=month)


COUNTED = [
    # Order batches.
    Counted(
        "An order batch is loaded twice", ORDERS, {}, EXCLUDED,
        ("order_batch_id repeated",), {}, (), as_copy=True,
    ),
    Counted(
        "Two order batches that differ have one number", ORDERS, {"order_count": "1"}, EXCLUDED,
        ("order_batch_id contradicting",) * 2, None, BY_ORDERS, as_copy=True,
    ),
    order("An order batch has no number", "order_batch_id missing", order_batch_id=""),
    order(
        "A number has a character without width in it", "order_batch_id invisible_characters",
        order_batch_id="B0\u200b00001",
    ),
    order("An order names no client", "client_id missing", client_id=""),
    order("A client's id is blank", "client_id missing", client_id="   "),
    order("An order of an unknown client", "client_id unknown", client_id="C9999"),
    order("A client's id in small letters", "client_id unknown", client_id="c0001"),
    order("A client's id with a Cyrillic С", "client_id unknown", client_id="\u04210001"),
    Counted(
        "A client's id with a no-break space before it", ORDERS,
        {"client_id": "\u00a0{client}"}, EXCLUDED,
        ("client_id invisible_characters", "client_id unknown"), None, BY_ORDERS,
    ),
    Counted(
        "A client's id with spaces around it", ORDERS, {"client_id": "  {client} "}, HARMLESS,
        (), {},
    ),
    order("An order has no date", "ordered_on missing", ordered_on=""),
    order("A date in another order", "ordered_on unreadable", ordered_on="31/10/2026"),
    order("A day that is in no calendar", "ordered_on unreadable", ordered_on="2026-02-30"),
    order(
        "A time in another zone, at the month's edge", "ordered_on unreadable",
        ordered_on="2026-10-31T23:30:00-03:00",
    ),
    order("A date in the future", "ordered_on in_the_future", ordered_on="2062-10-05"),
    order("A date in place of none, 1900-01-01", "ordered_on too_early", ordered_on="1900-01-01"),
    order("A date in place of none, 0001-01-01", "ordered_on unreadable", ordered_on="0001-01-01"),
    Counted(
        "A negative volume", ORDERS, {"order_count": "-40", "late_count": "0"}, EXCLUDED,
        ("order_count negative", f"late_count above_order_count {EMPTIED}"), None, BY_ORDERS,
    ),
    order("A volume with a decimal comma", "order_count unreadable", order_count="12,5"),
    order("A volume with a thousands separator", "order_count unreadable", order_count="1.234"),
    order("A volume in words", "order_count unreadable", order_count="many"),
    order("A volume as a power of ten", "order_count unreadable", order_count="5e2"),
    order("A volume is missing", "order_count missing", order_count=""),
    order(
        "A huge volume", "order_count too_large",
        order_count="99999999", item_count="99999999", late_count="0",
    ),
    order("A volume of thirty digits", "order_count unreadable", order_count="9" * 30),
    emptied(
        "Fewer items than orders", ORDERS, "item_count below_order_count", item_count="0",
    ),
    emptied(
        "More late orders than orders", ORDERS, "late_count above_order_count",
        late_count="999999",
    ),
    # Invoices.
    invoice("Revenue with a decimal comma", "revenue unreadable", revenue="1.234,56"),
    invoice("Revenue is NaN", "revenue unreadable", revenue="NaN"),
    invoice("Revenue is infinite", "revenue unreadable", revenue="Infinity"),
    invoice("Revenue is negative", "revenue negative", revenue="-12.50"),
    invoice("Revenue with a currency", "revenue unreadable", revenue="R$ 300.00"),
    invoice("Huge revenue", "revenue too_large", revenue="999999999999.99"),
    invoice("Revenue of more digits than a float has", "revenue unreadable", revenue="1e308"),
    emptied(
        "A cost is NaN", INVOICES, "fulfilment_cost unreadable", ("margin_rate",),
        fulfilment_cost="nan",
    ),
    emptied(
        "A cost is negative", INVOICES, "fulfilment_cost negative", ("margin_rate",),
        fulfilment_cost="-1.00",
    ),
    emptied(
        "An invoice is due before it was issued", INVOICES, "due_on below_issued_on",
        BY_DUE_INVOICES, "2026-08", also="paid_on", due_on="2026-01-01",
    ),
    emptied(
        "An invoice is paid before it was issued", INVOICES, "paid_on below_issued_on",
        BY_DUE_INVOICES, "2026-08", also="due_on", paid_on="2026-01-01",
    ),
    emptied(
        "The day of a payment is no date", INVOICES, "paid_on unreadable",
        BY_DUE_INVOICES, "2026-08", also="due_on", paid_on="yesterday",
    ),
    Counted(
        "An invoice is paid in the future", INVOICES, {"paid_on": "2027-01-15"}, KEPT,
        ("paid_on in_the_future",), {"paid_on": ""}, BY_DUE_INVOICES, month="2026-08",
    ),
    # Tickets, sessions, contacts.
    Counted(
        "A ticket without a date", TICKETS, {"opened_on": ""}, EXCLUDED,
        ("opened_on missing",), None, BY_TICKETS,
    ),
    emptied(
        "A ticket is resolved before it was opened", TICKETS, "resolved_on below_opened_on",
        resolved_on="2026-01-01",
    ),
    emptied("A word that is not in the list", TICKETS, "severity not_in_list", severity="urgent"),
    Counted(
        "Half of a share is negative", SESSIONS, {"self_served_actions": "-3"}, EXCLUDED,
        ("self_served_actions negative",), None, BY_SESSIONS,
    ),
    Counted(
        "Half of a share is missing", SESSIONS, {"assisted_actions": ""}, EXCLUDED,
        ("assisted_actions missing",), None, BY_SESSIONS,
    ),
    emptied(
        "A number that no metric reads is none", SESSIONS, "session_count unreadable",
        session_count="?",
    ),
    Counted(
        "A contact in the future", CONTACTS, {"contacted_on": "2026-11-02"}, EXCLUDED,
        ("contacted_on in_the_future",), None, BY_CONTACTS,
    ),
    # Clients and contracts.
    Counted(
        "Control characters in a name", CLIENTS, {"client_name": "Loja\tdo\u202e Zé\u0007"},
        CLEANED, ("client_name invisible_characters",), {"client_name": "Loja do  Zé"},
    ),
    Counted(
        "A client without a name", CLIENTS, {"client_name": ""}, KEPT,
        ("client_name missing",), {"client_name": ""},
    ),
    Counted(
        "Quotes, a script, a formula, other alphabets in a name", CLIENTS,
        {"client_name": UNTRUSTED_NAME}, HARMLESS, (), {"client_name": UNTRUSTED_NAME},
    ),
    Counted(
        "A name of thousands of letters", CLIENTS, {"client_name": LONG_NAME}, HARMLESS, (),
        {"client_name": LONG_NAME},
    ),
    emptied("An unknown region", CLIENTS, "region not_in_list", region="suddeste"),
    Counted(
        "A client is loaded twice", CLIENTS, {}, EXCLUDED, ("client_id repeated",), {},
        as_copy=True,
    ),
    Counted(
        "A contract is loaded twice", CONTRACTS, {}, EXCLUDED, ("contract_id repeated",), {},
        as_copy=True,
    ),
    emptied(
        "A number of integrations in words", CONTRACTS, "custom_integrations unreadable",
        ("project_complexity",), custom_integrations="two",
    ),
]


@dataclass(frozen=True)
class Stopping:
    """Cells of a row of a source with which no run goes on, and what it says."""

    words: str
    table: str
    cells: dict[str, str]
    says: str
    as_copy: bool = False
    # Of all rows, not only of one.
    everywhere: bool = False
    # No row is left.
    is_empty: bool = False
    # As in Counted: nothing hangs on the month of a contract or a client.
    month: str = ""
    changes: tuple[str, ...] = ()


STOPPING = [
    Stopping(
        "A client without an id", CLIENTS, {"client_id": ""},
        "raw_clients (client_id=(empty)): client_id is empty",
    ),
    Stopping(
        "Two clients that differ have one id", CLIENTS, {"region": "north"},
        "raw_clients (client_id={client}): client_id stands in it again, "
        "in a row that is not the same", as_copy=True,
    ),
    Stopping(
        "A control character in the id of a client", CLIENTS, {"client_id": "{client}\u0007x"},
        "raw_clients (client_id={client} x): client_id holds characters that nobody sees",
    ),
    Stopping(
        "A contract of an unknown client", CONTRACTS, {"client_id": "C9999"},
        "client_id is not in raw_clients (it is C9999)",
    ),
    Stopping(
        "A contract of nobody", CONTRACTS, {"client_id": ""},
        "raw_contracts (contract_id={key}): client_id is empty",
    ),
    Stopping(
        "A contract without a beginning", CONTRACTS, {"starts_on": ""},
        "raw_contracts (contract_id={key}): starts_on is empty",
    ),
    Stopping(
        "A contract begins on no date", CONTRACTS, {"starts_on": "01.02.2024"},
        "raw_contracts (contract_id={key}): starts_on is not a date as YYYY-MM-DD "
        "(it is 01.02.2024)",
    ),
    Stopping(
        "A contract begins in 1900", CONTRACTS, {"starts_on": "1900-01-01"},
        "raw_contracts (contract_id={key}): starts_on lies before 1990-01-01 (it is 1900-01-01)",
    ),
    Stopping(
        "A contract ends before it begins", CONTRACTS, {"ends_on": "2001-01-01"},
        "raw_contracts (contract_id={key}): ends_on lies before starts_on (it is 2001-01-01)",
    ),
    Stopping(
        "A contract ends on no date", CONTRACTS, {"ends_on": "never"},
        "raw_contracts (contract_id={key}): ends_on is not a date as YYYY-MM-DD (it is never)",
    ),
    Stopping(
        "Two contracts that differ have one number", CONTRACTS, {"custom_integrations": "9"},
        "raw_contracts (contract_id={key}): contract_id stands in it again, "
        "in a row that is not the same", as_copy=True,
    ),
    Stopping(
        "A whole column with decimal commas", INVOICES, {"fulfilment_cost": "1,5"},
        "raw_invoices: in 5068 of 5068 rows fulfilment_cost is not a number with a decimal "
        "point and at most two decimals, more than maximum_defect_share (0.05) allows",
        everywhere=True,
    ),
    Stopping(
        "A source is empty", CONTACTS, {}, "raw_contacts: has no rows at all", is_empty=True,
    ),
]


# A client and month that nothing is wrong with, as the types of a warehouse hold it.
CLIENT = {
    "client_id": "C1", "client_name": "One", "acquisition_channel": "", "region": "",
    "category": "",
}
MONTH = {"client_id": "C1", "period_start": "2026-09-01", "tenure_months": "3", "orders": "7"}


@dataclass(frozen=True)
class Input:
    """Rows of the two tables that are scored, beside sound ones, and what comes of them."""

    words: str
    consequence: str
    says: str
    clients: tuple[dict[str, str], ...] = ()
    months: tuple[dict[str, str], ...] = ()


def client(**cells: str) -> tuple[dict[str, str], ...]:
    """Give a row of stg_clients."""
    return ({**CLIENT, "client_id": "C2", **cells},)


def month(**cells: str) -> tuple[dict[str, str], ...]:
    """Give a row of int_client_metrics, of a month that has no other."""
    return ({**MONTH, "period_start": "2026-08-01", **cells},)


INPUTS = [
    Input(
        "A client without an id in stg_clients", STOPS,
        "stg_clients (client_id=(empty)): client_id is empty", clients=client(client_id=""),
    ),
    Input(
        "A blank id in stg_clients", STOPS, "stg_clients (client_id= ): client_id is empty",
        clients=client(client_id=" "),
    ),
    Input(
        "A client twice in stg_clients", STOPS,
        "stg_clients (client_id=C1): client_id stands in it more than once",
        clients=client(client_id="C1", client_name="Other"),
    ),
    Input(
        "An id with a space behind it in stg_clients", STOPS,
        "client_id has spaces around it or holds characters that nobody sees",
        clients=client(client_id="C1 "),
    ),
    Input(
        "An id with a character zero in it in stg_clients", STOPS,
        "client_id has spaces around it or holds characters that nobody sees",
        clients=client(client_id="C\x002"),
    ),
    Input(
        "Ids that differ by a capital letter alone in stg_clients", KEPT,
        "client_id look_alike", clients=client(client_id="c1"),
    ),
    Input(
        "Ids that differ by the spelling of an accent alone in stg_clients", KEPT,
        "client_id look_alike",
        clients=(*client(client_id="caf\u00e9"), *client(client_id="cafe\u0301")),
    ),
    Input(
        "A mark of direction in a name in stg_clients", KEPT,
        "client_name invisible_characters", clients=client(client_name="Zo\u202eé"),
    ),
    Input(
        "A formula as an id in stg_clients", HARMLESS, "",
        clients=client(client_id="=1+1'; drop table x; --<script>"),
    ),
    Input(
        "A month without a client in int_client_metrics", STOPS,
        "int_client_metrics (client_id=(empty), period_start=2026-08-01): client_id is empty",
        months=month(client_id=""),
    ),
    Input(
        "A month of an unknown client in int_client_metrics", STOPS,
        "int_client_metrics (client_id=01, period_start=2026-08-01): "
        "client_id is not in stg_clients",
        months=month(client_id="01"),
    ),
    Input(
        "A client twice in a month in int_client_metrics", STOPS,
        "int_client_metrics (client_id=C1, period_start=2026-09-01): "
        "period_start stands in it more than once for this client",
        months=month(period_start="2026-09-01", orders="9"),
    ),
    Input(
        "A row without a month in int_client_metrics", STOPS,
        "int_client_metrics (client_id=C1, period_start=(empty)): period_start is empty",
        months=month(period_start=""),
    ),
    Input(
        "A month named by another day than its first in int_client_metrics", STOPS,
        "(client_id=C1, period_start=2026-08-31): period_start is not the first day of a month",
        months=month(period_start="2026-08-31"),
    ),
    Input(
        "A month in the future in int_client_metrics", KEPT, "period_start in_the_future",
        months=month(period_start="2062-10-01"),
    ),
    Input(
        "No months as a client in int_client_metrics", STOPS, "tenure_months is empty",
        months=month(tenure_months=""),
    ),
    Input(
        "A client for a negative number of months in int_client_metrics", STOPS,
        "tenure_months is negative (it is -1)", months=month(tenure_months="-1"),
    ),
    Input(
        "A client since the year 1 in int_client_metrics", STOPS,
        "tenure_months is more than a hundred years (it is 24300)",
        months=month(tenure_months="24300"),
    ),
    Input(
        "A metric of twenty digits in int_client_metrics", EMPTIED, "orders out_of_range",
        months=month(orders="1" + "0" * 19),
    ),
    Input(
        "A metric of minus twenty digits in int_client_metrics", EMPTIED, "orders out_of_range",
        months=month(orders="-1" + "0" * 19),
    ),
    Input(
        "The largest metric there may be in int_client_metrics", HARMLESS, "",
        months=month(orders="999999999999"),
    ),
]


@dataclass(frozen=True)
class Shape:
    """Types of the two tables that can't be scored, and what the error says."""

    words: str
    says: str
    clients: dict[str, str | None] = field(default_factory=dict)
    metrics: dict[str, str | None] = field(default_factory=dict)
    rows: bool = True


SHAPES = [
    Shape(
        "stg_clients is empty", "stg_clients: has no rows at all", rows=False,
    ),
    Shape(
        "int_client_metrics is empty", "int_client_metrics: has no rows at all", rows=False,
    ),
    Shape(
        "A column of stg_clients is renamed",
        "stg_clients has no column category; its columns are client_id, client_name, "
        "acquisition_channel, region. Was one renamed?",
        clients={"category": None},
    ),
    Shape(
        "A column of int_client_metrics is renamed",
        "int_client_metrics has no column tenure_months; its columns are client_id, "
        "period_start, orders. Was one renamed?",
        metrics={"tenure_months": None},
    ),
    Shape(
        "The month is a timestamp",
        "int_client_metrics: period_start is of type timestamp, not date; "
        "cast it in the model, to the day where the client is",
        metrics={"period_start": "timestamp"},
    ),
    Shape(
        "The month is a timestamp with a time zone",
        "int_client_metrics: period_start is of type timestamp with time zone, not date; "
        "cast it in the model, to the day where the client is",
        metrics={"period_start": "timestamp with time zone"},
    ),
    Shape(
        "The month is a text",
        "int_client_metrics: period_start is of type varchar, not date",
        metrics={"period_start": "text"},
    ),
    Shape(
        "The months as a client are a float",
        "int_client_metrics: tenure_months is of type double, not integer",
        metrics={"tenure_months": "double"},
    ),
    Shape(
        "Clients are numbered by floats",
        "stg_clients: client_id is of type double, not text",
        clients={"client_id": "double"},
    ),
    Shape(
        "A name is a number", "stg_clients: client_name is of type integer, not text",
        clients={"client_name": "integer"},
    ),
]


@dataclass(frozen=True)
class Missing:
    """A source that is not there as it should be, and what dbt says."""

    words: str
    says: str


MISSING = [
    Missing(
        "A column of a source is renamed",
        "raw_orders has no column order_count; its columns are order_batch_id, client_id, "
        "ordered_on, orders, item_count, late_count. Was one renamed?",
    ),
    Missing(
        "A source is not loaded", "raw_orders is not there: no table",
    ),
    Missing(
        "The file of a source is missing",
        "depends on a node named 'raw_orders' in package or project 'client_profiles' "
        "which was not found",
    ),
]

# What the rules judge has to be an exact number: type of the metric, and the words.
UNREADABLE_METRICS = {
    "margin_rate": ("double precision", "A metric is a float, which may hold NaN and infinity"),
    "order_trend": ("text", "A metric is a text"),
}

OUTCOMES = {
    EXCLUDED: "row left out",
    EMPTIED: "value unknown",
    CLEANED: "characters taken out",
    KEPT: "kept, to look at",
    STOPS: "stops",
    HARMLESS: "nothing is wrong",
}


def documented() -> list[tuple[str, str, str]]:
    """Give every defect as docs/data_quality.md shows it: what, where, what happens."""
    return [
        *((each.words, each.table, OUTCOMES[each.consequence]) for each in COUNTED),
        *((each.words, each.table, OUTCOMES[STOPS]) for each in STOPPING),
        *((each.words, "the sources", OUTCOMES[STOPS]) for each in MISSING),
        *((each.words, "what is scored", OUTCOMES[each.consequence]) for each in INPUTS),
        *((each.words, "what is scored", OUTCOMES[STOPS]) for each in SHAPES),
        *((words, "what is scored", OUTCOMES[STOPS]) for _, words in UNREADABLE_METRICS.values()),
    ]
