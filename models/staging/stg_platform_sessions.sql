with clean_rows as (

    {{ client_profiles.clean_source(
        'raw_platform_sessions', known_in='raw_clients'
    ) }}

)

select
    session_batch_id,
    client_id,
    session_count,
    self_served_actions,
    assisted_actions,
    session_date
from clean_rows
