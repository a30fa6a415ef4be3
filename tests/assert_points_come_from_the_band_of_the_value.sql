-- Bands are compiled in order and looked up here by their bounds, so a wrong
-- order can't go unseen.
with criterion_scores as (
    select * from {{ ref('fct_criterion_scores') }}
),

bands as (
    select * from {{ ref('stg_score_bands') }}
)

select
    criterion_scores.client_id,
    criterion_scores.scorecard,
    criterion_scores.criterion,
    criterion_scores.period_start
from criterion_scores
inner join bands
    on
        criterion_scores.scorecard = bands.scorecard
        and criterion_scores.version = bands.version
        and criterion_scores.criterion = bands.criterion
        and criterion_scores.band = bands.band
where
    criterion_scores.judged_value < bands.lower_bound
    or criterion_scores.judged_value >= bands.upper_bound
    or criterion_scores.points <> bands.points
