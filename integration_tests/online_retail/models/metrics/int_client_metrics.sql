with client_periods as (
    select * from {{ ref('int_client_periods') }}
),

purchases as (
    select * from {{ ref('int_metrics__purchases') }}
),

products as (
    select * from {{ ref('int_metrics__products') }}
),

join_metrics as (
    select
        client_periods.client_id,
        client_periods.tenure_months,
        purchases.orders_per_month,
        purchases.revenue_per_month,
        purchases.purchase_trend,
        purchases.cancelled_share,
        purchases.days_since_purchase,
        coalesce(products.products, 0) as products,
        client_periods.period_start
    from client_periods
    inner join purchases
        on
            client_periods.client_id = purchases.client_id
            and client_periods.period_start = purchases.period_start
    left join products
        on
            client_periods.client_id = products.client_id
            and client_periods.period_start = products.period_start
)

select * from join_metrics
