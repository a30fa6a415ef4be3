-- Every transition of a client that did not stay is one movement, and every
-- movement one such transition. Between being no client and waiting for the
-- first profile there is none, but for those who had a profile before: they
-- count as having left.
with transitions as (
    select * from {{ ref('fct_profile_transitions') }}
    where from_profile <> to_profile
),

movements as (
    select * from {{ ref('fct_profile_movements') }}
),

count_movements as (
    select
        movements.scorecard,
        coalesce(movements.from_profile, 'not_a_client') as from_profile,
        coalesce(movements.to_profile, 'not_a_client') as to_profile,
        movements.period_start,
        count(*) as movements
    from movements
    group by
        movements.scorecard,
        movements.from_profile,
        movements.to_profile,
        movements.period_start
),

compare as (
    select
        coalesce(transitions.scorecard, count_movements.scorecard)
            as scorecard,
        coalesce(transitions.from_profile, count_movements.from_profile)
            as from_profile,
        coalesce(transitions.to_profile, count_movements.to_profile)
            as to_profile,
        coalesce(transitions.period_start, count_movements.period_start)
            as period_start,
        coalesce(transitions.clients, 0) as clients,
        coalesce(count_movements.movements, 0) as movements
    from transitions
    full outer join count_movements
        on
            transitions.scorecard = count_movements.scorecard
            and transitions.from_profile = count_movements.from_profile
            and transitions.to_profile = count_movements.to_profile
            and transitions.period_start = count_movements.period_start
)

select compare.*
from compare
where
    case
        when
            compare.from_profile = 'not_yet_eligible'
            and compare.to_profile = 'not_a_client'
            then compare.movements > compare.clients
        when
            compare.from_profile = 'not_a_client'
            and compare.to_profile = 'not_yet_eligible'
            then compare.movements > 0
        else compare.movements <> compare.clients
    end
