{#- A select statement that gives every client's points on every criterion, and
    their weighted sums, in every period that the versions judge.

    versions: entries of scorecard_rules(); one with `only_periods`, a list of
      ISO texts, judges these periods instead of those of its dates
    usage: result of rule_usage(), whose columns come out, for these versions
      or for more
    metric_history: relation of int_metric_history
    returns: the columns of int_client_points                              -#}
{% macro points_by_version(versions, usage, metric_history) -%}
with metric_history as (
    select * from {{ metric_history }}
),

keep_complete_periods as (
    select
        metric_history.client_id,
        metric_history.tenure_months,
        {%- for metric in usage.metrics %}
        metric_history.{{ metric }} as metric__{{ metric }},
        {%- endfor %}
        metric_history.period_start
    from metric_history
    where
        metric_history.period_start
        < cast('{{ client_profiles.first_open_period() }}' as date)
),
{%- if usage.carried_metrics %}
{%- set over_months -%}
            over (
                partition by keep_complete_periods.client_id
                order by keep_complete_periods.period_start
            )
{%- endset %}

-- The months before, in one window for all metrics. A client's rows may have
-- gaps, so how many months back a row lies is read off its period.
look_back as (
    select
        keep_complete_periods.*
        {%- for age in range(1, usage.maximum_age_months + 1) %},
        {{ client_profiles.months_between(
            'lag(keep_complete_periods.period_start, ' ~ age ~ ') '
                ~ over_months,
            'keep_complete_periods.period_start'
        ) }} as age_{{ age }}
        {%- for metric in usage.carried_metrics %},
        lag(keep_complete_periods.metric__{{ metric }}, {{ age }})
            {{ over_months }} as metric__{{ metric }}_{{ age }}
        {%- endfor %}
        {%- endfor %}
    from keep_complete_periods
),

carry_last_known as (
    select
        look_back.*
        {%- for metric in usage.carried_metrics %},
        coalesce(
            look_back.metric__{{ metric }}
            {%- for age in range(1, usage.maximum_age_months + 1) %},
            look_back.metric__{{ metric }}_{{ age }}
            {%- endfor %}
        ) as known__{{ metric }},
        case
            when look_back.metric__{{ metric }} is not null then 0
            {%- for age in range(1, usage.maximum_age_months + 1) %}
            when look_back.metric__{{ metric }}_{{ age }} is not null
                then look_back.age_{{ age }}
            {%- endfor %}
        end as age__{{ metric }}
        {%- endfor %}
    from look_back
    {{- client_profiles.rows_kept() }}
),
{%- endif %}
{%- set values = 'carry_last_known' if usage.carried_metrics
    else 'keep_complete_periods' %}
{%- for version in versions %}
{%- set step = 'version_' ~ loop.index %}
{%- set whole = version.criteria | sum(attribute='weight') %}

-- {{ version.scorecard }}, version {{ version.version }} ({{ version.status }})
{{ step }}_values as (
    select
        {{ values }}.client_id,
        {{ values }}.tenure_months,
        {%- for metric in usage.gate_metrics %}
        {{ values }}.metric__{{ metric }},
        {%- endfor %}
        {%- for criterion in version.criteria %}
        {%- if criterion.maximum_age_months > 0 %}
        case
            when
                {{ values }}.age__{{ criterion.metric }}
                <= {{ criterion.maximum_age_months }}
                then {{ values }}.known__{{ criterion.metric }}
        end as {{ criterion.criterion }}__metric,
        case
            when
                {{ values }}.age__{{ criterion.metric }}
                <= {{ criterion.maximum_age_months }}
                then {{ values }}.age__{{ criterion.metric }}
        end as {{ criterion.criterion }}__age,
        {%- else %}
        {{ values }}.metric__{{ criterion.metric }}
            as {{ criterion.criterion }}__metric,
        case
            when {{ values }}.metric__{{ criterion.metric }} is not null then 0
        end as {{ criterion.criterion }}__age,
        {%- endif %}
        {%- endfor %}
        {{ values }}.period_start
    from {{ values }}
    where
        {%- if version.only_periods is defined %}
        cast({{ values }}.period_start as {{ dbt.type_string() }})
        in ('{{ version.only_periods | join("', '") }}')
        {%- else %}
        {{ values }}.period_start >= cast('{{ version.scored_from }}' as date)
        {%- if version.scored_to is not none %}
        and {{ values }}.period_start < cast('{{ version.scored_to }}' as date)
        {%- endif %}
        {%- endif %}
),

{{ step }}_known as (
    select
        {{ step }}_values.*,
        {{ whole }}
        {%- for criterion in version.criteria %}
        - case
            when {{ step }}_values.{{ criterion.criterion }}__metric is null
                then {{ criterion.weight }}
            else 0
        end
        {%- endfor %} as known_weight
    from {{ step }}_values
),

{{ step }}_requirements as (
    select
        {{ step }}_known.*,
        case
            when
                coalesce({{ step }}_known.tenure_months, 0)
                < {{ version.minimum_tenure_months }}
                then 'tenure'
            when {{ step }}_known.known_weight = 0 then 'nothing_known'
            when {{ step }}_known.known_weight < {{ version.minimum_coverage }}
                then 'coverage'
        end as ineligibility_reason
    from {{ step }}_known
),

{{ step }}_judged as (
    select
        {{ step }}_requirements.*
        {%- for criterion in version.criteria %},
        {{ client_profiles.normalized_value(criterion, step ~ '_requirements') }}
            as {{ criterion.criterion }}__value
        {%- endfor %}
    from {{ step }}_requirements
),

{{ step }}_points as (
    select
        {{ step }}_judged.*
        {%- for criterion in version.criteria %}
        {%- set value = step ~ '_judged.' ~ criterion.criterion ~ '__value' %},
        {{ client_profiles.band_case(value, criterion.bands, 'band') }}
            as {{ criterion.criterion }}__band,
        {{ client_profiles.band_case(
            value,
            criterion.bands,
            'points',
            missing=client_profiles.missing_points(criterion),
        ) }}
            as {{ criterion.criterion }}__points,
        {{ client_profiles.band_case(
            value,
            criterion.bands,
            'weighted',
            criterion.weight,
            client_profiles.missing_weighted_points(criterion),
        ) }}
            as {{ criterion.criterion }}__weighted
        {%- endfor %}
    from {{ step }}_judged
),

{{ step }}_sums as (
    select
        {{ step }}_points.*,
        {%- for criterion in version.criteria %}
        {{ '+ ' if not loop.first -}}
        {{ step }}_points.{{ criterion.criterion }}__weighted
        {%- endfor %} as weighted_points
    from {{ step }}_points
),

{{ step }}_weighted as (
    select
        {{ step }}_sums.client_id,
        '{{ version.scorecard }}' as scorecard,
        '{{ version.version }}' as version,
        '{{ version.status }}' as status,
        '{{ version.fingerprint }}' as rules_fingerprint,
        {{ step }}_sums.ineligibility_reason,
        {{ step }}_sums.tenure_months,
        {{ step }}_sums.known_weight,
        {{ step }}_sums.weighted_points,
        cast(
            {{ whole }}
            {%- for criterion in version.criteria
                if criterion.missing_value_policy == 'exclude' %}
            - case
                when {{ step }}_sums.{{ criterion.criterion }}__value is null
                    then {{ criterion.weight }}
                else 0
            end
            {%- endfor %}
            as bigint
        ) as available_weight,
        {%- for end in ['lowest', 'highest'] %}
        -- What the missing values would add; few rows have any.
        {{ step }}_sums.weighted_points + case
            when {{ step }}_sums.known_weight = {{ whole }}
                then cast(0 as bigint)
            else cast(
                {%- for criterion in version.criteria %}
                {{ '+ ' if not loop.first -}}
                case
                    when {{ step }}_sums.{{ criterion.criterion }}__value is null
                        then {{ client_profiles.added_when_known(criterion, end) }}
                    else cast(0 as bigint)
                end
                {%- endfor %}
                as bigint
            )
        end as {{ end }}_weighted_points,
        {%- endfor %}
        {%- for metric in usage.gate_metrics %}
        {{ step }}_sums.metric__{{ metric }},
        {%- endfor %}
        {%- set judged = version.criteria | map(attribute='criterion') | list %}
        {%- for name in usage.criteria %}
        {%- if name in judged %}
        {{ step }}_sums.{{ name }}__metric,
        {{ step }}_sums.{{ name }}__age,
        {{ step }}_sums.{{ name }}__value,
        {{ step }}_sums.{{ name }}__band,
        {{ step }}_sums.{{ name }}__points,
        {%- else %}
        cast(null as decimal(18, 6)) as {{ name }}__metric,
        cast(null as integer) as {{ name }}__age,
        cast(null as decimal(18, 6)) as {{ name }}__value,
        cast(null as {{ dbt.type_string() }}) as {{ name }}__band,
        cast(null as decimal(5, 2)) as {{ name }}__points,
        {%- endif %}
        {%- endfor %}
        {{ step }}_sums.period_start
    from {{ step }}_sums
),
{%- endfor %}

combine_versions as (
    {%- for version in versions %}
    {{ 'union all' if not loop.first }}
    select * from version_{{ loop.index }}_weighted
    {%- else %}
    select * from keep_complete_periods
    {%- endfor %}
)

select * from combine_versions
{%- endmacro %}
