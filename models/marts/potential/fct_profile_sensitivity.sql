{{ config(pre_hook="{{ client_profiles.plan_compiled_sql() }}") }}
with current_scores as (
    select * from {{ ref('int_current_scores') }}
),

score_flips as (
    select * from {{ ref('int_score_flips') }}
),

options as (
    select * from {{ ref('int_metric_options') }}
),

version_metrics as (
    select * from {{ ref('int_version_metrics') }}
),

weight_flips as (
    select * from {{ ref('int_weight_flips') }}
),

edge_flips as (
    select * from {{ ref('int_edge_flips') }}
),

measure_metric_flips as (
    select
        options.*,
        version_metrics.label,
        {{ client_profiles.share_of(
            'options.value_needed - options.value_now', 'options.value_now'
        ) }} as change_share
    from options
    inner join version_metrics
        on
            options.scorecard = version_metrics.scorecard
            and options.metric = version_metrics.metric
    where options.computed_profile <> options.computed_profile_now
),

rank_metric_flips as (
    select
        measure_metric_flips.*,
        row_number() over (
            partition by
                measure_metric_flips.client_id, measure_metric_flips.scorecard
            order by
                case
                    when measure_metric_flips.change_share is null then 1
                    else 0
                end asc,
                measure_metric_flips.change_share asc,
                abs(
                    measure_metric_flips.value_needed
                    - measure_metric_flips.value_now
                ) asc,
                measure_metric_flips.metric_order asc,
                measure_metric_flips.steps desc
        ) as place
    from measure_metric_flips
),

rank_weight_flips as (
    select
        weight_flips.*,
        row_number() over (
            partition by weight_flips.client_id, weight_flips.scorecard
            order by
                abs(weight_flips.weight_change),
                {{ client_profiles.byte_order('weight_flips.criterion') }}
        ) as place
    from weight_flips
),

rank_edge_flips as (
    select
        edge_flips.*,
        row_number() over (
            partition by edge_flips.client_id, edge_flips.scorecard
            order by
                case
                    when edge_flips.edge_change_share is null then 1
                    else 0
                end,
                edge_flips.edge_change_share,
                abs(edge_flips.edge_change),
                {{ client_profiles.byte_order('edge_flips.criterion') }}
        ) as place
    from edge_flips
)

select
    current_scores.client_id,
    current_scores.scorecard,
    current_scores.version,
    current_scores.profile,
    current_scores.computed_profile,
    current_scores.ineligibility_reason,
    score_flips.nearest_profile,
    rank_metric_flips.metric,
    rank_metric_flips.label as metric_label,
    rank_metric_flips.computed_profile as profile_by_metric,
    rank_weight_flips.criterion as weight_criterion,
    rank_weight_flips.computed_profile as profile_by_weight,
    rank_edge_flips.criterion as edge_criterion,
    rank_edge_flips.computed_profile as profile_by_edge,
    current_scores.rules_fingerprint,
    current_scores.score,
    score_flips.score_distance,
    rank_metric_flips.value_now as metric_value_now,
    rank_metric_flips.value_needed as metric_value_needed,
    rank_metric_flips.change_share as metric_change_share,
    rank_weight_flips.weight_now,
    rank_weight_flips.weight_needed,
    rank_weight_flips.weight_change,
    rank_edge_flips.edge_now,
    rank_edge_flips.edge_needed,
    rank_edge_flips.edge_change,
    rank_edge_flips.edge_change_share,
    current_scores.assignment_source = 'override' as is_placed_by_hand,
    current_scores.is_awaiting_confirmation,
    current_scores.period_start
from current_scores
left join score_flips
    on
        current_scores.client_id = score_flips.client_id
        and current_scores.scorecard = score_flips.scorecard
left join rank_metric_flips
    on
        current_scores.client_id = rank_metric_flips.client_id
        and current_scores.scorecard = rank_metric_flips.scorecard
        and rank_metric_flips.place = 1
left join rank_weight_flips
    on
        current_scores.client_id = rank_weight_flips.client_id
        and current_scores.scorecard = rank_weight_flips.scorecard
        and rank_weight_flips.place = 1
left join rank_edge_flips
    on
        current_scores.client_id = rank_edge_flips.client_id
        and current_scores.scorecard = rank_edge_flips.scorecard
        and rank_edge_flips.place = 1
