with clean_rows as (

    {{ client_profiles.clean_source('raw_orders', known_in='raw_clients') }}

)

select
    order_batch_id,
    client_id,
    order_count,
    item_count,
    late_count,
    ordered_on
from clean_rows
