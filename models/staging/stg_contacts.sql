with source as (

    select * from {{ ref('raw_contacts') }}

),

cleaned as (

    select
        nullif(trim(contact_id), '') as contact_id,
        nullif(trim(client_id), '') as client_id,
        nullif(trim(channel), '') as channel,
        nullif(trim(initiated_by), '') as initiated_by,
        cast(contacted_on as date) as contacted_on
    from source

)

select * from cleaned
