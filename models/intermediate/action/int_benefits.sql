-- Ranks are what a queue compares: 1 is the best profile.
with benefits as (
    select * from {{ ref('stg_benefits') }}
),

profiles as (
    select * from {{ ref('stg_profiles') }}
)

select
    benefits.benefit,
    benefits.scorecard,
    benefits.lowest_profile,
    benefits.description,
    profiles.rank as lowest_rank,
    benefits.capacity_per_period,
    benefits.minimum_score
from benefits
left join profiles
    on
        benefits.scorecard = profiles.scorecard
        and benefits.lowest_profile = profiles.profile
