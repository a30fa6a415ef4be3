"""The same scoring written by hand, in one pass and the usual long way.

    one_pass(project, source)   CASE expressions, as a careful analyst would write them
    long_way(project, source)   unpivot, join the bands, aggregate, join the rules

Both give client_id, period_start, score, coverage and profile for the first version of a
made-up project: what it gives, digit for digit. They share no code with the macros.
"""

from __future__ import annotations

from made_up import BAND_POINTS, LEAST_SCORES, PLAIN, POLICIES, MadeUp, whole_weights

MINIMUM_TENURE = int(PLAIN["minimum_tenure_months"])
MINIMUM_WEIGHT = round(float(PLAIN["minimum_coverage"]) * 1_000_000)
# What a missing value is worth by its policy; `exclude` leaves its weight out.
MISSING_POINTS = {"exclude": None, "worst": 0, "neutral": 50}


def one_pass(project: MadeUp, source: str) -> str:
    """Give the query of the one-pass way."""
    points, known, available = [], [], ["1000000"]
    for place, metric in enumerate(project.metrics):
        name, weight = metric.name, whole_weights(project.criteria)[place]
        policy = POLICIES[place % len(POLICIES)]
        cases = " ".join(
            f"when {name} >= {edge} then {weight * value}"
            for edge, value in reversed(list(zip(metric.edges, BAND_POINTS[1:])))
        )
        missing = weight * (MISSING_POINTS[policy] or 0)
        points.append(
            f"case {cases} when {name} is not null then {weight * BAND_POINTS[0]}"
            f" else {missing} end"
        )
        known.append(f"case when {name} is null then 0 else {weight} end")
        if policy == "exclude":
            available.append(f"case when {name} is null then {weight} else 0 end")
    plus = "\n        + "
    return f"""
with sums as (
    select
        client_id, period_start, tenure_months,
        cast({plus.join(points)} as bigint) as points,
        {plus.join(known)} as known,
        {" - ".join(available)} as available
    from {source}
),
scores as (
    select
        client_id, period_start, known,
        case
            when coalesce(tenure_months, 0) >= {MINIMUM_TENURE}
                and known >= {MINIMUM_WEIGHT} and known > 0
                then cast(0.0001 * cast(
                    (20000 * points + available) // (2 * available) as integer
                ) as decimal(7, 4))
        end as score
    from sums
)
select
    client_id, period_start, score,
    cast(known * 0.000001 as decimal(7, 6)) as coverage,
    case
        when score is null then 'not_yet_eligible'
        {" ".join(f"when score >= {least} then '{name}'" for name, least in LEAST_SCORES.items())}
        else 'D'
    end as profile
from scores
"""


def long_way(project: MadeUp, source: str) -> str:
    """Give the query of the long way; it reads the rules from tables, as that way does."""
    names = ", ".join(metric.name for metric in project.metrics)
    wide = ", ".join(
        f"cast({metric.name} as decimal(18, 6)) as {metric.name}"
        for metric in project.metrics
    )
    return f"""
with weights as (
    select
        criterion, missing_value_policy,
        cast(cast(weight as decimal(7, 6)) * 1000000 as bigint) as weight
    from client_profiles_rules.criterion_weights where version = '1'
),
bands as (
    select
        criterion, cast(points as decimal(5, 2)) as points,
        coalesce(cast(lower_bound as decimal(18, 6)), -999999999999) as lower_bound,
        coalesce(cast(upper_bound as decimal(18, 6)), 999999999999) as upper_bound
    from client_profiles_rules.score_bands where version = '1'
),
rules as (
    select
        cast(priority as integer) as priority, profile,
        coalesce(cast(lower_bound as decimal(7, 4)), 0) as lower_bound
    from client_profiles_rules.profile_rules where version = '1'
),
typed as (
    select client_id, period_start, tenure_months, {wide} from {source}
),
long as (
    select * from typed
    unpivot include nulls (metric_value for criterion in ({names}))
),
banded as (
    select
        long.client_id, long.period_start, long.tenure_months, weights.weight,
        case
            when long.metric_value is not null then bands.points
            when weights.missing_value_policy = 'neutral' then 50
            when weights.missing_value_policy = 'worst' then 0
        end as points,
        long.metric_value is not null as is_known
    from long
    inner join weights on long.criterion = weights.criterion
    left join bands
        on
            long.criterion = bands.criterion
            and long.metric_value >= bands.lower_bound
            and long.metric_value < bands.upper_bound
),
summed as (
    select
        client_id, period_start,
        coalesce(max(tenure_months), 0) as tenure_months,
        cast(coalesce(sum(weight * points), 0) as bigint) as points,
        cast(sum(case when points is not null then weight else 0 end) as bigint)
            as available,
        cast(sum(case when is_known then weight else 0 end) as bigint) as known
    from banded
    group by client_id, period_start
),
scored as (
    select
        client_id, period_start,
        cast(known * 0.000001 as decimal(7, 6)) as coverage,
        case
            when tenure_months >= {MINIMUM_TENURE} and known >= {MINIMUM_WEIGHT}
                and known > 0
                then cast(0.0001 * cast(
                    (20000 * points + available) // (2 * available) as integer
                ) as decimal(7, 4))
        end as score
    from summed
),
judged as (
    select scored.*, rules.profile
    from scored
    left join rules on scored.score >= rules.lower_bound
    qualify row_number() over (
        partition by scored.client_id, scored.period_start order by rules.priority
    ) = 1
)
select
    client_id, period_start, score, coverage,
    coalesce(profile, 'not_yet_eligible') as profile
from judged
"""
