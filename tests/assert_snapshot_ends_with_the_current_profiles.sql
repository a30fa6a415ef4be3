with client_profiles as (
    select * from {{ ref('client_profiles') }}
),

open_records as (
    select * from {{ ref('client_profiles_snapshot') }}
    where dbt_valid_to is null and profile <> 'left'
)

select
    coalesce(client_profiles.client_id, open_records.client_id) as client_id,
    coalesce(client_profiles.scorecard, open_records.scorecard) as scorecard,
    client_profiles.profile as current_profile,
    open_records.profile as recorded_profile
from client_profiles
full outer join open_records
    on
        client_profiles.client_id = open_records.client_id
        and client_profiles.scorecard = open_records.scorecard
where
    client_profiles.client_id is null
    or open_records.client_id is null
    or client_profiles.profile <> open_records.profile
    or client_profiles.version <> open_records.version
