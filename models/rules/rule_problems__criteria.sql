-- Weights sum to exactly 1; the bands of a criterion cover every number once;
-- metrics exist and are exact numbers.
{%- set metrics = client_profiles.metric_columns() %}
with versions as (
    select * from {{ ref('stg_scorecard_versions') }}
),

criteria as (
    select * from {{ ref('stg_criteria') }}
),

weights as (
    select * from {{ ref('stg_criterion_weights') }}
),

bands as (
    select * from {{ ref('stg_score_bands') }}
),

sum_weights as (
    select
        versions.scorecard,
        versions.version,
        coalesce(sum(weights.weight), 0) as total_weight
    from versions
    left join weights
        on
            versions.scorecard = weights.scorecard
            and versions.version = weights.version
    group by versions.scorecard, versions.version
),

find_wrong_sums as (
    select
        'criterion_weights' as seed,
        {{ client_profiles.line_key(['scorecard', 'version'], 'sum_weights') }}
            as line_key,
        'weight' as column_name,
        cast(sum_weights.total_weight as {{ dbt.type_string() }}) as value,
        'the weights do not sum to exactly 1' as problem,
        'change the weights of this version by '
        || cast(1 - sum_weights.total_weight as {{ dbt.type_string() }})
        || ' in all' as advice
    from sum_weights
    where sum_weights.total_weight <> 1
),

find_criteria_without_bands as (
    select
        'score_bands' as seed,
        {{ client_profiles.line_key(
            ['scorecard', 'version', 'criterion'], 'weights'
        ) }} as line_key,
        'band' as column_name,
        cast(null as {{ dbt.type_string() }}) as value,
        'the criterion has a weight but no bands' as problem,
        'add its bands, or take its weight away' as advice
    from weights
    left join bands
        on
            weights.scorecard = bands.scorecard
            and weights.version = bands.version
            and weights.criterion = bands.criterion
    where bands.criterion is null
),

-- The lowest band has no lower bound, so nulls must come first on every engine.
order_bands as (
    select
        bands.scorecard,
        bands.version,
        bands.criterion,
        bands.band,
        bands.lower_bound,
        bands.upper_bound,
        row_number() over (
            partition by bands.scorecard, bands.version, bands.criterion
            order by
                case when bands.lower_bound is null then 0 else 1 end,
                bands.lower_bound,
                bands.band
        ) as band_order
    from bands
),

follow_bands as (
    select
        order_bands.*,
        lead(order_bands.band) over (
            partition by
                order_bands.scorecard,
                order_bands.version,
                order_bands.criterion
            order by order_bands.band_order
        ) as next_band,
        lead(order_bands.lower_bound) over (
            partition by
                order_bands.scorecard,
                order_bands.version,
                order_bands.criterion
            order by order_bands.band_order
        ) as next_lower_bound
    from order_bands
),

judge_bands as (
    select
        follow_bands.*,
        case
            when follow_bands.lower_bound >= follow_bands.upper_bound
                then 'lower_bound is not below upper_bound'
            when
                follow_bands.band_order = 1
                and follow_bands.lower_bound is not null
                then 'values below the lowest band have no points'
            when
                follow_bands.next_band is null
                and follow_bands.upper_bound is not null
                then 'values above the highest band have no points'
            when
                follow_bands.next_band is not null
                and (
                    follow_bands.upper_bound is null
                    or follow_bands.next_lower_bound is null
                    or follow_bands.upper_bound > follow_bands.next_lower_bound
                )
                then 'the band overlaps band ' || follow_bands.next_band
            when follow_bands.upper_bound < follow_bands.next_lower_bound
                then 'there is a gap before band ' || follow_bands.next_band
        end as problem
    from follow_bands
),

find_wrong_bands as (
    select
        'score_bands' as seed,
        {{ client_profiles.line_key(
            ['scorecard', 'version', 'criterion', 'band'], 'judge_bands'
        ) }} as line_key,
        'lower_bound, upper_bound' as column_name,
        coalesce(
            cast(judge_bands.lower_bound as {{ dbt.type_string() }}), '(open)'
        )
        || ' to '
        || coalesce(
            cast(judge_bands.upper_bound as {{ dbt.type_string() }}), '(open)'
        ) as value,
        judge_bands.problem,
        'make each upper_bound equal the next lower_bound, with the lowest '
        || 'band open below and the highest open above' as advice
    from judge_bands
    where judge_bands.problem is not null
),

find_unusable_metrics as (
    select
        'criteria' as seed,
        {{ client_profiles.line_key(['criterion'], 'criteria') }} as line_key,
        'metric' as column_name,
        criteria.metric as value,
        'int_client_metrics has no exact number of this name' as problem,
        'use one of its columns'
        {%- for metric in metrics %}
        || '{{ ": " if loop.first else ", " }}{{ metric }}'
        {%- endfor %}
        || '; or add this one as an integer or a decimal' as advice
    from criteria
    where criteria.metric not in (
        {%- for metric in metrics %}
        '{{ metric }}'{{ ',' if not loop.last }}
        {%- else %}
        ''
        {%- endfor %}
    )
),

find_actions_without_effort as (
    select
        'criteria' as seed,
        {{ client_profiles.line_key(['criterion'], 'criteria') }} as line_key,
        'effort' as column_name,
        cast(null as {{ dbt.type_string() }}) as value,
        'the criterion is actionable, but its effort is empty' as problem,
        'write 1, or more if it is harder than others' as advice
    from criteria
    where criteria.is_actionable and criteria.effort is null
),

-- Every month back costs a column of the scoring.
find_too_old_values as (
    select
        'criterion_weights' as seed,
        {{ client_profiles.line_key(
            ['scorecard', 'version', 'criterion'], 'weights'
        ) }} as line_key,
        'maximum_age_months' as column_name,
        cast(weights.maximum_age_months as {{ dbt.type_string() }}) as value,
        'a value cannot stand in for a missing one that long' as problem,
        'write 36 or less' as advice
    from weights
    where weights.maximum_age_months > 36
),

combine as (
    select * from find_wrong_sums
    union all
    select * from find_criteria_without_bands
    union all
    select * from find_wrong_bands
    union all
    select * from find_unusable_metrics
    union all
    select * from find_actions_without_effort
    union all
    select * from find_too_old_values
)

select * from combine
