with clean_rows as (

    {{ client_profiles.clean_source('raw_invoices', known_in='raw_clients') }}

)

select
    invoice_id,
    client_id,
    revenue,
    fulfilment_cost,
    issued_on,
    due_on,
    paid_on
from clean_rows
