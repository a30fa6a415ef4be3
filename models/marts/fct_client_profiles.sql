with assignments as (
    select * from {{ ref('int_profile_assignments') }}
    where
        period_start < cast('{{ client_profiles.first_open_period() }}' as date)
),

profiles as (
    select * from {{ ref('stg_profiles') }}
),

describe_profile as (
    select
        assignments.*,
        profiles.label as profile_label,
        profiles.rank as profile_rank,
        profiles.is_ideal
    from assignments
    inner join profiles
        on
            assignments.scorecard = profiles.scorecard
            and assignments.profile = profiles.profile
)

select
    describe_profile.client_id,
    describe_profile.scorecard,
    describe_profile.version,
    describe_profile.profile,
    describe_profile.profile_label,
    describe_profile.computed_profile,
    describe_profile.possible_profiles,
    describe_profile.assignment_source,
    describe_profile.rule,
    describe_profile.ineligibility_reason,
    describe_profile.override_reason,
    describe_profile.rules_fingerprint,
    describe_profile.profile_rank,
    describe_profile.computed_periods,
    describe_profile.tenure_months,
    describe_profile.score,
    describe_profile.lowest_score,
    describe_profile.highest_score,
    describe_profile.coverage,
    describe_profile.is_ideal,
    describe_profile.computed_profile <> describe_profile.confirmed_profile
        as is_awaiting_confirmation,
    coalesce(
        describe_profile.possible_profiles = describe_profile.computed_profile,
        false
    ) as is_certain,
    describe_profile.period_start
from describe_profile
