with source as (

    select * from {{ ref('raw_platform_sessions') }}

),

cleaned as (

    select
        nullif(trim(session_batch_id), '') as session_batch_id,
        nullif(trim(client_id), '') as client_id,
        cast(session_count as integer) as session_count,
        cast(self_served_actions as integer) as self_served_actions,
        cast(assisted_actions as integer) as assisted_actions,
        cast(session_date as date) as session_date
    from source

)

select * from cleaned
