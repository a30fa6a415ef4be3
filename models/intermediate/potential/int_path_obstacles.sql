{{ config(
    materialized='table',
    pre_hook="{{ client_profiles.plan_compiled_sql() }}",
) }}
-- Why no path leads to a better profile, in words. Of several rules, the one
-- with the fewest obstacles speaks.
with current_scores as (
    select * from {{ ref('int_current_scores') }}
),

version_metrics as (
    select * from {{ ref('int_version_metrics') }}
),

levers as (
    select * from {{ ref('int_metric_options') }}
    where effort is not null
),

targets as (
    select * from {{ ref('int_path_targets') }}
),

path_levers as (
    select * from {{ ref('int_path_levers') }}
),

rule_needs as (
    select * from {{ ref('int_rule_needs') }}
),

rules as (
    select * from {{ ref('stg_profile_rules') }}
),

find_paths as (
    select distinct
        path_levers.client_id,
        path_levers.scorecard,
        path_levers.target_profile
    from path_levers
),

find_unreached as (
    select targets.*
    from targets
    left join find_paths
        on
            targets.client_id = find_paths.client_id
            and targets.scorecard = find_paths.scorecard
            and targets.target_profile = find_paths.target_profile
    where find_paths.client_id is null
),

list_rules as (
    select
        rules.scorecard,
        rules.version,
        rules.profile,
        rules.rule,
        rules.priority,
        max(case when rules.subject = 'score' then rules.lower_bound end)
            as score_needed
    from rules
    group by
        rules.scorecard,
        rules.version,
        rules.profile,
        rules.rule,
        rules.priority
),

describe_needs as (
    select
        rule_needs.client_id,
        rule_needs.scorecard,
        rule_needs.rule,
        version_metrics.metric_order,
        version_metrics.label || case
            when not rule_needs.is_known then ' is not known'
            when version_metrics.effort is null
                then ' would have to change, and nobody can change it'
            else ' can not be improved as the rule asks for'
        end as obstacle
    from rule_needs
    inner join version_metrics
        on
            rule_needs.scorecard = version_metrics.scorecard
            and rule_needs.metric = version_metrics.metric
    where rule_needs.least_steps is null
),

-- At most as many as there are metrics, so they fit into columns.
number_needs as (
    select
        describe_needs.*,
        row_number() over (
            partition by
                describe_needs.client_id,
                describe_needs.scorecard,
                describe_needs.rule
            order by describe_needs.metric_order
        ) as place
    from describe_needs
),

{%- set places = range(1, client_profiles.rule_usage(
    client_profiles.versions_in_force()
).metrics | length + 1) %}
describe_rules as (
    select
        number_needs.client_id,
        number_needs.scorecard,
        number_needs.rule,
        count(*) as obstacles,
        {%- for place in places %}
        {{ '|| ' if not loop.first }}coalesce(max(
            case
                when number_needs.place = {{ place }}
                    then '{{ "; " if not loop.first }}' || number_needs.obstacle
            end
        ), '')
        {%- else %}
        cast(null as {{ dbt.type_string() }})
        {%- endfor %} as obstacle
    from number_needs
    group by
        number_needs.client_id, number_needs.scorecard, number_needs.rule
),

find_best_levels as (
    select
        levers.client_id,
        levers.scorecard,
        levers.points_change,
        levers.weight_change,
        row_number() over (
            partition by levers.client_id, levers.scorecard, levers.metric
            order by levers.points_change desc, levers.effort
        ) as place
    from levers
),

find_highest_scores as (
    select
        current_scores.client_id,
        current_scores.scorecard,
        {{ client_profiles.weighted_score(
            'max(current_scores.weighted_points) + cast(coalesce(sum('
                ~ 'find_best_levels.points_change), 0) as bigint)',
            'max(current_scores.available_weight) + cast(coalesce(sum('
                ~ 'find_best_levels.weight_change), 0) as bigint)',
        ) }} as highest_score
    from current_scores
    left join find_best_levels
        on
            current_scores.client_id = find_best_levels.client_id
            and current_scores.scorecard = find_best_levels.scorecard
            and find_best_levels.place = 1
            and find_best_levels.points_change > 0
    group by current_scores.client_id, current_scores.scorecard
),

rank_rules as (
    select
        find_unreached.client_id,
        find_unreached.scorecard,
        find_unreached.version,
        find_unreached.target_profile,
        find_unreached.rules_fingerprint,
        find_unreached.period_start,
        case
            when find_unreached.ineligibility_reason = 'tenure'
                then 'Not yet eligible: not long enough with us'
            when find_unreached.ineligibility_reason = 'coverage'
                then 'Not yet eligible: too few of its values are known'
            when find_unreached.ineligibility_reason = 'nothing_known'
                then 'Not yet eligible: none of its values is known'
            when list_rules.rule is null
                then 'No rule leads to this profile'
            when describe_rules.obstacles > 0 then describe_rules.obstacle
            when find_highest_scores.highest_score < list_rules.score_needed
                then
                    'The best values of all that can be improved give a score'
                    || ' of '
                    || {{ client_profiles.readable_value(
                        'find_highest_scores.highest_score', "'number'"
                    ) }}
                    || ', and '
                    || {{ client_profiles.readable_value(
                        'list_rules.score_needed', "'number'"
                    ) }}
                    || ' are needed'
            else 'No combination of steps was found that leads exactly there'
        end as obstacle,
        row_number() over (
            partition by
                find_unreached.client_id,
                find_unreached.scorecard,
                find_unreached.target_profile
            order by
                coalesce(describe_rules.obstacles, 0), list_rules.priority
        ) as place
    from find_unreached
    left join list_rules
        on
            find_unreached.scorecard = list_rules.scorecard
            and find_unreached.version = list_rules.version
            and find_unreached.target_profile = list_rules.profile
    left join describe_rules
        on
            find_unreached.client_id = describe_rules.client_id
            and find_unreached.scorecard = describe_rules.scorecard
            and list_rules.rule = describe_rules.rule
    left join find_highest_scores
        on
            find_unreached.client_id = find_highest_scores.client_id
            and find_unreached.scorecard = find_highest_scores.scorecard
)

select
    rank_rules.client_id,
    rank_rules.scorecard,
    rank_rules.version,
    rank_rules.target_profile,
    rank_rules.obstacle,
    rank_rules.rules_fingerprint,
    rank_rules.period_start
from rank_rules
where rank_rules.place = 1
