{{ config(materialized='table') }}
{#- A client's scored period is compared with its scored period before. A
    movement whose profile had to be confirmed is compared with the last period
    in which the rules still led to the profile before. -#}
with all_assignments as (
    select * from {{ ref('int_profile_assignments') }}
    where
        period_start < cast('{{ client_profiles.first_open_period() }}' as date)
),

movements as (
    select * from {{ ref('fct_profile_movements') }}
),

-- A decision by hand may stand in a month without a score.
find_sources as (
    select
        all_assignments.*,
        lag(all_assignments.assignment_source) over (
            partition by all_assignments.client_id, all_assignments.scorecard
            order by all_assignments.period_start
        ) as source_before
    from all_assignments
),

assignments as (
    select * from find_sources
    where score is not null
),

look_back as (
    select
        assignments.client_id,
        assignments.scorecard,
        lag(assignments.period_start) over (
            partition by assignments.client_id, assignments.scorecard
            order by assignments.period_start
        ) as period_before,
        assignments.source_before,
        assignments.period_start
    from assignments
),

find_last_times as (
    select
        movements.client_id,
        movements.scorecard,
        max(assignments.period_start) as period_before,
        movements.period_start
    from movements
    inner join look_back
        on
            movements.client_id = look_back.client_id
            and movements.scorecard = look_back.scorecard
            and movements.period_start = look_back.period_start
            and look_back.source_before = 'rules'
    inner join assignments
        on
            movements.client_id = assignments.client_id
            and movements.scorecard = assignments.scorecard
            and movements.period_start > assignments.period_start
            and movements.from_profile = assignments.computed_profile
    group by
        movements.client_id,
        movements.scorecard,
        movements.period_start
),

combine as (
    select
        look_back.client_id,
        look_back.scorecard,
        look_back.period_before,
        look_back.period_start
    from look_back
    where look_back.period_before is not null
    union
    select
        find_last_times.client_id,
        find_last_times.scorecard,
        find_last_times.period_before,
        find_last_times.period_start
    from find_last_times
)

select
    combine.client_id,
    combine.scorecard,
    assignments_before.version as version_before,
    assignments.version,
    assignments.rules_fingerprint,
    assignments_before.score as score_before,
    assignments.score as score_after,
    coalesce(combine.period_before = look_back.period_before, false)
        as is_consecutive,
    movements.movement_id is not null as is_movement,
    combine.period_before,
    combine.period_start
from combine
inner join look_back
    on
        combine.client_id = look_back.client_id
        and combine.scorecard = look_back.scorecard
        and combine.period_start = look_back.period_start
inner join assignments
    on
        combine.client_id = assignments.client_id
        and combine.scorecard = assignments.scorecard
        and combine.period_start = assignments.period_start
inner join assignments as assignments_before
    on
        combine.client_id = assignments_before.client_id
        and combine.scorecard = assignments_before.scorecard
        and combine.period_before = assignments_before.period_start
left join movements
    on
        combine.client_id = movements.client_id
        and combine.scorecard = movements.scorecard
        and combine.period_start = movements.period_start
