with orders as (
    select * from {{ ref('stg_orders') }}
),

list_clients as (
    select distinct
        client_id,
        -- The customers' names are their ids.
        client_id as client_name,
        cast(null as {{ dbt.type_string() }}) as acquisition_channel,
        cast(null as {{ dbt.type_string() }}) as region,
        cast(null as {{ dbt.type_string() }}) as category
    from orders
)

select * from list_clients
