with source as (

    select * from {{ ref('raw_clients') }}

),

cleaned as (

    select
        nullif(trim(client_id), '') as client_id,
        nullif(trim(client_name), '') as client_name,
        nullif(trim(acquisition_channel), '') as acquisition_channel,
        nullif(trim(region), '') as region,
        nullif(trim(category), '') as category
    from source

)

select * from cleaned
