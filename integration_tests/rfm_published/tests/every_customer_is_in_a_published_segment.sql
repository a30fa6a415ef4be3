-- The scorecard ends with a rule for everybody else, because the package asks
-- for one. The published segments leave nobody over.
with assigned_profiles as (
    select * from {{ ref('fct_client_profiles') }}
)

select
    client_id,
    profile
from assigned_profiles
where profile in ('others', 'not_yet_eligible')
