with source as (

    select * from {{ ref('raw_contracts') }}

),

cleaned as (

    select
        nullif(trim(contract_id), '') as contract_id,
        nullif(trim(client_id), '') as client_id,
        cast(custom_integrations as integer) as custom_integrations,
        cast(starts_on as date) as starts_on,
        cast(ends_on as date) as ends_on
    from source

)

select * from cleaned
