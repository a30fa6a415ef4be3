{{ config(
    materialized='table',
    pre_hook="{{ client_profiles.plan_compiled_sql() }}",
) }}
{#- The conditions that hold in one of two compared periods only. Rules of the
    same name are compared; a condition that one of them does not have counts as
    held. -#}
{%- set gate_metrics = client_profiles.rule_usage(
    client_profiles.scorecard_rules()
).gate_metrics -%}
with pairs as (
    select * from {{ ref('int_period_pairs') }}
    where is_consecutive
),

conditions as (
    select * from {{ ref('int_scored_conditions') }}
),

score_changes as (
    select * from {{ ref('int_score_changes') }}
    where is_consecutive
),

metric_history as (
    select * from {{ ref('int_metric_history') }}
),

list_version_pairs as (
    select distinct
        pairs.scorecard,
        pairs.version_before,
        pairs.version
    from pairs
),

list_sides as (
    select
        list_version_pairs.scorecard,
        list_version_pairs.version_before,
        list_version_pairs.version,
        conditions.rule,
        conditions.subject,
        conditions.subject_name,
        {%- for side, version in [
            ('before', 'version_before'), ('after', 'version'),
        ] %}
        {%- for column in ['lower_bound', 'upper_bound', 'profile'] %}
        max(
            case
                when conditions.version = list_version_pairs.{{ version }}
                    then conditions.{{ column }}
            end
        ) as {{ column }}_{{ side }},
        {%- endfor %}
        {%- endfor %}
        count(*) as lines
    from list_version_pairs
    inner join conditions
        on
            list_version_pairs.scorecard = conditions.scorecard
            and (
                list_version_pairs.version = conditions.version
                or list_version_pairs.version_before = conditions.version
            )
    group by
        list_version_pairs.scorecard,
        list_version_pairs.version_before,
        list_version_pairs.version,
        conditions.rule,
        conditions.subject,
        conditions.subject_name
),

find_rules as (
    select
        {%- for side in ['before', 'after'] %}
        max(list_sides.profile_{{ side }}) over (
            partition by
                list_sides.scorecard,
                list_sides.version_before,
                list_sides.version,
                list_sides.rule
        ) as rule_profile_{{ side }},
        {%- endfor %}
        list_sides.*
    from list_sides
),

find_common_rules as (
    select * from find_rules
    where
        rule_profile_before is not null
        and rule_profile_after is not null
),

look_at_scores_and_metrics as (
    select
        pairs.client_id,
        pairs.scorecard,
        pairs.version_before,
        pairs.version,
        pairs.rules_fingerprint,
        find_common_rules.rule,
        find_common_rules.rule_profile_after as profile,
        find_common_rules.subject,
        find_common_rules.subject_name,
        find_common_rules.lower_bound_before,
        find_common_rules.upper_bound_before,
        find_common_rules.lower_bound_after,
        find_common_rules.upper_bound_after,
        pairs.score_before,
        pairs.score_after,
        {%- for side in ['before', 'after'] %}
        case
            when find_common_rules.subject = 'score' then pairs.score_{{ side }}
            {%- for metric in gate_metrics %}
            when lower(find_common_rules.subject_name) = '{{ metric | lower }}'
                then metrics_{{ side }}.{{ metric }}
            {%- endfor %}
        end as value_{{ side }},
        {%- endfor %}
        pairs.period_before,
        pairs.period_start
    from pairs
    inner join find_common_rules
        on
            pairs.scorecard = find_common_rules.scorecard
            and pairs.version_before = find_common_rules.version_before
            and pairs.version = find_common_rules.version
    inner join metric_history as metrics_before
        on
            pairs.client_id = metrics_before.client_id
            and pairs.period_before = metrics_before.period_start
    inner join metric_history as metrics_after
        on
            pairs.client_id = metrics_after.client_id
            and pairs.period_start = metrics_after.period_start
    where find_common_rules.subject <> 'points'
),

-- Points without a row did not change.
look_at_points as (
    select
        score_changes.client_id,
        score_changes.scorecard,
        score_changes.version_before,
        score_changes.version,
        score_changes.rules_fingerprint,
        find_common_rules.rule,
        find_common_rules.rule_profile_after as profile,
        find_common_rules.subject,
        find_common_rules.subject_name,
        find_common_rules.lower_bound_before,
        find_common_rules.upper_bound_before,
        find_common_rules.lower_bound_after,
        find_common_rules.upper_bound_after,
        pairs.score_before,
        pairs.score_after,
        score_changes.points_000 as value_before,
        score_changes.points_111 as value_after,
        score_changes.period_before,
        score_changes.period_start
    from score_changes
    inner join find_common_rules
        on
            score_changes.scorecard = find_common_rules.scorecard
            and score_changes.version_before = find_common_rules.version_before
            and score_changes.version = find_common_rules.version
            and score_changes.criterion = find_common_rules.subject_name
    inner join pairs
        on
            score_changes.client_id = pairs.client_id
            and score_changes.scorecard = pairs.scorecard
            and score_changes.period_start = pairs.period_start
    where find_common_rules.subject = 'points'
),

look_at_values as (
    select * from look_at_scores_and_metrics
    union all
    select * from look_at_points
),

judge_conditions as (
    select
        {%- for side in ['before', 'after'] %}
        (
            look_at_values.lower_bound_{{ side }} is null
            or coalesce(
                look_at_values.value_{{ side }}
                >= look_at_values.lower_bound_{{ side }},
                false
            )
        )
        and (
            look_at_values.upper_bound_{{ side }} is null
            or coalesce(
                look_at_values.value_{{ side }}
                < look_at_values.upper_bound_{{ side }},
                false
            )
        ) as is_{{ side }},
        {%- endfor %}
        look_at_values.*
    from look_at_values
)

select
    judge_conditions.client_id,
    judge_conditions.scorecard,
    judge_conditions.version_before,
    judge_conditions.version,
    judge_conditions.rules_fingerprint,
    judge_conditions.rule,
    judge_conditions.profile,
    judge_conditions.subject,
    judge_conditions.subject_name,
    judge_conditions.lower_bound_before,
    judge_conditions.upper_bound_before,
    judge_conditions.lower_bound_after as lower_bound,
    judge_conditions.upper_bound_after as upper_bound,
    judge_conditions.score_before,
    judge_conditions.score_after,
    cast(judge_conditions.value_before as decimal(18, 6)) as value_before,
    cast(judge_conditions.value_after as decimal(18, 6)) as value_after,
    judge_conditions.is_before,
    judge_conditions.is_after,
    judge_conditions.period_before,
    judge_conditions.period_start
from judge_conditions
where judge_conditions.is_before <> judge_conditions.is_after
