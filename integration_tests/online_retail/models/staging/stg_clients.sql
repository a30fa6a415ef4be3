with lines as (
    select * from {{ ref('stg_invoice_lines') }}
),

-- Whoever has never bought anything is not a client.
keep_purchases as (
    select * from lines
    where is_purchase
),

-- A few clients order from two countries: the latest order decides.
rank_lines as (
    select
        client_id,
        country,
        row_number() over (
            partition by client_id
            order by invoiced_at desc, invoice_id desc, country asc
        ) as line_rank
    from keep_purchases
),

describe_clients as (
    select
        client_id,
        -- The source does not tell these; the columns still have to be there.
        cast(null as {{ dbt.type_string() }}) as client_name,
        cast(null as {{ dbt.type_string() }}) as acquisition_channel,
        country as region,
        cast(null as {{ dbt.type_string() }}) as category
    from rank_lines
    where line_rank = 1
)

select * from describe_clients
