"""What the report shows, read from the published file and packed for a page.

The page gets two parts. `labels` is small and readable: the run, scorecards, profiles,
criteria. `tables` is everything else, most of it by client, packed as `packing` says and:

| what | is packed as |
|---|---|
| a column as in the version in force | `{"like": version}`, in calibrations |
| columns that depend on each other | `{"names": [...], "of": lists of values, ...}` |
| what holds for each client and period | `{"of": values, "at": text}`, by client and period |

Scores are not in it: the page computes them from points and weights, to the same digit
as the warehouse.
"""

from __future__ import annotations

from typing import Any

from published import Published

# The lines of a history of rules that stand today.
CURRENT = "where dbt_valid_to is null"
# More sentences than this would make the page too large; the latest months come first.
MOST_SENTENCES = 50_000
# The rows behind a long list of defects are in the warehouse.
MOST_DEFECTS = 500
# With more revenues than this two digits have to do instead of three.
MANY_REVENUES = 200_000
# What is known of a client in a period.
STATE = (
    "profile", "computed_profile", "assignment_source", "ineligibility_reason", "rule",
    "possible_profiles", "is_certain", "is_awaiting_confirmation",
)


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
        "quality": read_quality(published),
    }


def read_quality(published: Published) -> dict[str, Any]:
    """Read what was checked in the data, and the first rows of what was found."""
    return {
        "checks": published.records(
            "select table_name, column_name, check_name, says, consequence, criteria,"
            " rows_checked, rows_defective, rows_excluded, values_emptied, clients"
            " from {rpt_data_quality}"
            " order by rows_defective desc, table_name, column_name, check_name"
        ),
        "defects": published.records(
            "select client_id, table_name, column_name, row_key, value, says, consequence"
            f" from {{fct_data_defects}} order by defect_number limit {MOST_DEFECTS}"
        ),
        "all_defects": published.rows("select count(*) from {fct_data_defects}")[0][0],
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
