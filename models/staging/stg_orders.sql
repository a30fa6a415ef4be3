with source as (

    select * from {{ ref('raw_orders') }}

),

cleaned as (

    select
        nullif(trim(order_batch_id), '') as order_batch_id,
        nullif(trim(client_id), '') as client_id,
        cast(order_count as integer) as order_count,
        cast(item_count as integer) as item_count,
        cast(late_count as integer) as late_count,
        cast(ordered_on as date) as ordered_on
    from source

)

select * from cleaned
