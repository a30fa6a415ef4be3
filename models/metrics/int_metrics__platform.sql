with client_periods as (

    select * from {{ ref('int_client_periods') }}

),

sessions as (

    select * from {{ ref('stg_platform_sessions') }}

),

summed_actions as (

    select
        client_id,
        cast({{ dbt.date_trunc('month', 'session_date') }} as date)
            as period_start,
        cast(sum(self_served_actions) as bigint) as self_served_actions,
        cast(sum(self_served_actions + assisted_actions) as bigint)
            as all_actions
    from sessions
    group by
        client_id,
        cast({{ dbt.date_trunc('month', 'session_date') }} as date)

),

matched_periods as (

    -- Months without platform data stay null: the log may be missing.
    select
        client_periods.client_id,
        client_periods.period_start,
        client_periods.period_number,
        summed_actions.self_served_actions,
        summed_actions.all_actions
    from client_periods
    left join summed_actions
        on
            client_periods.client_id = summed_actions.client_id
            and client_periods.period_start = summed_actions.period_start

),

windowed_actions as (

    select
        client_id,
        period_start,
        cast(
            sum(self_served_actions) over last_three_months as bigint
        ) as self_served_actions,
        cast(
            sum(all_actions) over last_three_months as bigint
        ) as all_actions
    from matched_periods
    window
        last_three_months as (
            partition by client_id
            order by period_number
            range between 2 preceding and current row
        )

),

calculated_metrics as (

    select
        client_id,
        period_start,
        {{ client_profiles.exact_ratio(
            'self_served_actions',
            'all_actions',
            input_decimals=0
        ) }} as self_service_rate
    from windowed_actions

)

select * from calculated_metrics
