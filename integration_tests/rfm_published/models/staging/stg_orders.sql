with clean_rows as (
    {{ client_profiles.clean_source('rfm_published.orders') }}
),

type_columns as (
    select
        customer_id as client_id,
        cast(revenue as decimal(18, 2)) as revenue,
        order_date as ordered_on
    from clean_rows
)

select * from type_columns
