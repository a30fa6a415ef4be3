with client_periods as (
    select * from {{ ref('int_client_periods') }}
),

lines as (
    select * from {{ ref('stg_invoice_lines') }}
),

list_purchases as (
    select
        client_id,
        stock_code,
        cast({{ dbt.date_trunc('month', 'invoiced_at') }} as date)
            as bought_in
    from lines
    where
        is_purchase
        and is_product
),

-- A product counts for the month it was bought in and the eleven after it, once:
-- until it is bought again, from when on it counts anew. What is bought twice in a
-- month begins and ends there the first time, and so counts once without `distinct`,
-- which PostgreSQL would take minutes for with parallel workers.
follow_products as (
    select
        client_id,
        bought_in,
        cast({{ dbt.dateadd('month', 12, 'bought_in') }} as date)
            as forgotten_in,
        lead(bought_in) over (
            partition by client_id, stock_code
            order by bought_in
        ) as bought_again_in
    from list_purchases
),

-- To join every month with the twelve before it would take each purchase twelve times.
list_changes as (
    select
        client_id,
        1 as change,
        bought_in as period_start
    from follow_products
    union all
    select
        client_id,
        -1 as change,
        case
            when bought_again_in < forgotten_in then bought_again_in
            else forgotten_in
        end as period_start
    from follow_products
),

sum_changes as (
    select
        client_id,
        sum(change) as change,
        period_start
    from list_changes
    group by
        client_id,
        period_start
),

-- A client has a row for every month since its first purchase.
count_products as (
    select
        client_periods.client_id,
        cast(
            sum(coalesce(sum_changes.change, 0)) over (
                partition by client_periods.client_id
                order by client_periods.period_start
                rows between unbounded preceding and current row
            ) as bigint
        ) as products,
        client_periods.period_start
    from client_periods
    left join sum_changes
        on
            client_periods.client_id = sum_changes.client_id
            and client_periods.period_start = sum_changes.period_start
)

select * from count_products
where products > 0
