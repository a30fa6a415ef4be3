-- Where no movement has a line of its own, the protocol is the standing one of
-- the profile, and the stay began when client_profiles says.
with client_protocols as (
    select * from {{ ref('client_protocols') }}
),

current_profiles as (
    select * from {{ ref('client_profiles') }}
),

protocols as (
    select * from {{ ref('stg_protocols') }}
    where on_movement is null
)

select
    client_protocols.client_id,
    client_protocols.scorecard,
    client_protocols.department,
    client_protocols.in_profile_since,
    current_profiles.profile_since
from client_protocols
inner join current_profiles
    on
        client_protocols.client_id = current_profiles.client_id
        and client_protocols.scorecard = current_profiles.scorecard
left join protocols
    on
        client_protocols.scorecard = protocols.scorecard
        and current_profiles.profile = protocols.profile
        and client_protocols.department = protocols.department
where
    protocols.action is null
    or client_protocols.standing_action <> protocols.action
    or client_protocols.in_profile_since <> current_profiles.profile_since
    or (
        client_protocols.is_for_movement = false
        and (
            coalesce(client_protocols.cadence_days, 0)
            <> coalesce(protocols.cadence_days, 0)
            or coalesce(client_protocols.response_hours, 0)
            <> coalesce(protocols.response_hours, 0)
            or coalesce(client_protocols.meeting_format, '')
            <> coalesce(protocols.meeting_format, '')
        )
    )
