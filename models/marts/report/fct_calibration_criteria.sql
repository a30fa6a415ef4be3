{{ config(pre_hook="{{ client_profiles.plan_compiled_sql() }}") }}
{#- The points for a place among the other clients wait for the weights: who
    counts among them hangs on the coverage. -#}
with calibration_points as (
    select * from {{ ref('int_calibration_points') }}
),

unpivot_criteria as (
    {%- set parts = [] %}
    {%- for version in client_profiles.calibrated_versions() %}
    {%- for criterion in version.criteria %}
    {%- do parts.append({'version': version, 'criterion': criterion}) %}
    {%- endfor %}
    {%- endfor %}
    {%- for part in parts %}
    {%- set column = 'calibration_points.' ~ part.criterion.criterion %}
    {{ 'union all' if not loop.first }}
    select
        calibration_points.client_id,
        calibration_points.scorecard,
        calibration_points.version,
        '{{ part.criterion.criterion }}' as criterion,
        '{{ part.criterion.normalization }}' as normalization,
        {{ column }}__metric as metric_value,
        {{ column }}__age as value_age_months,
        case
            when {{ column }}__metric is null
                then {{ client_profiles.missing_points(part.criterion) }}
            {%- if part.criterion.normalization == 'none' %}
            else {{ column }}__points
            {%- endif %}
        end as fixed_points,
        calibration_points.period_start
    from calibration_points
    where {{ client_profiles.is_version(part.version, 'calibration_points') }}
    {%- else %}
    select
        calibration_points.client_id,
        calibration_points.scorecard,
        calibration_points.version,
        '' as criterion,
        '' as normalization,
        cast(null as decimal(18, 6)) as metric_value,
        cast(null as integer) as value_age_months,
        cast(null as decimal(5, 2)) as fixed_points,
        calibration_points.period_start
    from calibration_points
    {%- endfor %}
)

select
    unpivot_criteria.client_id,
    unpivot_criteria.scorecard,
    unpivot_criteria.version,
    unpivot_criteria.criterion,
    unpivot_criteria.normalization,
    cast(unpivot_criteria.metric_value as decimal(18, 6)) as metric_value,
    cast(unpivot_criteria.fixed_points as decimal(5, 2)) as fixed_points,
    cast(unpivot_criteria.value_age_months as integer) as value_age_months,
    unpivot_criteria.metric_value is not null as is_known,
    unpivot_criteria.period_start
from unpivot_criteria
