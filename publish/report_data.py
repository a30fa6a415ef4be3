"""What the report shows, read from the published file and packed for a page.

The page gets two parts. `labels` is small and readable: the run, scorecards, profiles,
versions. `tables` is everything by client; it is packed by columns, so that it deflates
well and is read fast:

| a column is | packed as |
|---|---|
| the same everywhere | `{"same": value}` |
| few different values | `{"of": values, "at": text}`, one sign of the text per row |
| many different texts | `{"of": values, "nr": numbers}`, one number per row |
| numbers | `{"nr": whole numbers, "decimals": n}` |
| numbers that never fall | `{"rises": differences, "decimals": n}` |
| as in the version in force | `{"like": version}`, in calibrations only |

Columns that depend on each other stand together: `{"names": […], "of": lists of values, …}`.

What holds for each client and period is a text as well, all periods of the first client
first. Scores are not in it: the page computes them from points and weights, to the same
digit as the warehouse.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

ABSENT = "!"
# More different values than this are numbered instead.
FEW = 90
# Marts that the report reads beyond those named in the queries below.
NEEDED = (
    "dim_clients", "fct_client_profiles", "fct_criterion_scores", "fct_calibration_clients",
    "fct_calibration_criteria", "fct_calibration_rules", "fct_client_revenue",
    "profiles_snapshot", "publication",
)
# The lines of a history of rules that stand today.
CURRENT = "where dbt_valid_to is null"
# More sentences than this would make the page too large; the latest months come first.
MOST_SENTENCES = 50_000
# With more revenues than this two digits have to do instead of three.
MANY_REVENUES = 200_000
# How text tells what is known of a client in a period.
STATE = (
    "profile", "computed_profile", "assignment_source", "ineligibility_reason", "rule",
    "possible_profiles", "is_certain", "is_awaiting_confirmation",
)


class Unreadable(Exception):
    """The published file can't be read, or lacks what the report needs."""


def sign(place: int) -> str:
    """Give the sign that stands for a place in a list.

    None of them has to be escaped in JSON, and `!` stands for no row at all.
    """
    if place < 57:
        return chr(35 + place)
    return chr(36 + place) if place < 91 else chr(165 + place)


# The same in SQL, for a column `place`.
SIGN = (
    "chr(cast(case when place < 57 then 35 + place when place < 91 then 36 + place"
    " else 165 + place end as integer))"
)


class Published:
    """The published file, attached to a database in memory that may hold steps."""

    def __init__(self, file: Path, periods: int | None) -> None:
        """Open it; `periods` limits the report to the last ones."""
        self.connection = duckdb.connect()
        self.connection.execute("set enable_progress_bar = false")
        try:
            self.connection.execute(
                f"attach '{str(file).replace(chr(39), chr(39) * 2)}' as published (read_only)"
            )
        except duckdb.Error as error:
            raise Unreadable(f"{file} can't be read: {error}") from error
        self.schemas = dict(
            self.connection.execute(
                "select table_name, table_schema from information_schema.tables"
                " where table_catalog = 'published'"
            ).fetchall()
        )
        missing = [name for name in NEEDED if name not in self.schemas]
        if missing:
            raise Unreadable(
                f"{file} lacks {', '.join(missing)}: it was published by an older version."
                " Publish again: make run"
            )
        self._number(periods)

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()

    def has(self, table: str) -> bool:
        """Say whether a table was published."""
        return table in self.schemas

    def table(self, name: str) -> str:
        """Give the full name of a published table."""
        return f'published."{self.schemas[name]}"."{name}"'

    def rows(self, query: str, given: Sequence = ()) -> list[tuple]:
        """Run a query; `{name}` in it stands for a published table."""
        return self.connection.execute(self._named(query), list(given)).fetchall()

    def records(self, query: str, given: Sequence = ()) -> list[dict[str, Any]]:
        """Run a query; give its rows as JSON objects."""
        found = self.connection.execute(self._named(query), list(given))
        names = [each[0] for each in found.description]
        return [dict(zip(names, map(plain, row))) for row in found.fetchall()]

    def packed(
        self, query: str, given: Sequence = (), together: Sequence[str] = ()
    ) -> dict[str, Any]:
        """Run a query; give its rows packed by columns.

        together: columns of which few combinations occur
        """
        found = self.connection.execute(self._named(query), list(given))
        names = [each[0] for each in found.description]
        rows = found.fetchall()
        columns = dict(zip(names, zip(*rows) if rows else [()] * len(names)))
        packed = {"rows": len(rows)}
        if together and rows:
            lists = list(zip(*(columns.pop(name) for name in together)))
            packed["together"] = {"names": list(together), **pack(lists)}
        packed["columns"] = {name: pack(values) for name, values in columns.items()}
        return packed

    def _named(self, query: str) -> str:
        for name in self.schemas:
            query = query.replace("{" + name + "}", self.table(name))
        return query

    def _number(self, periods: int | None) -> None:
        """Number clients and periods, and cross them."""
        self.connection.execute(self._named(
            "create table periods as select period_start,"
            " row_number() over (order by period_start) - 1 as period"
            " from (select distinct period_start from {fct_client_profiles}"
            f" order by period_start desc limit {periods or 'all'})"
        ).replace(" limit all", ""))
        self.connection.execute(self._named(
            "create table clients as select client_id,"
            " row_number() over (order by client_id) - 1 as client"
            " from {dim_clients} where last_period >= (select min(period_start) from periods)"
        ))
        self.connection.execute(
            "create table grid as select client, client_id, period, period_start"
            " from clients cross join periods"
        )

    def placed(self, values: str, given: Sequence = ()) -> tuple[list[tuple], str]:
        """Pack what holds for each client and period.

        values: query with client_id, period_start and then what is to be packed
        gives: the different values, and one sign per client and period
        """
        self.connection.execute(
            self._named(f"create or replace temp table valued as {values}"), list(given)
        )
        names = [
            f'"{row[0]}"'
            for row in self.connection.execute("describe valued").fetchall()
            if row[0] not in ("client_id", "period_start")
        ]
        keys = ", ".join(names)
        self.connection.execute(
            "create or replace temp table different as select *,"
            f" row_number() over (order by {keys}) - 1 as place"
            f" from (select distinct {keys} from valued)"
        )
        same = " and ".join(f"valued.{name} is not distinct from different.{name}" for name in names)
        [text] = self.connection.execute(
            f"select string_agg(coalesce(sign, '{ABSENT}'), '' order by client, period)"
            f" from grid left join (select client_id, period_start, {SIGN} as sign"
            f" from valued inner join different on {same}) as signs"
            " on grid.client_id = signs.client_id and grid.period_start = signs.period_start"
        ).fetchone()
        different = self.connection.execute(
            f"select {keys} from different order by place"
        ).fetchall()
        return [tuple(map(plain, row)) for row in different], text or ""


def plain(value: Any) -> Any:
    """Give a value as JSON knows it: exact decimals and dates as text."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, tuple):
        return [float(each) if isinstance(each, Decimal) else plain(each) for each in value]
    if isinstance(value, Decimal):
        return float(value) if value == value.to_integral() else str(value)
    return str(value)


def pack(values: Sequence) -> dict[str, Any]:
    """Pack one column."""
    different = dict.fromkeys(values)
    if any(map(is_number, different)):
        return pack_numbers(values)
    if len(different) == 1:
        return {"same": plain(values[0])}
    places = {value: place for place, value in enumerate(different)}
    known = [plain(value) for value in different]
    if len(different) <= FEW:
        return {"of": known, "at": "".join(sign(places[value]) for value in values)}
    return {"of": known, "nr": [places[value] for value in values]}


def is_number(value: Any) -> bool:
    """Say whether a value is a number, which true and false are not."""
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def pack_numbers(values: Sequence) -> dict[str, Any]:
    """Pack numbers as whole ones, with as many decimals as they need.

    What a page can't hold as an exact number is a text of digits.
    """
    decimals = max(
        (-Decimal(value).normalize().as_tuple().exponent for value in values if value),
        default=0,
    )
    decimals = max(decimals, 0)
    whole = [None if value is None else int(Decimal(value).scaleb(decimals)) for value in values]
    if None not in whole and max(map(abs, whole)) < 2**53:
        rises = [after - before for before, after in zip([0, *whole], whole)]
        if min(rises[1:], default=0) >= 0:
            return {"rises": rises, "decimals": decimals}
    return {
        "nr": [str(each) if each is not None and abs(each) >= 2**53 else each for each in whole],
        "decimals": decimals,
    }


def read_labels(published: Published) -> dict[str, Any]:
    """Read the small part: the run, scorecards, profiles, criteria."""
    return {
        "run": published.records("from {publication}")[0],
        "periods": [str(row[0]) for row in published.rows(
            "select period_start from periods order by period"
        )],
        "scorecards": published.records(
            "select scorecard, label, description from {scorecards_snapshot} "
            f"{CURRENT} and scorecard in (select scorecard from {{fct_client_profiles}})"
            " order by scorecard"
        ),
        "profiles": published.records(
            "select scorecard, profile, rank, label, is_ideal, color, description"
            f" from {{profiles_snapshot}} {CURRENT} order by scorecard, rank nulls last, profile"
        ),
        "criteria": published.records(
            "select criterion, label, unit, value_format, direction from {criteria_snapshot} "
            f"{CURRENT} order by criterion"
        ),
    }


def read_rules(published: Published) -> dict[str, Any]:
    """Read the rules as they stand, what was decided by hand, and what the run wrote."""
    return {
        "versions": published.records(
            "select scorecard, version, status, effective_from, effective_to,"
            " confirmation_periods, minimum_tenure_months,"
            " cast(minimum_coverage * 1000000 as integer) as minimum_coverage,"
            " approved_by, approved_on, change_note"
            f" from {{scorecard_versions_snapshot}} {CURRENT}"
            " order by scorecard, effective_from, version"
        ),
        "weights": published.records(
            "select scorecard, version, criterion,"
            " cast(weight * 1000000 as integer) as weight, normalization,"
            " missing_value_policy, maximum_age_months"
            f" from {{criterion_weights_snapshot}} {CURRENT}"
            " order by scorecard, version, criterion"
        ),
        "bands": published.records(
            "select scorecard, version, criterion, band, cast(lower_bound as text) as lower_bound,"
            " cast(points * 100 as integer) as points, label"
            f" from {{score_bands_snapshot}} {CURRENT}"
            " order by scorecard, version, criterion, lower_bound nulls first"
        ),
        "conditions": published.records(
            "select scorecard, version, priority, rule, profile, subject, subject_name,"
            " cast(lower_bound as text) as lower_bound, cast(upper_bound as text) as upper_bound"
            f" from {{profile_rules_snapshot}} {CURRENT}"
            " order by scorecard, version, priority, subject, subject_name"
        ),
        "overrides": published.records(
            "from {fct_override_ledger} order by valid_from desc, client_id, scorecard"
        ),
        "changes": published.records(
            "select kind, scorecard, version, sentence, change_note, approved_by, changed_on"
            " from {rpt_rule_changes} order by changed_on desc, scorecard, version, sentence"
        ),
        "benefits": published.records(
            "select benefit, scorecard, description, capacity_per_period"
            f" from {{benefits_snapshot}} {CURRENT} order by benefit"
        ),
        "published": published.records("from {publication_tables} order by table_name"),
        "quality": published.records("from {rpt_data_quality} limit 500")
        if published.has("rpt_data_quality") else None,
    }


def read_tables(published: Published, labels: dict[str, Any]) -> dict[str, Any]:
    """Read the large part: everything by client."""
    return {
        "rules": read_rules(published),
        "clients": published.packed(
            "select client_id, client_name, acquisition_channel, region, category"
            " from {dim_clients} inner join clients using (client_id) order by client"
        ),
        "revenue": read_revenue(published),
        "scorecards": {
            each["scorecard"]: read_scorecard(published, each["scorecard"])
            for each in labels["scorecards"]
        },
    }


def read_revenue(published: Published) -> list[int] | None:
    """Give each client's revenue in each period, to a few digits; None if there is none.

    It sizes blocks. Sums that are shown as numbers come from the warehouse.
    """
    rows = published.rows(
        "select cast(revenue as double)"
        " from grid left join {fct_client_revenue} using (client_id, period_start)"
        " order by client, period"
    )
    digits = 3 if len(rows) <= MANY_REVENUES else 2
    values = [float(f"{max(row[0] or 0, 0):.{digits}g}") for row in rows]
    return [int(value) if value >= 1 else value for value in values] if any(values) else None


def read_scorecard(published: Published, scorecard: str) -> dict[str, Any]:
    """Read everything of one scorecard."""
    states, state_text = published.placed(
        f"select client_id, period_start, {', '.join(STATE)} from {{fct_client_profiles}}"
        " where scorecard = $1",
        [scorecard],
    )
    last = "(select max(period_start) from periods)"
    with_client = "inner join clients using (client_id)"
    with_period = "inner join periods using (period_start)"
    return {
        "states": {"of": [dict(zip(STATE, state)) for state in states], "at": state_text},
        "versions": [
            row[0]
            for row in published.rows(
                "select max(version) from periods left join (select distinct period_start,"
                " version from {fct_client_profiles} where scorecard = $1) using (period_start)"
                " group by period order by period",
                [scorecard],
            )
        ],
        "points": {
            criterion: read_points(published, scorecard, criterion)
            for [criterion] in published.rows(
                "select distinct criterion from {fct_criterion_scores} "
                f"{with_period} where scorecard = $1 order by criterion",
                [scorecard],
            )
        },
        "movements": published.packed(
            "select client, period, causes.category, causes.from_profile, causes.to_profile,"
            " causes.cause, case when period_start >= $2 then causes.explanation end"
            " as explanation"
            f" from {{fct_movement_causes}} as causes {with_client} {with_period}"
            " where scorecard = $1 order by client, period",
            [scorecard, first_explained(published, scorecard)],
            ["category", "from_profile", "to_profile", "cause"],
        ),
        "uncertain": published.packed(
            "select client, lowest_score, highest_score from {client_profiles} "
            f"{with_client} where scorecard = $1 and score is not null and not is_certain"
            " order by client",
            [scorecard],
        ),
        "growth": published.packed(
            "select profile, period_start, is_forecast, horizon, clients, entered, exited,"
            " share_of_clients, revenue, share_of_revenue, backtests,"
            " mean_absolute_forecast_error, mean_absolute_naive_error, is_better_than_naive"
            " from {rpt_profile_growth} where scorecard = $1"
            " and period_start >= (select min(period_start) from periods)"
            " order by profile, period_start",
            [scorecard],
        ),
        "attraction": published.packed(
            "select dimension, group_name, stage, profile, clients, group_clients, share,"
            " average_share, lift, lift_lower_bound, lift_upper_bound, median_periods,"
            " is_small_group from {rpt_profile_attraction} where scorecard = $1"
            " and (is_ideal or stage = 'now') and group_clients > 0"
            " order by dimension, stage, profile, group_name",
            [scorecard],
        ),
        "paths": published.packed(
            "select client, target_profile, obstacle, effort, method"
            f" from {{fct_paths_to_ideal}} {with_client}"
            " where scorecard = $1 and is_ideal order by client",
            [scorecard],
        ),
        "steps": published.packed(
            "select client, steps.target_profile, steps.sentence, improvement_action,"
            " steps.effort, similar_clients, observed_rate, steps.is_small_group"
            f" from {{fct_path_steps}} as steps {with_client}"
            " inner join {fct_paths_to_ideal} as paths"
            " using (client_id, scorecard, target_profile)"
            " where scorecard = $1 and paths.is_ideal order by client, step_order",
            [scorecard],
            ["target_profile", "improvement_action", "similar_clients", "observed_rate",
             "is_small_group"],
        ),
        "protocols": read_protocols(published, scorecard),
        "queue": published.packed(
            "select benefit, client, place, profile, score, is_within_capacity,"
            " capacity_per_period, closing_sentence, improvement_action, ineligibility_reason"
            f" from {{fct_benefit_queue}} {with_client}"
            f" where scorecard = $1 and period_start = {last}"
            " and place is not null order by benefit, place",
            [scorecard],
        ),
        "agenda": published.packed(
            "select client, department, profile, action, meeting_format, urgency,"
            " cadence_days, days_overdue, is_due, last_contact_on, due_on"
            f" from {{rpt_contact_agenda}} {with_client} where scorecard = $1"
            " order by department, urgency, client",
            [scorecard],
            ["department", "profile", "action", "meeting_format", "cadence_days"],
        ),
        "calibration": read_calibration(published, scorecard),
    }


def first_explained(published: Published, scorecard: str) -> str:
    """Give the first period whose movements are explained: all, while they are not too many."""
    first, sentences = "9999-01-01", 0
    for period, count in published.rows(
        "select cast(period_start as text), count(*) from {fct_movement_causes}"
        " where scorecard = $1 group by period_start order by period_start desc",
        [scorecard],
    ):
        sentences += count
        if sentences > MOST_SENTENCES:
            break
        first = period
    return first


def read_points(published: Published, scorecard: str, criterion: str) -> dict[str, Any]:
    """Read band and points of a criterion for each client and period."""
    different, text = published.placed(
        "select client_id, period_start, band_label, cast(points * 100 as integer) as points,"
        " is_missing, coalesce(value_age_months, 0) as age from {fct_criterion_scores}"
        " where scorecard = $1 and criterion = $2"
        " and period_start >= (select min(period_start) from periods)",
        [scorecard, criterion],
    )
    return {"of": different, "at": text}


def read_protocols(published: Published, scorecard: str) -> dict[str, Any]:
    """Read what departments do: few different things, many clients."""
    return published.packed(
        "select client, department, action, standing_action, meeting_format, cadence_days,"
        " response_hours, is_for_movement from {client_protocols}"
        " inner join clients using (client_id) where scorecard = $1"
        " order by client, department",
        [scorecard],
        ["department", "action", "standing_action", "meeting_format", "cadence_days",
         "response_hours", "is_for_movement"],
    )


def read_calibration(published: Published, scorecard: str) -> list[dict[str, Any]]:
    """Read what no weight changes, for the version in force and each candidate."""
    versions = published.rows(
        "select distinct status, version from {fct_calibration_clients} where scorecard = $1"
        " order by status, version",
        [scorecard],
    )
    packed = [
        {
            "version": version,
            "status": status,
            "clients": published.packed(
                "select client, computed_profile, score, meets_tenure"
                " from {fct_calibration_clients} inner join clients using (client_id)"
                " where scorecard = $1 and version = $2 order by client",
                [scorecard, version],
            ),
            "criteria": {
                criterion: published.packed(
                    "select metric_value, fixed_points, value_age_months"
                    " from {fct_calibration_criteria} inner join clients using (client_id)"
                    " where scorecard = $1 and version = $2 and criterion = $3 order by client",
                    [scorecard, version, criterion],
                )
                for [criterion] in published.rows(
                    "select distinct criterion from {fct_calibration_criteria}"
                    " where scorecard = $1 and version = $2 order by criterion",
                    [scorecard, version],
                )
            },
            "rules": {
                rule: published.packed(
                    "select meets_metric_conditions"
                    " from {fct_calibration_rules} inner join clients using (client_id)"
                    " where scorecard = $1 and version = $2 and rule = $3 order by client",
                    [scorecard, version, rule],
                )["columns"]["meets_metric_conditions"]
                for rule, _ in published.rows(
                    "select distinct rule, rule_order from {fct_calibration_rules}"
                    " where scorecard = $1 and version = $2 order by rule_order",
                    [scorecard, version],
                )
            },
        }
        for status, version in versions
    ]
    for each in packed[1:]:
        say_alike(packed[0], each)
    return packed


def say_alike(first: dict[str, Any], other: dict[str, Any]) -> None:
    """Leave out of a version what is the same in the first one, which is mostly so."""
    alike = {"like": first["version"]}
    pairs = [(first["clients"]["columns"], other["clients"]["columns"])]
    pairs += [
        (first["criteria"][name]["columns"], table["columns"])
        for name, table in other["criteria"].items()
        if name in first["criteria"]
    ]
    for known, columns in pairs:
        for name in columns:
            if columns[name] == known[name]:
                columns[name] = alike
