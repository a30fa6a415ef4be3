with orders as (
    select * from {{ ref('stg_orders') }}
),

find_first_orders as (
    select
        client_id,
        min(ordered_on) as starts_on,
        cast(null as date) as ends_on
    from orders
    group by client_id
),

list_periods as (
    {{ client_profiles.client_period_spine(spells='find_first_orders') }}
),

date_periods as (
    select
        client_id,
        period_start,
        cast({{ dbt.last_day('period_start', 'month') }} as date) as period_end
    from list_periods
),

-- Each period knows the orders up to its last day.
sum_orders as (
    select
        date_periods.client_id,
        count(*) as orders,
        cast(sum(orders.revenue) as decimal(18, 2)) as revenue,
        min(orders.ordered_on) as first_order_on,
        max(orders.ordered_on) as last_order_on,
        date_periods.period_start,
        date_periods.period_end
    from date_periods
    inner join orders
        on
            date_periods.client_id = orders.client_id
            and date_periods.period_end >= orders.ordered_on
    group by
        date_periods.client_id,
        date_periods.period_start,
        date_periods.period_end
),

calculate_metrics as (
    select
        client_id,
        {{ client_profiles.months_between('first_order_on', 'period_start') }}
            as tenure_months,
        {{ dbt.datediff('last_order_on', 'period_end', 'day') }}
            as recency_days,
        orders,
        revenue,
        period_start
    from sum_orders
)

select * from calculate_metrics
