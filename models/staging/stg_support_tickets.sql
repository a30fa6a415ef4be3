with source as (

    select * from {{ ref('raw_support_tickets') }}

),

cleaned as (

    select
        nullif(trim(ticket_id), '') as ticket_id,
        nullif(trim(client_id), '') as client_id,
        nullif(trim(topic), '') as topic,
        nullif(trim(severity), '') as severity,
        cast(opened_on as date) as opened_on,
        cast(resolved_on as date) as resolved_on
    from source

)

select * from cleaned
