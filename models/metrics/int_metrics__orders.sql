with client_periods as (

    select * from {{ ref('int_client_periods') }}

),

orders as (

    select * from {{ ref('stg_orders') }}

),

summed_orders as (

    select
        client_id,
        cast({{ dbt.date_trunc('month', 'ordered_on') }} as date)
            as period_start,
        cast(sum(order_count) as bigint) as order_count
    from orders
    group by
        client_id,
        cast({{ dbt.date_trunc('month', 'ordered_on') }} as date)

),

filled_periods as (

    -- Every order is recorded, so a month without any has zero orders.
    select
        client_periods.client_id,
        client_periods.period_start,
        client_periods.period_number,
        coalesce(summed_orders.order_count, 0) as order_count
    from client_periods
    left join summed_orders
        on
            client_periods.client_id = summed_orders.client_id
            and client_periods.period_start = summed_orders.period_start

),

windowed_orders as (

    -- Ranges over the number of the month, not over rows: a client that left
    -- and came back has no rows in between.
    select
        client_id,
        period_start,
        cast(
            sum(order_count) over last_three_months as bigint
        ) as orders_last_three_months,
        count(*) over last_three_months as months_in_last_three,
        cast(
            sum(order_count) over three_months_before as bigint
        ) as orders_three_months_before,
        count(*) over last_six_months as months_in_last_six
    from filled_periods
    window
        last_three_months as (
            partition by client_id
            order by period_number
            range between 2 preceding and current row
        ),
        three_months_before as (
            partition by client_id
            order by period_number
            range between 5 preceding and 3 preceding
        ),
        last_six_months as (
            partition by client_id
            order by period_number
            range between 5 preceding and current row
        )

),

comparable_orders as (

    -- A trend compares two times three months, so it takes all six.
    select
        client_id,
        period_start,
        orders_last_three_months,
        months_in_last_three,
        case
            when months_in_last_six = 6 then orders_three_months_before
        end as orders_before_that
    from windowed_orders

),

calculated_metrics as (

    select
        client_id,
        period_start,
        orders_last_three_months,
        {{ client_profiles.exact_ratio(
            'orders_last_three_months',
            'months_in_last_three',
            input_decimals=0
        ) }} as order_volume,
        {{ client_profiles.exact_ratio(
            'orders_last_three_months',
            'orders_before_that',
            input_decimals=0
        ) }} as order_trend
    from comparable_orders

)

select * from calculated_metrics
