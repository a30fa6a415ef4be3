with source as (

    select * from {{ ref('raw_invoices') }}

),

cleaned as (

    select
        nullif(trim(invoice_id), '') as invoice_id,
        nullif(trim(client_id), '') as client_id,
        cast(revenue as decimal(12, 2)) as revenue,
        cast(fulfilment_cost as decimal(12, 2)) as fulfilment_cost,
        cast(issued_on as date) as issued_on,
        cast(due_on as date) as due_on,
        cast(paid_on as date) as paid_on
    from source

)

select * from cleaned
