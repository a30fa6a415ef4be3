{{ config(pre_hook="{{ client_profiles.plan_compiled_sql() }}") }}
{%- set places = range(1, client_profiles.rule_usage(
    client_profiles.versions_in_force()
).metrics | length + 1) -%}
with targets as (
    select * from {{ ref('int_path_targets') }}
),

path_levers as (
    select * from {{ ref('int_path_levers') }}
),

path_steps as (
    select * from {{ ref('fct_path_steps') }}
),

obstacles as (
    select * from {{ ref('int_path_obstacles') }}
),

assigned_profiles as (
    select * from {{ ref('fct_client_profiles') }}
),

profiles as (
    select * from {{ ref('stg_profiles') }}
),

versions as (
    select * from {{ ref('stg_scorecard_versions') }}
),

find_methods as (
    select
        path_levers.client_id,
        path_levers.scorecard,
        path_levers.target_profile,
        min(path_levers.method) as method
    from path_levers
    group by
        path_levers.client_id,
        path_levers.scorecard,
        path_levers.target_profile
),

count_levers as (
    select
        path_steps.*,
        count(*) over (
            partition by
                path_steps.client_id,
                path_steps.scorecard,
                path_steps.target_profile
        ) as levers
    from path_steps
),

-- "Raise a, raise b and lower c": a place for each lever.
sum_up_paths as (
    select
        count_levers.client_id,
        count_levers.scorecard,
        count_levers.target_profile,
        max(count_levers.levers) as levers,
        sum(count_levers.steps) as steps,
        sum(count_levers.effort) as effort,
        {%- for place in places %}
        {{ '|| ' if not loop.first }}coalesce(max(
            case
                when count_levers.step_order = {{ place }}
                    then
                    {%- if loop.first %} count_levers.sentence
                    {%- else %}
                        case
                            when count_levers.levers = {{ place }} then ' and '
                            else ', '
                        end
                        || lower(substring(count_levers.sentence, 1, 1))
                        || substring(count_levers.sentence, 2)
                    {%- endif %}
            end
        ), '')
        {%- else %}
        cast(null as {{ dbt.type_string() }})
        {%- endfor %} as sentence
    from count_levers
    group by
        count_levers.client_id,
        count_levers.scorecard,
        count_levers.target_profile
)

select
    targets.client_id,
    targets.scorecard,
    targets.version,
    assigned_profiles.profile,
    targets.computed_profile,
    targets.target_profile,
    profiles.label as target_profile_label,
    find_methods.method,
    sum_up_paths.sentence,
    obstacles.obstacle,
    targets.rules_fingerprint,
    targets.target_rank,
    cast(sum_up_paths.levers as integer) as levers,
    cast(sum_up_paths.steps as integer) as steps,
    cast(sum_up_paths.effort as integer) as effort,
    versions.confirmation_periods,
    profiles.is_ideal,
    find_methods.method is not null as is_reachable,
    assigned_profiles.assignment_source = 'override' as is_placed_by_hand,
    assigned_profiles.is_awaiting_confirmation,
    targets.period_start
from targets
inner join assigned_profiles
    on
        targets.client_id = assigned_profiles.client_id
        and targets.scorecard = assigned_profiles.scorecard
        and targets.period_start = assigned_profiles.period_start
inner join profiles
    on
        targets.scorecard = profiles.scorecard
        and targets.target_profile = profiles.profile
inner join versions
    on
        targets.scorecard = versions.scorecard
        and targets.version = versions.version
left join find_methods
    on
        targets.client_id = find_methods.client_id
        and targets.scorecard = find_methods.scorecard
        and targets.target_profile = find_methods.target_profile
left join sum_up_paths
    on
        targets.client_id = sum_up_paths.client_id
        and targets.scorecard = sum_up_paths.scorecard
        and targets.target_profile = sum_up_paths.target_profile
left join obstacles
    on
        targets.client_id = obstacles.client_id
        and targets.scorecard = obstacles.scorecard
        and targets.target_profile = obstacles.target_profile
