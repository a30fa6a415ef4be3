{#- Every decision by hand with what became of it. The computed profile, which
    is kept beside the assigned one, says whether the client got where it was
    placed: in it, or beyond it in the same direction. -#}
{%- set as_of = client_profiles.as_of_date() -%}
{%- set notice_ends = client_profiles.days_after(
    as_of, 'override_notice_days', var('override_notice_days', 30)
) -%}
with overrides as (
    select * from {{ ref('stg_profile_overrides') }}
),

assignments as (
    select * from {{ ref('int_profile_assignments') }}
    where
        period_start < cast('{{ client_profiles.first_open_period() }}' as date)
),

profiles as (
    select * from {{ ref('stg_profiles') }}
),

-- All periods from the decision on, also those after it ended.
follow_clients as (
    select
        overrides.scorecard,
        overrides.client_id,
        overrides.valid_from,
        assignments.computed_profile,
        wanted.rank as wanted_rank,
        computed.rank as computed_rank,
        assignments.period_start,
        case
            when assignments.period_start < overrides.valid_to then 1
            else 0
        end as is_within,
        case
            when assignments.override_valid_from = overrides.valid_from then 1
            else 0
        end as is_applied,
        first_value(computed.rank) over (
            partition by
                overrides.scorecard, overrides.client_id, overrides.valid_from
            order by assignments.period_start
        ) as rank_at_start,
        row_number() over (
            partition by
                overrides.scorecard, overrides.client_id, overrides.valid_from
            order by assignments.period_start
        ) as place,
        row_number() over (
            partition by
                overrides.scorecard, overrides.client_id, overrides.valid_from
            order by assignments.period_start desc
        ) as recency
    from overrides
    inner join assignments
        on
            overrides.scorecard = assignments.scorecard
            and overrides.client_id = assignments.client_id
    inner join profiles as wanted
        on
            overrides.scorecard = wanted.scorecard
            and overrides.profile = wanted.profile
    inner join profiles as computed
        on
            assignments.scorecard = computed.scorecard
            and assignments.computed_profile = computed.profile
    where assignments.period_start >= overrides.valid_from
),

-- Whoever has no profile yet counts as below all of them.
find_arrivals as (
    select
        follow_clients.*,
        case
            when
                coalesce(follow_clients.rank_at_start, 999999)
                >= follow_clients.wanted_rank
                and follow_clients.computed_rank <= follow_clients.wanted_rank
                then 1
            when
                follow_clients.rank_at_start < follow_clients.wanted_rank
                and follow_clients.computed_rank >= follow_clients.wanted_rank
                then 1
            else 0
        end as is_there,
        max(follow_clients.is_within * follow_clients.place) over (
            partition by
                follow_clients.scorecard,
                follow_clients.client_id,
                follow_clients.valid_from
        ) as last_place_within
    from follow_clients
),

sum_up as (
    select
        find_arrivals.scorecard,
        find_arrivals.client_id,
        find_arrivals.valid_from,
        sum(find_arrivals.is_applied) as applied_periods,
        sum(find_arrivals.is_within * (1 - find_arrivals.is_applied))
            as missed_periods,
        min(
            case
                when find_arrivals.is_there = 1 then find_arrivals.period_start
            end
        ) as reached_period,
        max(
            case
                when find_arrivals.place = 1 then find_arrivals.computed_profile
            end
        ) as computed_profile_at_start,
        max(
            case
                when find_arrivals.place = find_arrivals.last_place_within
                    then find_arrivals.computed_profile
            end
        ) as computed_profile_at_end,
        max(
            case
                when find_arrivals.recency = 1
                    then find_arrivals.computed_profile
            end
        ) as computed_profile_now
    from find_arrivals
    group by
        find_arrivals.scorecard,
        find_arrivals.client_id,
        find_arrivals.valid_from
),

judge_overrides as (
    select
        overrides.*,
        sum_up.computed_profile_at_start,
        sum_up.computed_profile_at_end,
        sum_up.computed_profile_now,
        sum_up.reached_period,
        coalesce(sum_up.applied_periods, 0) as applied_periods,
        coalesce(sum_up.missed_periods, 0) as missed_periods,
        case
            when overrides.valid_from > cast('{{ as_of }}' as date)
                then 'upcoming'
            when overrides.valid_to <= cast('{{ as_of }}' as date)
                then 'expired'
            else 'active'
        end as status
    from overrides
    left join sum_up
        on
            overrides.scorecard = sum_up.scorecard
            and overrides.client_id = sum_up.client_id
            and overrides.valid_from = sum_up.valid_from
)

select
    judge_overrides.scorecard,
    judge_overrides.client_id,
    judge_overrides.profile,
    judge_overrides.status,
    case
        when judge_overrides.reached_period is not null then 'reached'
        when judge_overrides.status = 'expired' then 'not_reached'
        else 'open'
    end as outcome,
    judge_overrides.reason,
    judge_overrides.requested_by,
    judge_overrides.approved_by,
    judge_overrides.computed_profile_at_start,
    judge_overrides.computed_profile_at_end,
    judge_overrides.computed_profile_now,
    cast(judge_overrides.applied_periods as integer) as applied_periods,
    cast(judge_overrides.missed_periods as integer) as missed_periods,
    judge_overrides.status = 'active'
    and judge_overrides.valid_to <= cast('{{ notice_ends }}' as date)
        as is_about_to_expire,
    coalesce(
        judge_overrides.status = 'active'
        and judge_overrides.computed_profile_now = judge_overrides.profile,
        false
    ) as agrees_with_rules,
    judge_overrides.valid_from,
    judge_overrides.valid_to,
    judge_overrides.reached_period
from judge_overrides
