{{ config(pre_hook="{{ client_profiles.plan_compiled_sql() }}") }}
with score_effects as (
    select * from {{ ref('int_score_effects') }}
    where
        period_start < cast('{{ client_profiles.first_open_period() }}' as date)
),

score_changes as (
    select * from {{ ref('int_score_changes') }}
    where is_consecutive
),

gate_changes as (
    select * from {{ ref('int_gate_changes') }}
),

override_changes as (
    select * from {{ ref('int_override_changes') }}
),

movements as (
    select * from {{ ref('fct_profile_movements') }}
),

assigned_profiles as (
    select * from {{ ref('fct_client_profiles') }}
),

metric_labels as (
    select * from {{ ref('int_metric_labels') }}
),

criteria as (
    select * from {{ ref('stg_criteria') }}
),

-- What a driver changes: own values and missing data the metric, the others
-- the place of a value, bands the points of a value, weights the weight.
describe_effects as (
    select
        score_effects.client_id,
        score_effects.scorecard,
        score_effects.driver,
        score_effects.criterion,
        score_changes.criterion_label as metric_label,
        score_changes.metric,
        cast(null as {{ dbt.type_string() }}) as rule,
        cast(null as {{ dbt.type_string() }}) as subject,
        score_effects.version_before,
        score_effects.version,
        score_effects.rules_fingerprint,
        score_changes.unit,
        case
            when score_effects.driver in ('population', 'weight') then 'percent'
            when score_effects.driver = 'band' then 'number'
            else score_changes.value_format
        end as value_format,
        score_effects.effect,
        case score_effects.driver
            when 'population' then score_changes.place_before
            when 'band' then score_changes.points_110
            when 'weight' then score_changes.weight_before
            else score_changes.metric_00
        end as value_before,
        case score_effects.driver
            when 'population' then score_changes.place_after
            when 'band' then score_changes.points_111
            when 'weight' then score_changes.weight_after
            else score_changes.metric_11
        end as value_after,
        score_effects.score_before,
        score_effects.score_after,
        cast(null as boolean) as is_before,
        cast(null as boolean) as is_after,
        score_effects.period_before,
        score_effects.period_start
    from score_effects
    inner join score_changes
        on
            score_effects.client_id = score_changes.client_id
            and score_effects.scorecard = score_changes.scorecard
            and score_effects.criterion = score_changes.criterion
            and score_effects.period_start = score_changes.period_start
),

word_effects as (
    select
        describe_effects.*,
        case describe_effects.driver
            when 'population'
                then
                    describe_effects.metric_label
                    || {{ dbt.string_literal(dbt.escape_single_quotes(
                        ": other clients' values changed; "
                    )) }}
                    || 'the same value is now at '
                    || {{ client_profiles.readable_value(
                    'describe_effects.value_after', "'percent'"
                ) }}
                    || ' of the way from lowest to highest instead of '
                    || {{ client_profiles.readable_value(
                    'describe_effects.value_before', "'percent'"
                ) }}
            when 'band'
                then
                    describe_effects.metric_label
                    || ': the same value is worth '
                    || coalesce({{ client_profiles.readable_value(
                    'describe_effects.value_after', "'number'"
                ) }} || ' points', 'no points')
                    || ' instead of '
                    || coalesce({{ client_profiles.readable_value(
                    'describe_effects.value_before', "'number'"
                ) }}, 'none')
            when 'weight'
                then
                    'Weight of ' || describe_effects.metric_label
                    || ' changed from '
                    || {{ client_profiles.readable_value(
                    'describe_effects.value_before', "'percent'"
                ) }}
                    || ' to '
                    || {{ client_profiles.readable_value(
                    'describe_effects.value_after', "'percent'"
                ) }}
            else {{ client_profiles.change_in_words('describe_effects') }}
        end as description
    from describe_effects
),

word_gates as (
    select
        gate_changes.*,
        case
            when gate_changes.subject = 'points' then gate_changes.subject_name
        end as criterion,
        case
            when gate_changes.subject = 'metric'
                then lower(gate_changes.subject_name)
            when gate_changes.subject = 'points' then criteria.metric
        end as metric,
        case
            when gate_changes.subject = 'metric'
                then coalesce(
                    metric_labels.label, lower(gate_changes.subject_name)
                )
            when gate_changes.subject = 'points' then criteria.label
        end as metric_label,
        case
            when gate_changes.subject = 'metric'
                then coalesce(metric_labels.value_format, 'number')
            else 'number'
        end as value_format
    from gate_changes
    left join metric_labels
        on
            gate_changes.subject = 'metric'
            and lower(gate_changes.subject_name) = metric_labels.metric
    left join criteria
        on
            gate_changes.subject = 'points'
            and gate_changes.subject_name = criteria.criterion
),

ask_gates as (
    select
        word_gates.*,
        case word_gates.subject
            when 'score' then 'the score'
            when 'points'
                then 'the number of points of ' || word_gates.metric_label
            else word_gates.metric_label
        end as looked_at,
        {%- for side, lower, upper in [
            ('before', 'lower_bound_before', 'upper_bound_before'),
            ('after', 'lower_bound', 'upper_bound'),
        ] %}
        nullif(
            coalesce('at least ' || {{ client_profiles.readable_value(
                'word_gates.' ~ lower, 'word_gates.value_format'
            ) }}, '')
            || case
                when
                    word_gates.{{ lower }} is not null
                    and word_gates.{{ upper }} is not null
                    then ' and '
                else ''
            end
            || coalesce('below ' || {{ client_profiles.readable_value(
                'word_gates.' ~ upper, 'word_gates.value_format'
            ) }}, ''),
            ''
        ) as asked_{{ side }},
        {%- endfor %}
        1 as one
    from word_gates
),

describe_waits as (
    select
        movements.client_id,
        movements.scorecard,
        movements.to_profile,
        movements.from_version,
        movements.to_version,
        movements.rules_fingerprint,
        movements.score_before,
        movements.score_after,
        assigned_profiles.computed_periods,
        cast(
            {{ dbt.dateadd('month', -1, 'movements.period_start') }} as date
        ) as period_before,
        movements.period_start
    from movements
    inner join assigned_profiles
        on
            movements.client_id = assigned_profiles.client_id
            and movements.scorecard = assigned_profiles.scorecard
            and movements.period_start = assigned_profiles.period_start
    where
        movements.from_profile is not null
        and assigned_profiles.assignment_source = 'rules'
        and assigned_profiles.computed_profile = movements.to_profile
        and assigned_profiles.computed_periods > 1
        -- A profile that only a decision by hand had hidden did not wait.
        and not exists (
            select 1 as found
            from override_changes
            where
                override_changes.client_id = movements.client_id
                and override_changes.scorecard = movements.scorecard
                and override_changes.period_start = movements.period_start
        )
),

combine as (
    select
        word_effects.client_id,
        word_effects.scorecard,
        word_effects.driver,
        word_effects.criterion,
        word_effects.metric_label,
        word_effects.metric,
        word_effects.rule,
        word_effects.subject,
        word_effects.description,
        word_effects.version_before,
        word_effects.version,
        word_effects.rules_fingerprint,
        word_effects.effect,
        word_effects.value_before,
        word_effects.value_after,
        word_effects.score_before,
        word_effects.score_after,
        word_effects.is_before,
        word_effects.is_after,
        word_effects.period_before,
        word_effects.period_start
    from word_effects
    union all
    select
        ask_gates.client_id,
        ask_gates.scorecard,
        'gate' as driver,
        ask_gates.criterion,
        ask_gates.metric_label,
        ask_gates.metric,
        ask_gates.rule,
        ask_gates.subject,
        'Rule ' || ask_gates.rule || ': ' || ask_gates.looked_at
        || case
            when ask_gates.asked_after is null
                then ' no longer has to be ' || ask_gates.asked_before
            when ask_gates.asked_before is null
                then
                    ' now has to be ' || ask_gates.asked_after
                    || ' and is not'
            when ask_gates.is_after
                then ' is now ' || ask_gates.asked_after
            else ' is no longer ' || ask_gates.asked_after
        end as description,
        ask_gates.version_before,
        ask_gates.version,
        ask_gates.rules_fingerprint,
        cast(null as decimal(8, 4)) as effect,
        ask_gates.value_before,
        ask_gates.value_after,
        ask_gates.score_before,
        ask_gates.score_after,
        ask_gates.is_before,
        ask_gates.is_after,
        ask_gates.period_before,
        ask_gates.period_start
    from ask_gates
    union all
    select
        override_changes.client_id,
        override_changes.scorecard,
        'override' as driver,
        cast(null as {{ dbt.type_string() }}) as criterion,
        cast(null as {{ dbt.type_string() }}) as metric_label,
        cast(null as {{ dbt.type_string() }}) as metric,
        cast(null as {{ dbt.type_string() }}) as rule,
        cast(null as {{ dbt.type_string() }}) as subject,
        case
            when override_changes.override_profile is null
                then
                    'The decision by hand for '
                    || override_changes.override_profile_before || ' ended ('
                    || override_changes.override_reason_before || ')'
            else
                'Placed in ' || override_changes.override_profile
                || ' by hand (' || override_changes.override_reason || ')'
        end as description,
        override_changes.version_before,
        override_changes.version,
        override_changes.rules_fingerprint,
        cast(null as decimal(8, 4)) as effect,
        cast(null as decimal(18, 6)) as value_before,
        cast(null as decimal(18, 6)) as value_after,
        override_changes.score_before,
        override_changes.score_after,
        override_changes.override_profile_before is not null as is_before,
        override_changes.override_profile is not null as is_after,
        override_changes.period_before,
        override_changes.period_start
    from override_changes
    union all
    select
        describe_waits.client_id,
        describe_waits.scorecard,
        'confirmation' as driver,
        cast(null as {{ dbt.type_string() }}) as criterion,
        cast(null as {{ dbt.type_string() }}) as metric_label,
        cast(null as {{ dbt.type_string() }}) as metric,
        cast(null as {{ dbt.type_string() }}) as rule,
        cast(null as {{ dbt.type_string() }}) as subject,
        'The rules have led to ' || describe_waits.to_profile || ' for '
        || cast(describe_waits.computed_periods as {{ dbt.type_string() }})
        || ' periods, which confirms it' as description,
        describe_waits.from_version as version_before,
        describe_waits.to_version as version,
        describe_waits.rules_fingerprint,
        cast(null as decimal(8, 4)) as effect,
        cast(null as decimal(18, 6)) as value_before,
        cast(describe_waits.computed_periods as decimal(18, 6)) as value_after,
        describe_waits.score_before,
        describe_waits.score_after,
        false as is_before,
        true as is_after,
        describe_waits.period_before,
        describe_waits.period_start
    from describe_waits
)

select
    {{ dbt_utils.generate_surrogate_key([
        'combine.client_id',
        'combine.scorecard',
        'combine.period_start',
        'combine.driver',
        'combine.criterion',
        'combine.metric',
        'combine.rule',
        'combine.subject',
    ]) }} as driver_id,
    combine.client_id,
    combine.scorecard,
    combine.driver,
    combine.criterion,
    combine.metric_label as criterion_label,
    combine.metric,
    combine.rule,
    combine.subject,
    combine.description,
    combine.version_before as from_version,
    combine.version as to_version,
    combine.rules_fingerprint,
    cast(combine.effect as decimal(8, 4)) as effect,
    cast(combine.value_before as decimal(18, 6)) as value_before,
    cast(combine.value_after as decimal(18, 6)) as value_after,
    combine.score_before,
    combine.score_after,
    combine.is_before,
    combine.is_after,
    combine.period_before,
    combine.period_start
from combine
