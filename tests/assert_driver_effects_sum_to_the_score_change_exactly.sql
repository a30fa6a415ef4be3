-- Every change of a score between consecutive scored periods is explained to
-- the last digit.
with pairs as (
    select * from {{ ref('int_period_pairs') }}
    where is_consecutive
),

drivers as (
    select * from {{ ref('fct_movement_drivers') }}
),

sum_effects as (
    select
        drivers.client_id,
        drivers.scorecard,
        drivers.period_start,
        sum(drivers.effect) as effects
    from drivers
    group by drivers.client_id, drivers.scorecard, drivers.period_start
)

select
    pairs.client_id,
    pairs.scorecard,
    pairs.period_start,
    pairs.score_after - pairs.score_before as score_change,
    sum_effects.effects
from pairs
left join sum_effects
    on
        pairs.client_id = sum_effects.client_id
        and pairs.scorecard = sum_effects.scorecard
        and pairs.period_start = sum_effects.period_start
where
    pairs.score_after - pairs.score_before <> coalesce(sum_effects.effects, 0)
