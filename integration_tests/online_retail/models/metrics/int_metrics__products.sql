with client_periods as (
    select * from {{ ref('int_client_periods') }}
),

lines as (
    select * from {{ ref('stg_invoice_lines') }}
),

list_products as (
    select distinct
        client_id,
        stock_code,
        cast({{ dbt.date_trunc('month', 'invoiced_at') }} as date)
            as bought_in
    from lines
    where
        is_purchase
        and is_product
),

-- The period and the eleven months before it.
open_windows as (
    select
        client_id,
        cast(
            {{ dbt.dateadd('month', -11, 'period_start') }} as date
        ) as first_month,
        period_start
    from client_periods
),

count_products as (
    select
        open_windows.client_id,
        count(distinct list_products.stock_code) as products,
        open_windows.period_start
    from open_windows
    inner join list_products
        on
            open_windows.client_id = list_products.client_id
            and open_windows.first_month <= list_products.bought_in
            and open_windows.period_start >= list_products.bought_in
    group by
        open_windows.client_id,
        open_windows.period_start
)

select * from count_products
