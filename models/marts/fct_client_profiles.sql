with profile_candidates as (
    select * from {{ ref('int_profile_candidates') }}
    where
        period_start < cast('{{ client_profiles.first_open_period() }}' as date)
),

profiles as (
    select * from {{ ref('stg_profiles') }}
),

overrides as (
    select * from {{ ref('stg_profile_overrides') }}
),

assign_profile as (
    select
        profile_candidates.*,
        overrides.reason as override_reason,
        coalesce(overrides.profile, profile_candidates.computed_profile)
            as profile,
        case
            when overrides.profile is not null then 'override'
            when profile_candidates.ineligibility_reason is not null
                then 'not_yet_eligible'
            else 'rules'
        end as assignment_source
    from profile_candidates
    left join overrides
        on
            profile_candidates.client_id = overrides.client_id
            and profile_candidates.scorecard = overrides.scorecard
            and profile_candidates.period_start >= overrides.valid_from
            and profile_candidates.period_start < overrides.valid_to
),

describe_profile as (
    select
        assign_profile.*,
        profiles.label as profile_label,
        profiles.rank as profile_rank,
        profiles.is_ideal
    from assign_profile
    inner join profiles
        on
            assign_profile.scorecard = profiles.scorecard
            and assign_profile.profile = profiles.profile
)

select
    describe_profile.client_id,
    describe_profile.scorecard,
    describe_profile.version,
    describe_profile.profile,
    describe_profile.profile_label,
    describe_profile.computed_profile,
    describe_profile.assignment_source,
    describe_profile.rule,
    describe_profile.ineligibility_reason,
    describe_profile.override_reason,
    describe_profile.rules_fingerprint,
    describe_profile.profile_rank,
    describe_profile.score,
    describe_profile.coverage,
    describe_profile.tenure_months,
    describe_profile.is_ideal,
    describe_profile.period_start
from describe_profile
