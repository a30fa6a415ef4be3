{#- Decisions by hand win over any rules, so they stand on both sides. -#}
with assigned_profiles as (
    select * from {{ ref('fct_client_profiles') }}
),

candidates as (
    select * from {{ ref('int_candidate_version_profiles') }}
),

profiles as (
    select * from {{ ref('stg_profiles') }}
),

compare_versions as (
    select
        candidates.client_id,
        candidates.scorecard,
        candidates.version,
        assigned_profiles.version as approved_version,
        assigned_profiles.computed_profile as approved_computed_profile,
        candidates.computed_profile as candidate_computed_profile,
        assigned_profiles.profile as approved_profile,
        case
            when assigned_profiles.assignment_source = 'override'
                then assigned_profiles.profile
            else candidates.confirmed_profile
        end as candidate_profile,
        candidates.rules_fingerprint,
        assigned_profiles.score as approved_score,
        candidates.score as candidate_score,
        assigned_profiles.profile_rank as approved_rank,
        candidates.period_start
    from candidates
    inner join assigned_profiles
        on
            candidates.client_id = assigned_profiles.client_id
            and candidates.scorecard = assigned_profiles.scorecard
            and candidates.period_start = assigned_profiles.period_start
),

name_direction as (
    select
        compare_versions.*,
        profiles.rank as candidate_rank,
        case
            when
                compare_versions.candidate_profile
                = compare_versions.approved_profile
                then 'same'
            when profiles.rank < compare_versions.approved_rank then 'better'
            when profiles.rank > compare_versions.approved_rank then 'worse'
            else 'other'
        end as direction
    from compare_versions
    inner join profiles
        on
            compare_versions.scorecard = profiles.scorecard
            and compare_versions.candidate_profile = profiles.profile
)

select
    name_direction.client_id,
    name_direction.scorecard,
    name_direction.version,
    name_direction.approved_version,
    name_direction.approved_profile,
    name_direction.candidate_profile,
    name_direction.approved_computed_profile,
    name_direction.candidate_computed_profile,
    name_direction.direction,
    name_direction.rules_fingerprint,
    name_direction.approved_rank,
    name_direction.candidate_rank,
    name_direction.approved_score,
    name_direction.candidate_score,
    cast(
        name_direction.candidate_score - name_direction.approved_score
        as decimal(7, 4)
    ) as score_change,
    name_direction.period_start
from name_direction
