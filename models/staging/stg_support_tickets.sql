with clean_rows as (

    {{ client_profiles.clean_source(
        'raw_support_tickets', known_in='raw_clients'
    ) }}

)

select
    ticket_id,
    client_id,
    topic,
    severity,
    opened_on,
    resolved_on
from clean_rows
