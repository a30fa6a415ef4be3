-- Completeness by construction: whoever has a profile now has one protocol of
-- each department that has protocols in the scorecard, and nobody else has one.
with current_profiles as (
    select * from {{ ref('client_profiles') }}
),

protocols as (
    select * from {{ ref('stg_protocols') }}
),

client_protocols as (
    select * from {{ ref('client_protocols') }}
),

list_departments as (
    select distinct
        protocols.scorecard,
        protocols.department
    from protocols
),

expected as (
    select
        current_profiles.client_id,
        current_profiles.scorecard,
        list_departments.department,
        current_profiles.profile
    from current_profiles
    inner join list_departments
        on current_profiles.scorecard = list_departments.scorecard
),

missing as (
    select * from expected
    except
    select
        client_protocols.client_id,
        client_protocols.scorecard,
        client_protocols.department,
        client_protocols.profile
    from client_protocols
),

unexpected as (
    select
        client_protocols.client_id,
        client_protocols.scorecard,
        client_protocols.department,
        client_protocols.profile
    from client_protocols
    except
    select * from expected
)

select
    'missing' as fault,
    missing.*
from missing
union all
select
    'unexpected' as fault,
    unexpected.*
from unexpected
