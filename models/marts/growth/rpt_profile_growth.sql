{{ config(pre_hook="{{ client_profiles.plan_compiled_sql() }}") }}
{#- What was, then what is expected, each forecast beside the errors that the
    same way of forecasting made before. Origins with less than half a year of
    transitions behind them say little about it. -#}
{%- set needed = 6 -%}
{%- set clients = client_profiles.large_integer('profile_periods.clients') -%}
with profile_periods as (
    select * from {{ ref('int_profile_periods') }}
),

forecasts as (
    select * from {{ ref('int_profile_forecasts') }}
),

profiles as (
    select * from {{ ref('stg_profiles') }}
),

find_last_periods as (
    select
        profile_periods.scorecard,
        max(profile_periods.period_start) as last_period
    from profile_periods
    group by profile_periods.scorecard
),

sum_errors as (
    select
        forecasts.scorecard,
        forecasts.profile,
        forecasts.horizon,
        count(*) as backtests,
        sum(abs(forecasts.expected_clients - forecasts.actual_clients))
            as forecast_error,
        sum(abs(forecasts.clients_at_origin - forecasts.actual_clients))
            as naive_error
    from forecasts
    where
        forecasts.observed_periods >= {{ needed }}
        and forecasts.actual_clients is not null
    group by forecasts.scorecard, forecasts.profile, forecasts.horizon
),

expect_revenue as (
    select
        forecasts.*,
        cast(
            case
                when profile_periods.revenue < 0 then -0.000001
                else 0.000001
            end
            * cast({{ client_profiles.large_integer_divide(
                '2 * '
                    ~ client_profiles.large_integer(
                        'abs(profile_periods.revenue)'
                    )
                    ~ ' * '
                    ~ client_profiles.large_integer(
                        'forecasts.expected_clients'
                    )
                    ~ ' + ' ~ clients,
                'nullif(2 * ' ~ clients ~ ', 0)'
            ) }} as bigint)
            as decimal(28, 6)
        ) as expected_revenue
    from forecasts
    inner join find_last_periods
        on
            forecasts.scorecard = find_last_periods.scorecard
            and forecasts.origin_period = find_last_periods.last_period
    inner join profile_periods
        on
            forecasts.scorecard = profile_periods.scorecard
            and forecasts.profile = profile_periods.profile
            and forecasts.origin_period = profile_periods.period_start
),

combine as (
    select
        profile_periods.scorecard,
        profile_periods.profile,
        profile_periods.version,
        profile_periods.rules_fingerprint,
        cast(null as integer) as horizon,
        cast(null as integer) as observed_periods,
        cast(profile_periods.clients as decimal(18, 6)) as clients,
        cast(profile_periods.entered as decimal(18, 6)) as entered,
        cast(profile_periods.exited as decimal(18, 6)) as exited,
        profile_periods.revenue,
        false as is_forecast,
        profile_periods.period_start
    from profile_periods
    union all
    select
        expect_revenue.scorecard,
        expect_revenue.profile,
        cast(null as {{ dbt.type_string() }}) as version,
        cast(null as {{ dbt.type_string() }}) as rules_fingerprint,
        expect_revenue.horizon,
        expect_revenue.observed_periods,
        expect_revenue.expected_clients as clients,
        expect_revenue.expected_entered as entered,
        expect_revenue.expected_exited as exited,
        expect_revenue.expected_revenue as revenue,
        true as is_forecast,
        expect_revenue.period_start
    from expect_revenue
),

add_totals as (
    select
        combine.*,
        combine.entered - combine.exited as net_growth,
        combine.clients - combine.entered + combine.exited as clients_before,
        sum(combine.clients) over (
            partition by combine.scorecard, combine.period_start
        ) as all_clients,
        sum(combine.revenue) over (
            partition by combine.scorecard, combine.period_start
        ) as all_revenue
    from combine
)

select
    add_totals.scorecard,
    add_totals.profile,
    profiles.label as profile_label,
    add_totals.version,
    add_totals.rules_fingerprint,
    profiles.rank as profile_rank,
    add_totals.horizon,
    add_totals.clients,
    add_totals.entered,
    add_totals.exited,
    cast(add_totals.net_growth as decimal(18, 6)) as net_growth,
    {{ client_profiles.exact_ratio(
        'add_totals.net_growth', 'add_totals.clients_before', input_decimals=6
    ) }} as growth_rate,
    {{ client_profiles.exact_ratio(
        'add_totals.clients', 'add_totals.all_clients', input_decimals=6
    ) }} as share_of_clients,
    add_totals.revenue,
    {{ client_profiles.exact_ratio(
        'add_totals.revenue', 'add_totals.all_revenue'
    ) }} as share_of_revenue,
    add_totals.observed_periods,
    cast(
        case
            when add_totals.is_forecast then coalesce(sum_errors.backtests, 0)
        end as integer
    ) as backtests,
    {%- for error in ['forecast_error', 'naive_error'] %}
    cast(
        0.000001 * cast({{ client_profiles.large_integer_divide(
            '2 * ' ~ client_profiles.large_integer('sum_errors.' ~ error)
                ~ ' + sum_errors.backtests',
            '2 * sum_errors.backtests'
        ) }} as bigint)
        as decimal(18, 6)
    ) as mean_absolute_{{ error }},
    {%- endfor %}
    sum_errors.forecast_error < sum_errors.naive_error as is_better_than_naive,
    profiles.is_ideal,
    add_totals.is_forecast,
    add_totals.period_start
from add_totals
inner join profiles
    on
        add_totals.scorecard = profiles.scorecard
        and add_totals.profile = profiles.profile
left join sum_errors
    on
        add_totals.scorecard = sum_errors.scorecard
        and add_totals.profile = sum_errors.profile
        and add_totals.horizon = sum_errors.horizon
