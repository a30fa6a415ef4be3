with client_periods as (

    select * from {{ ref('int_client_periods') }}

),

order_metrics as (

    select * from {{ ref('int_metrics__orders') }}

),

tickets as (

    select * from {{ ref('stg_support_tickets') }}

),

counted_tickets as (

    select
        client_id,
        cast({{ dbt.date_trunc('month', 'opened_on') }} as date)
            as period_start,
        count(*) as ticket_count
    from tickets
    group by
        client_id,
        cast({{ dbt.date_trunc('month', 'opened_on') }} as date)

),

filled_periods as (

    select
        client_periods.client_id,
        client_periods.period_start,
        client_periods.period_number,
        order_metrics.orders_last_three_months,
        coalesce(counted_tickets.ticket_count, 0) as ticket_count
    from client_periods
    left join order_metrics
        on
            client_periods.client_id = order_metrics.client_id
            and client_periods.period_start = order_metrics.period_start
    left join counted_tickets
        on
            client_periods.client_id = counted_tickets.client_id
            and client_periods.period_start = counted_tickets.period_start

),

windowed_tickets as (

    select
        client_id,
        period_start,
        orders_last_three_months,
        cast(
            sum(ticket_count) over last_three_months as bigint
        ) as tickets_last_three_months
    from filled_periods
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
            '100 * tickets_last_three_months',
            'orders_last_three_months',
            input_decimals=0
        ) }} as ticket_rate
    from windowed_tickets

)

select * from calculated_metrics
