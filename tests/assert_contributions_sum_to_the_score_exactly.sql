with assigned_profiles as (
    select * from {{ ref('fct_client_profiles') }}
),

criterion_scores as (
    select * from {{ ref('fct_criterion_scores') }}
),

sum_contributions as (
    select
        criterion_scores.client_id,
        criterion_scores.scorecard,
        criterion_scores.period_start,
        sum(criterion_scores.contribution) as contributions
    from criterion_scores
    group by
        criterion_scores.client_id,
        criterion_scores.scorecard,
        criterion_scores.period_start
)

select
    assigned_profiles.client_id,
    assigned_profiles.scorecard,
    assigned_profiles.period_start,
    assigned_profiles.score,
    sum_contributions.contributions
from assigned_profiles
left join sum_contributions
    on
        assigned_profiles.client_id = sum_contributions.client_id
        and assigned_profiles.scorecard = sum_contributions.scorecard
        and assigned_profiles.period_start = sum_contributions.period_start
where
    assigned_profiles.score is not null
    and (
        sum_contributions.contributions is null
        or sum_contributions.contributions <> assigned_profiles.score
    )
