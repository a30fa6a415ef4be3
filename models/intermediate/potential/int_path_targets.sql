{{ config(materialized='table') }}
-- Where a client could rise to: every profile of a better rank, also those
-- that no rule of the version leads to. Whoever has none yet could rise to all.
with current_scores as (
    select * from {{ ref('int_current_scores') }}
),

profiles as (
    select * from {{ ref('stg_profiles') }}
),

rules as (
    select * from {{ ref('stg_profile_rules') }}
),

list_profiles_of_rules as (
    select distinct
        rules.scorecard,
        rules.version,
        rules.profile
    from rules
)

select
    current_scores.client_id,
    current_scores.scorecard,
    current_scores.version,
    current_scores.computed_profile,
    profiles.profile as target_profile,
    current_scores.ineligibility_reason,
    current_scores.rules_fingerprint,
    profiles.rank as target_rank,
    list_profiles_of_rules.profile is not null as is_in_the_rules,
    current_scores.period_start
from current_scores
inner join profiles
    on
        current_scores.scorecard = profiles.scorecard
        and profiles.rank is not null
        and (
            current_scores.computed_rank > profiles.rank
            or current_scores.computed_rank is null
        )
left join list_profiles_of_rules
    on
        current_scores.scorecard = list_profiles_of_rules.scorecard
        and current_scores.version = list_profiles_of_rules.version
        and profiles.profile = list_profiles_of_rules.profile
