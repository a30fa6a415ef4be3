with clean_rows as (

    {{ client_profiles.clean_source('raw_clients') }}

)

select
    client_id,
    client_name,
    acquisition_channel,
    region,
    category
from clean_rows
