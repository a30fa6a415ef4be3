with clean_rows as (

    {{ client_profiles.clean_source('raw_contacts', known_in='raw_clients') }}

)

select
    contact_id,
    client_id,
    channel,
    initiated_by,
    contacted_on
from clean_rows
