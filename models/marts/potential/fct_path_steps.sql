{{ config(pre_hook="{{ client_profiles.plan_compiled_sql() }}") }}
with path_levers as (
    select * from {{ ref('int_path_levers') }}
),

options as (
    select * from {{ ref('int_metric_options') }}
),

version_metrics as (
    select * from {{ ref('int_version_metrics') }}
),

observed_steps as (
    select * from {{ ref('int_observed_steps') }}
),

bands as (
    select * from {{ ref('stg_score_bands') }}
),

number_bands as (
    select
        bands.*,
        row_number() over (
            partition by bands.scorecard, bands.version, bands.criterion
            order by
                case when bands.lower_bound is null then 0 else 1 end,
                bands.lower_bound
        ) as band_number
    from bands
),

describe_levers as (
    select
        path_levers.*,
        version_metrics.criterion,
        version_metrics.label,
        version_metrics.unit,
        version_metrics.value_format,
        version_metrics.direction,
        version_metrics.improvement_action,
        options.computed_profile_now,
        options.effort,
        options.metric_order,
        options.value_now,
        options.value_needed,
        case
            when version_metrics.normalization is not null
                then options.band_number_now
        end as band_number_now,
        case
            when version_metrics.normalization is not null
                then options.band_number
        end as band_number_needed,
        row_number() over (
            partition by
                path_levers.client_id,
                path_levers.scorecard,
                path_levers.target_profile
            order by options.effort, options.metric_order
        ) as step_order
    from path_levers
    inner join version_metrics
        on
            path_levers.scorecard = version_metrics.scorecard
            and path_levers.metric = version_metrics.metric
    inner join options
        on
            path_levers.client_id = options.client_id
            and path_levers.scorecard = options.scorecard
            and path_levers.metric = options.metric
            and path_levers.steps = options.steps
),

list_needed_steps as (
    select distinct
        describe_levers.scorecard,
        describe_levers.computed_profile_now,
        describe_levers.criterion,
        describe_levers.direction,
        describe_levers.band_number_now,
        describe_levers.band_number_needed
    from describe_levers
),

count_observations as (
    select
        list_needed_steps.scorecard,
        list_needed_steps.computed_profile_now,
        list_needed_steps.criterion,
        list_needed_steps.band_number_now,
        list_needed_steps.band_number_needed,
        sum(observed_steps.clients) as similar_clients,
        sum(
            case
                when
                    list_needed_steps.direction = 'higher_is_better'
                    and observed_steps.best_band_number
                    >= list_needed_steps.band_number_needed
                    then observed_steps.clients
                when
                    list_needed_steps.direction = 'lower_is_better'
                    and observed_steps.best_band_number
                    <= list_needed_steps.band_number_needed
                    then observed_steps.clients
                else 0
            end
        ) as similar_clients_there
    from list_needed_steps
    inner join observed_steps
        on
            list_needed_steps.scorecard = observed_steps.scorecard
            and list_needed_steps.computed_profile_now
            = observed_steps.computed_profile
            and list_needed_steps.criterion = observed_steps.criterion
            and list_needed_steps.band_number_now = observed_steps.band_number
    group by
        list_needed_steps.scorecard,
        list_needed_steps.computed_profile_now,
        list_needed_steps.criterion,
        list_needed_steps.band_number_now,
        list_needed_steps.band_number_needed
),

put_into_words as (
    select
        describe_levers.*,
        {{ client_profiles.readable_value(
            'describe_levers.value_now', 'describe_levers.value_format'
        ) }} as value_now_text,
        {{ client_profiles.value_needed_in_words('describe_levers') }}
            as value_needed_text
    from describe_levers
)

select
    put_into_words.client_id,
    put_into_words.scorecard,
    put_into_words.version,
    put_into_words.target_profile,
    put_into_words.criterion,
    put_into_words.label as criterion_label,
    put_into_words.unit,
    bands_now.band as band_now,
    bands_now.label as band_now_label,
    bands_needed.band as band_needed,
    bands_needed.label as band_needed_label,
    put_into_words.value_now_text,
    put_into_words.value_needed_text,
    {{ client_profiles.lever_in_words('put_into_words') }} as sentence,
    put_into_words.improvement_action,
    put_into_words.rules_fingerprint,
    cast(put_into_words.step_order as integer) as step_order,
    cast(abs(put_into_words.steps) as integer) as steps,
    cast(put_into_words.effort as integer) as effort,
    cast(coalesce(count_observations.similar_clients, 0) as integer)
        as similar_clients,
    put_into_words.value_now,
    put_into_words.value_needed,
    cast({{ client_profiles.exact_ratio(
        'count_observations.similar_clients_there',
        'count_observations.similar_clients',
        input_decimals=0,
    ) }} as decimal(7, 6)) as observed_rate,
    coalesce(count_observations.similar_clients, 0)
    < {{ client_profiles.whole_number_var('small_group_clients', 10) }}
        as is_small_group,
    put_into_words.period_start
from put_into_words
left join count_observations
    on
        put_into_words.scorecard = count_observations.scorecard
        and put_into_words.computed_profile_now
        = count_observations.computed_profile_now
        and put_into_words.criterion = count_observations.criterion
        and put_into_words.band_number_now = count_observations.band_number_now
        and put_into_words.band_number_needed
        = count_observations.band_number_needed
left join number_bands as bands_now
    on
        put_into_words.scorecard = bands_now.scorecard
        and put_into_words.version = bands_now.version
        and put_into_words.criterion = bands_now.criterion
        and put_into_words.band_number_now = bands_now.band_number
left join number_bands as bands_needed
    on
        put_into_words.scorecard = bands_needed.scorecard
        and put_into_words.version = bands_needed.version
        and put_into_words.criterion = bands_needed.criterion
        and put_into_words.band_number_needed = bands_needed.band_number
