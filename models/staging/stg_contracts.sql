with clean_rows as (

    {{ client_profiles.clean_source('raw_contracts', known_in='raw_clients') }}

)

select
    contract_id,
    client_id,
    custom_integrations,
    starts_on,
    ends_on
from clean_rows
