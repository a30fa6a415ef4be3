{{ config(
    materialized='table',
    pre_hook="{{ client_profiles.plan_compiled_sql() }}",
) }}
{#- The nearest score at which the rules would lead to another profile, all else
    held. A profile changes at bounds of rules only: at the bound itself from
    below, at the largest score below it from above. Of two that are equally
    near, the higher. -#}
{%- set versions = client_profiles.versions_in_force() -%}
{%- set usage = client_profiles.rule_usage(versions) -%}
with current_scores as (
    select * from {{ ref('int_current_scores') }}
    where ineligibility_reason is null
),

score_bounds as (
    select * from {{ ref('int_score_bounds') }}
),

try_bounds as (
    select
        current_scores.*,
        current_scores.score as score_now,
        case
            when
                current_scores.score * 10000
                >= score_bounds.score_units
                then score_bounds.score_units - 1
            else score_bounds.score_units
        end as units_needed
    from current_scores
    inner join score_bounds
        on
            current_scores.scorecard = score_bounds.scorecard
            and current_scores.version = score_bounds.version
),

change_clients as {{ client_profiles.computed_once() }} (
    select
        try_bounds.client_id,
        try_bounds.scorecard,
        try_bounds.version,
        try_bounds.rules_fingerprint,
        try_bounds.computed_profile as computed_profile_now,
        {{ client_profiles.changed_client(usage, 'try_bounds') }}
        try_bounds.score_now,
        cast(0.0001 * try_bounds.units_needed as decimal(7, 4)) as score,
        try_bounds.period_start
    from try_bounds
    where try_bounds.units_needed between 0 and 1000000
),

judge_scores as (
    {{ client_profiles.judge_by_rules('change_clients', versions) }}
),

rank_flips as (
    select
        judge_scores.*,
        row_number() over (
            partition by judge_scores.client_id, judge_scores.scorecard
            order by
                abs(judge_scores.score - judge_scores.score_now),
                judge_scores.score desc
        ) as place
    from judge_scores
    where judge_scores.computed_profile <> judge_scores.computed_profile_now
)

select
    rank_flips.client_id,
    rank_flips.scorecard,
    rank_flips.version,
    rank_flips.computed_profile as nearest_profile,
    rank_flips.rules_fingerprint,
    cast(rank_flips.score - rank_flips.score_now as decimal(7, 4))
        as score_distance,
    rank_flips.period_start
from rank_flips
where rank_flips.place = 1
