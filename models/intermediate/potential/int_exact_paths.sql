{{ config(
    materialized='table',
    pre_hook="{{ client_profiles.plan_compiled_sql() }}",
) }}
{#- The easiest path of one or two levers to each better profile: all single
    levers and all pairs are tried, but for pairs that take no less effort than
    the single levers which are known to lead to every better profile. -#}
{%- set versions = client_profiles.versions_in_force() -%}
{%- set usage = client_profiles.rule_usage(versions) -%}
{%- set points = 'coalesce(pair_levers.{criterion}__first,'
    ~ ' pair_levers.{criterion}__second)' -%}
{%- set metrics = "case when pair_levers.first_metric = '{metric}'"
    ~ " then pair_levers.first_value"
    ~ " when pair_levers.second_metric = '{metric}'"
    ~ " then pair_levers.second_value end" -%}
with current_scores as (
    select * from {{ ref('int_current_scores') }}
),

levers as (
    select * from {{ ref('int_metric_options') }}
    where effort is not null
),

targets as (
    select * from {{ ref('int_path_targets') }}
    where ineligibility_reason is null and is_in_the_rules
),

find_easiest_levers as (
    select
        targets.client_id,
        targets.scorecard,
        targets.target_profile,
        min(levers.effort) as effort
    from targets
    left join levers
        on
            targets.client_id = levers.client_id
            and targets.scorecard = levers.scorecard
            and targets.target_profile = levers.computed_profile
    group by targets.client_id, targets.scorecard, targets.target_profile
),

-- Null where a better profile is not reached yet: any pair may be worth it.
limit_efforts as (
    select
        find_easiest_levers.client_id,
        find_easiest_levers.scorecard,
        case
            when count(*) = count(find_easiest_levers.effort)
                then max(find_easiest_levers.effort)
        end as effort_limit
    from find_easiest_levers
    group by find_easiest_levers.client_id, find_easiest_levers.scorecard
),

pair_levers as (
    select
        first_levers.client_id,
        first_levers.scorecard,
        first_levers.metric as first_metric,
        second_levers.metric as second_metric,
        first_levers.metric_order as first_order,
        second_levers.metric_order as second_order,
        first_levers.steps as first_steps,
        second_levers.steps as second_steps,
        first_levers.effort + second_levers.effort as effort,
        first_levers.points_change + second_levers.points_change
            as points_change,
        first_levers.weight_change + second_levers.weight_change
            as weight_change,
        {%- for criterion in usage.gate_criteria %}
        first_levers.{{ criterion }}__changed_points as {{ criterion }}__first,
        second_levers.{{ criterion }}__changed_points
            as {{ criterion }}__second,
        {%- endfor %}
        first_levers.value_needed as first_value,
        second_levers.value_needed as second_value
    from limit_efforts
    inner join levers as first_levers
        on
            limit_efforts.client_id = first_levers.client_id
            and limit_efforts.scorecard = first_levers.scorecard
    inner join levers as second_levers
        on
            limit_efforts.client_id = second_levers.client_id
            and limit_efforts.scorecard = second_levers.scorecard
            and first_levers.metric_order < second_levers.metric_order
    where
        limit_efforts.effort_limit is null
        or first_levers.effort + second_levers.effort
        < limit_efforts.effort_limit
),

change_clients as {{ client_profiles.computed_once() }} (
    select
        pair_levers.client_id,
        pair_levers.scorecard,
        current_scores.version,
        pair_levers.first_metric,
        pair_levers.second_metric,
        pair_levers.first_order,
        pair_levers.second_order,
        pair_levers.first_steps,
        pair_levers.second_steps,
        pair_levers.effort,
        {{ client_profiles.changed_client(
            usage, 'current_scores', points, metrics
        ) }}
        {{ client_profiles.weighted_score(
            'current_scores.weighted_points + pair_levers.points_change',
            'current_scores.available_weight + pair_levers.weight_change',
        ) }} as score
    from pair_levers
    inner join current_scores
        on
            pair_levers.client_id = current_scores.client_id
            and pair_levers.scorecard = current_scores.scorecard
),

judge_pairs as (
    {{ client_profiles.judge_by_rules('change_clients', versions) }}
),

combine as (
    select
        levers.client_id,
        levers.scorecard,
        levers.computed_profile as target_profile,
        levers.metric as first_metric,
        cast(null as {{ dbt.type_string() }}) as second_metric,
        1 as levers,
        levers.metric_order as first_order,
        0 as second_order,
        levers.steps as first_steps,
        cast(null as integer) as second_steps,
        levers.effort
    from levers
    union all
    select
        judge_pairs.client_id,
        judge_pairs.scorecard,
        judge_pairs.computed_profile as target_profile,
        judge_pairs.first_metric,
        judge_pairs.second_metric,
        2 as levers,
        judge_pairs.first_order,
        judge_pairs.second_order,
        judge_pairs.first_steps,
        judge_pairs.second_steps,
        judge_pairs.effort
    from judge_pairs
),

rank_paths as (
    select
        combine.*,
        targets.version,
        targets.rules_fingerprint,
        targets.period_start,
        row_number() over (
            partition by
                combine.client_id, combine.scorecard, combine.target_profile
            order by
                combine.effort,
                combine.levers,
                abs(combine.first_steps)
                + coalesce(abs(combine.second_steps), 0),
                combine.first_order,
                combine.second_order,
                abs(combine.first_steps)
        ) as place
    from combine
    inner join targets
        on
            combine.client_id = targets.client_id
            and combine.scorecard = targets.scorecard
            and combine.target_profile = targets.target_profile
)

select
    rank_paths.client_id,
    rank_paths.scorecard,
    rank_paths.version,
    rank_paths.target_profile,
    rank_paths.first_metric,
    rank_paths.second_metric,
    rank_paths.rules_fingerprint,
    rank_paths.levers,
    rank_paths.first_steps,
    rank_paths.second_steps,
    rank_paths.effort,
    rank_paths.period_start
from rank_paths
where rank_paths.place = 1
