{{ config(pre_hook="{{ client_profiles.plan_compiled_sql() }}") }}
with calibration_points as (
    select * from {{ ref('int_calibration_points') }}
),

approved_profiles as (
    select * from {{ ref('int_profile_candidates') }}
),

candidate_profiles as (
    select * from {{ ref('int_candidate_version_profiles') }}
),

combine_profiles as (
    select
        approved_profiles.client_id,
        approved_profiles.scorecard,
        approved_profiles.version,
        approved_profiles.rule,
        approved_profiles.computed_profile,
        approved_profiles.score,
        approved_profiles.period_start
    from approved_profiles
    union all
    select
        candidate_profiles.client_id,
        candidate_profiles.scorecard,
        candidate_profiles.version,
        candidate_profiles.rule,
        candidate_profiles.computed_profile,
        candidate_profiles.score,
        candidate_profiles.period_start
    from candidate_profiles
)

select
    calibration_points.client_id,
    calibration_points.scorecard,
    calibration_points.version,
    calibration_points.status,
    calibration_points.ineligibility_reason,
    combine_profiles.rule,
    combine_profiles.computed_profile,
    calibration_points.rules_fingerprint,
    combine_profiles.score,
    coalesce(calibration_points.ineligibility_reason <> 'tenure', true)
        as meets_tenure,
    calibration_points.period_start
from calibration_points
inner join combine_profiles
    on
        calibration_points.client_id = combine_profiles.client_id
        and calibration_points.scorecard = combine_profiles.scorecard
        and calibration_points.version = combine_profiles.version
        and calibration_points.period_start = combine_profiles.period_start
