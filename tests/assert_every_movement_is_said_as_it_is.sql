-- Of every movement, in scorecards that have protocols, the last thing said is
-- what it is now, and nothing is left standing of one that is not there. A run
-- with an earlier as-of date looks at fewer periods.
with movements as (
    select * from {{ ref('fct_profile_movements') }}
),

assigned_profiles as (
    select * from {{ ref('fct_client_profiles') }}
),

said as (
    select * from {{ ref('int_department_notices') }}
),

protocols as (
    select * from {{ ref('stg_protocols') }}
),

rank_revisions as (
    select
        said.*,
        row_number() over (
            partition by said.movement_id, said.department
            order by said.revision desc
        ) as recency
    from said
),

find_last_periods as (
    select
        assigned_profiles.scorecard,
        max(assigned_profiles.period_start) as last_period
    from assigned_profiles
    group by assigned_profiles.scorecard
),

list_scorecards as (
    select distinct protocols.scorecard
    from protocols
),

find_unsaid as (
    select
        'not said' as fault,
        movements.movement_id
    from movements
    inner join list_scorecards
        on movements.scorecard = list_scorecards.scorecard
    left join rank_revisions
        on
            movements.movement_id = rank_revisions.movement_id
            and rank_revisions.recency = 1
            and rank_revisions.category <> 'withdrawn'
            and coalesce(movements.from_profile, '')
            = coalesce(rank_revisions.from_profile, '')
            and coalesce(movements.to_profile, '')
            = coalesce(rank_revisions.to_profile, '')
    where rank_revisions.movement_id is null
),

find_left_standing as (
    select
        'left standing' as fault,
        rank_revisions.movement_id
    from rank_revisions
    inner join find_last_periods
        on
            rank_revisions.scorecard = find_last_periods.scorecard
            and rank_revisions.period_start <= find_last_periods.last_period
    left join movements
        on rank_revisions.movement_id = movements.movement_id
    where
        rank_revisions.recency = 1
        and rank_revisions.is_issued
        and rank_revisions.category <> 'withdrawn'
        and movements.movement_id is null
)

select * from find_unsaid
union all
select * from find_left_standing
