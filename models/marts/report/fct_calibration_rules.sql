{{ config(pre_hook="{{ client_profiles.plan_compiled_sql() }}") }}
with calibration_points as (
    select * from {{ ref('int_calibration_points') }}
),

judge_metrics as (
    {%- set parts = [] %}
    {%- for version in client_profiles.calibrated_versions() %}
    {%- for rule in version.rules %}
    {%- do parts.append({
        'version': version,
        'rule': rule,
        'place': loop.index,
        'on_metrics': {
            'conditions': rule.conditions
                | selectattr('subject', 'equalto', 'metric') | list,
        },
    }) %}
    {%- endfor %}
    {%- endfor %}
    {%- for part in parts %}
    {{ 'union all' if not loop.first }}
    select
        calibration_points.client_id,
        calibration_points.scorecard,
        calibration_points.version,
        '{{ part.rule.rule }}' as rule,
        '{{ part.rule.profile }}' as profile,
        {{ part.place }} as rule_order,
        case
            when
                {{ client_profiles.rule_condition(
                    part.on_metrics, 'calibration_points'
                ) }}
                then 1
            else 0
        end as met,
        calibration_points.period_start
    from calibration_points
    where {{ client_profiles.is_version(part.version, 'calibration_points') }}
    {%- else %}
    select
        calibration_points.client_id,
        calibration_points.scorecard,
        calibration_points.version,
        '' as rule,
        '' as profile,
        0 as rule_order,
        0 as met,
        calibration_points.period_start
    from calibration_points
    {%- endfor %}
)

select
    judge_metrics.client_id,
    judge_metrics.scorecard,
    judge_metrics.version,
    judge_metrics.rule,
    judge_metrics.profile,
    cast(judge_metrics.rule_order as integer) as rule_order,
    judge_metrics.met = 1 as meets_metric_conditions,
    judge_metrics.period_start
from judge_metrics
