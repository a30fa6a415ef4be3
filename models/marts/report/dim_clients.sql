with assigned_profiles as (
    select * from {{ ref('fct_client_profiles') }}
),

clients as (
    select * from {{ ref(project_name, 'stg_clients') }}
),

find_stays as (
    select
        assigned_profiles.client_id,
        min(assigned_profiles.period_start) as first_period,
        max(assigned_profiles.period_start) as last_period
    from assigned_profiles
    group by assigned_profiles.client_id
),

find_last_period as (
    select max(find_stays.last_period) as last_period
    from find_stays
)

select
    find_stays.client_id,
    cast(
        {{ client_profiles.client_name('clients') }} as {{ dbt.type_string() }}
    ) as client_name,
    cast(clients.acquisition_channel as {{ dbt.type_string() }})
        as acquisition_channel,
    cast(clients.region as {{ dbt.type_string() }}) as region,
    cast(clients.category as {{ dbt.type_string() }}) as category,
    find_stays.last_period = find_last_period.last_period as is_client,
    find_stays.first_period,
    find_stays.last_period
from find_stays
cross join find_last_period
left join clients
    on find_stays.client_id = cast(clients.client_id as {{ dbt.type_string() }})
