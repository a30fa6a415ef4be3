{{ config(
    materialized='table',
    pre_hook="{{ client_profiles.plan_compiled_sql() }}",
) }}
{#- For better profiles that neither one nor two levers lead to: what the
    conditions of each rule on single metrics and points ask for, in steps of
    the metric's lever. The score is another matter: all levers share it. -#}
{%- set versions = client_profiles.versions_in_force() -%}
{%- set needs = [] -%}
{%- for version in versions -%}
    {%- for rule in version.rules -%}
        {%- set by_metric = {} -%}
        {%- for condition in rule.conditions if condition.subject != 'score' -%}
            {%- if condition.subject == 'metric' -%}
                {%- set metric = condition.subject_name | lower -%}
                {%- set value = 'levels.metric_value' -%}
            {%- else -%}
                {%- set metric = (version.criteria
                    | selectattr('criterion', 'equalto', condition.subject_name)
                    | map(attribute='metric') | list)[0] -%}
                {%- set value = 'levels.' ~ condition.subject_name ~ '__points' -%}
            {%- endif -%}
            {%- do by_metric.setdefault(metric, []).append(
                client_profiles.condition_on_value(condition, value)
            ) -%}
        {%- endfor -%}
        {%- for metric, conditions in by_metric.items() -%}
            {%- do needs.append({
                'version': version,
                'rule': rule,
                'metric': metric,
                'condition': conditions | join(' and '),
            }) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endfor -%}
{%- set usage = client_profiles.rule_usage(versions) -%}
{%- set known = {} -%}
{%- for metric in usage.metrics -%}
    {%- do known.update({metric: []}) -%}
    {%- if metric in usage.gate_metrics -%}
        {%- do known[metric].append(
            'current_scores.metric__' ~ metric ~ ' is not null'
        ) -%}
    {%- endif -%}
{%- endfor -%}
{%- for version in versions -%}
    {%- for criterion in version.criteria -%}
        {%- do known[criterion.metric].append(
            'current_scores.' ~ criterion.criterion ~ '__metric is not null'
        ) -%}
    {%- endfor -%}
{%- endfor -%}
with current_scores as (
    select * from {{ ref('int_current_scores') }}
),

options as (
    select * from {{ ref('int_metric_options') }}
),

targets as (
    select * from {{ ref('int_path_targets') }}
    where ineligibility_reason is null and is_in_the_rules
),

exact_paths as (
    select * from {{ ref('int_exact_paths') }}
),

find_missing_paths as (
    select targets.*
    from targets
    left join exact_paths
        on
            targets.client_id = exact_paths.client_id
            and targets.scorecard = exact_paths.scorecard
            and targets.target_profile = exact_paths.target_profile
    where exact_paths.client_id is null
),

levels as (
    select
        options.client_id,
        options.scorecard,
        options.metric,
        abs(options.steps) as steps,
        {%- for criterion in usage.gate_criteria %}
        options.{{ criterion }}__changed_points as {{ criterion }}__points,
        {%- endfor %}
        options.value_needed as metric_value,
        1 as is_known
    from options
    where options.effort is not null
    {%- for metric in needs | map(attribute='metric') | unique %}
    union all
    select
        current_scores.client_id,
        current_scores.scorecard,
        '{{ metric }}' as metric,
        0 as steps,
        {%- for criterion in usage.gate_criteria %}
        current_scores.{{ criterion }}__points,
        {%- endfor %}
        {% if metric in usage.gate_metrics -%}
        current_scores.metric__{{ metric }} as metric_value
        {%- else -%}
        cast(null as decimal(18, 6)) as metric_value
        {%- endif %},
        case
            when {{ known[metric] | join(' or ') }} then 1
            else 0
        end as is_known
    from current_scores
    {%- endfor %}
),

find_least_steps as (
    {%- for need in needs %}
    {{ 'union all' if not loop.first }}
    select
        find_missing_paths.client_id,
        find_missing_paths.scorecard,
        find_missing_paths.target_profile,
        '{{ need.rule.rule }}' as rule,
        '{{ need.metric }}' as metric,
        find_missing_paths.version,
        find_missing_paths.rules_fingerprint,
        find_missing_paths.period_start,
        min(case when {{ need.condition }} then levels.steps end)
            as least_steps,
        max(levels.is_known) as is_known
    from find_missing_paths
    inner join levels
        on
            find_missing_paths.client_id = levels.client_id
            and find_missing_paths.scorecard = levels.scorecard
    where
        {{ client_profiles.is_version(need.version, 'find_missing_paths') }}
        and find_missing_paths.target_profile = '{{ need.rule.profile }}'
        and levels.metric = '{{ need.metric }}'
    group by
        find_missing_paths.client_id,
        find_missing_paths.scorecard,
        find_missing_paths.target_profile,
        find_missing_paths.version,
        find_missing_paths.rules_fingerprint,
        find_missing_paths.period_start
    {%- else %}
    select
        find_missing_paths.client_id,
        find_missing_paths.scorecard,
        find_missing_paths.target_profile,
        cast(null as {{ dbt.type_string() }}) as rule,
        cast(null as {{ dbt.type_string() }}) as metric,
        find_missing_paths.version,
        find_missing_paths.rules_fingerprint,
        find_missing_paths.period_start,
        0 as least_steps,
        0 as is_known
    from find_missing_paths
    where 1 = 0
    {%- endfor %}
)

select
    find_least_steps.client_id,
    find_least_steps.scorecard,
    find_least_steps.version,
    find_least_steps.target_profile,
    find_least_steps.rule,
    find_least_steps.metric,
    find_least_steps.rules_fingerprint,
    cast(find_least_steps.least_steps as integer) as least_steps,
    find_least_steps.is_known = 1 as is_known,
    find_least_steps.period_start
from find_least_steps
