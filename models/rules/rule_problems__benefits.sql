-- Whom a benefit is for.
with benefits as (
    select * from {{ ref('stg_benefits') }}
),

profiles as (
    select * from {{ ref('stg_profiles') }}
),

judge_benefits as (
    select
        benefits.*,
        case
            when benefits.lowest_profile = 'not_yet_eligible'
                then 'clients without a profile stand in no queue'
            when profiles.profile is null
                then 'the scorecard has no such profile'
        end as problem
    from benefits
    left join profiles
        on
            benefits.scorecard = profiles.scorecard
            and benefits.lowest_profile = profiles.profile
    where benefits.lowest_profile is not null
)

select
    'benefits' as seed,
    {{ client_profiles.line_key(['benefit'], 'judge_benefits') }} as line_key,
    'lowest_profile' as column_name,
    judge_benefits.lowest_profile as value,
    judge_benefits.problem,
    'write a profile of the scorecard, or leave it empty for all of them'
        as advice
from judge_benefits
where judge_benefits.problem is not null
