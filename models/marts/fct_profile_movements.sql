with assigned_profiles as (
    select * from {{ ref('fct_client_profiles') }}
),

find_last_period as (
    select max(assigned_profiles.period_start) as last_period
    from assigned_profiles
),

-- Before a scorecard's first period nothing is known, so nobody moved into it.
find_first_periods as (
    select
        assigned_profiles.scorecard,
        min(assigned_profiles.period_start) as first_period
    from assigned_profiles
    group by assigned_profiles.scorecard
),

find_next_periods as (
    select
        assigned_profiles.client_id,
        assigned_profiles.scorecard,
        assigned_profiles.version,
        assigned_profiles.rules_fingerprint,
        assigned_profiles.profile,
        case
            when assigned_profiles.assignment_source = 'not_yet_eligible'
                then 'waiting'
            else 'placed'
        end as presence,
        assigned_profiles.profile_rank,
        assigned_profiles.score,
        assigned_profiles.period_start,
        lead(assigned_profiles.period_start) over (
            partition by
                assigned_profiles.client_id,
                assigned_profiles.scorecard
            order by assigned_profiles.period_start
        ) as next_period
    from assigned_profiles
),

-- A client without a row in a month was not a client then. Its first month
-- away gets a row here, so that every row's neighbour is what came before it.
find_absences as (
    select
        find_next_periods.client_id,
        find_next_periods.scorecard,
        cast(null as {{ dbt.type_string() }}) as version,
        cast(null as {{ dbt.type_string() }}) as rules_fingerprint,
        cast(null as {{ dbt.type_string() }}) as profile,
        'away' as presence,
        cast(null as integer) as profile_rank,
        cast(null as decimal(7, 4)) as score,
        cast(
            {{ dbt.dateadd('month', 1, 'find_next_periods.period_start') }}
            as date
        ) as period_start
    from find_next_periods
    cross join find_last_period
    where
        find_next_periods.period_start < find_last_period.last_period
        and (
            find_next_periods.next_period is null
            or {{ client_profiles.months_between(
                'find_next_periods.period_start',
                'find_next_periods.next_period'
            ) }} > 1
        )
),

add_absences as (
    select
        find_next_periods.client_id,
        find_next_periods.scorecard,
        find_next_periods.version,
        find_next_periods.rules_fingerprint,
        find_next_periods.profile,
        find_next_periods.presence,
        find_next_periods.profile_rank,
        find_next_periods.score,
        find_next_periods.period_start
    from find_next_periods
    union all
    select * from find_absences
),

look_back as (
    select
        add_absences.*,
        lag(add_absences.version) over (
            partition by add_absences.client_id, add_absences.scorecard
            order by add_absences.period_start
        ) as version_before,
        lag(add_absences.profile) over (
            partition by add_absences.client_id, add_absences.scorecard
            order by add_absences.period_start
        ) as profile_before,
        coalesce(
            lag(add_absences.presence) over (
                partition by add_absences.client_id, add_absences.scorecard
                order by add_absences.period_start
            ),
            'away'
        ) as presence_before,
        lag(add_absences.profile_rank) over (
            partition by add_absences.client_id, add_absences.scorecard
            order by add_absences.period_start
        ) as rank_before,
        lag(add_absences.score) over (
            partition by add_absences.client_id, add_absences.scorecard
            order by add_absences.period_start
        ) as score_before,
        coalesce(
            max(case when add_absences.presence = 'placed' then 1 else 0 end)
                over (
                    partition by add_absences.client_id, add_absences.scorecard
                    order by add_absences.period_start
                    rows between unbounded preceding and 1 preceding
                ),
            0
        ) as was_placed_before
    from add_absences
),

-- The categories are defined in the docs block movement_category.
name_movement as (
    select
        look_back.*,
        case
            when
                look_back.presence = 'placed'
                and look_back.presence_before <> 'placed'
                then case
                    when look_back.was_placed_before = 1 then 'returned'
                    else 'new'
                end
            when
                look_back.presence = 'away'
                and look_back.was_placed_before = 1
                then 'left'
            when
                look_back.presence_before = 'placed'
                and look_back.profile <> look_back.profile_before
                then case
                    when look_back.presence = 'waiting' then 'reassigned'
                    when look_back.profile_rank < look_back.rank_before
                        then 'promoted'
                    when look_back.profile_rank > look_back.rank_before
                        then 'demoted'
                    else 'reassigned'
                end
        end as category
    from look_back
)

select
    {{ dbt_utils.generate_surrogate_key([
        'name_movement.client_id',
        'name_movement.scorecard',
        'name_movement.period_start',
    ]) }} as movement_id,
    name_movement.client_id,
    name_movement.scorecard,
    name_movement.category,
    name_movement.profile_before as from_profile,
    name_movement.profile as to_profile,
    name_movement.version_before as from_version,
    name_movement.version as to_version,
    name_movement.rules_fingerprint,
    name_movement.rank_before as from_rank,
    name_movement.profile_rank as to_rank,
    name_movement.score_before,
    name_movement.score as score_after,
    name_movement.period_start
from name_movement
inner join find_first_periods
    on
        name_movement.scorecard = find_first_periods.scorecard
        and name_movement.period_start > find_first_periods.first_period
where name_movement.category is not null
