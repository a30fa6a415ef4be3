{{ config(pre_hook="{{ client_profiles.plan_compiled_sql() }}") }}
with current_profiles as (
    select * from {{ ref('client_profiles') }}
),

assigned_profiles as (
    select * from {{ ref('fct_client_profiles') }}
),

movements as (
    select * from {{ ref('fct_profile_movements') }}
),

look_back as (
    select
        assigned_profiles.client_id,
        assigned_profiles.scorecard,
        assigned_profiles.profile,
        assigned_profiles.period_start,
        lag(assigned_profiles.profile) over (
            partition by
                assigned_profiles.client_id, assigned_profiles.scorecard
            order by assigned_profiles.period_start
        ) as profile_before,
        lag(assigned_profiles.period_start) over (
            partition by
                assigned_profiles.client_id, assigned_profiles.scorecard
            order by assigned_profiles.period_start
        ) as period_before
    from assigned_profiles
),

-- Waiting for a profile is a stay too, and so is the one before any movement.
find_stays as (
    select
        look_back.client_id,
        look_back.scorecard,
        max(look_back.period_start) as in_profile_since
    from look_back
    where
        look_back.period_before is null
        or look_back.profile <> look_back.profile_before
        or {{ client_profiles.months_between(
            'look_back.period_before', 'look_back.period_start'
        ) }} > 1
    group by look_back.client_id, look_back.scorecard
),

-- Whoever did not move comes from the profile that it is in.
find_origins as (
    select
        current_profiles.client_id,
        current_profiles.scorecard,
        current_profiles.client_name,
        current_profiles.version,
        current_profiles.profile as to_profile,
        current_profiles.profile_label,
        current_profiles.rules_fingerprint,
        current_profiles.profile_rank,
        case
            when movements.movement_id is null then current_profiles.profile
            else movements.from_profile
        end as from_profile,
        find_stays.in_profile_since,
        current_profiles.period_start
    from current_profiles
    inner join find_stays
        on
            current_profiles.client_id = find_stays.client_id
            and current_profiles.scorecard = find_stays.scorecard
    left join movements
        on
            current_profiles.client_id = movements.client_id
            and current_profiles.scorecard = movements.scorecard
            and current_profiles.period_start = movements.period_start
),

add_protocols as (
    {{ client_profiles.protocols_of_movements(
        'find_origins', ['client_id', 'scorecard']
    ) }}
)

select
    add_protocols.client_id,
    add_protocols.scorecard,
    add_protocols.department,
    add_protocols.client_name,
    add_protocols.version,
    add_protocols.to_profile as profile,
    add_protocols.profile_label,
    add_protocols.on_movement,
    add_protocols.action,
    add_protocols.standing_action,
    add_protocols.meeting_format,
    add_protocols.rules_fingerprint,
    add_protocols.profile_rank,
    add_protocols.cadence_days,
    add_protocols.response_hours,
    add_protocols.on_movement is not null as is_for_movement,
    add_protocols.in_profile_since,
    add_protocols.period_start
from add_protocols
