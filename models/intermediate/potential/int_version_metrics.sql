{{ config(materialized='table') }}
{#- What each version in force looks at, and which criterion speaks for a
    metric: one that people can do something about, of the version if there is
    one. -#}
with current_scores as (
    select * from {{ ref('int_current_scores') }}
),

versions as (
    select * from {{ ref('stg_scorecard_versions') }}
),

weights as (
    select * from {{ ref('stg_criterion_weights') }}
),

rules as (
    select * from {{ ref('stg_profile_rules') }}
),

criteria as (
    select * from {{ ref('stg_criteria') }}
),

find_versions_in_force as (
    select distinct
        current_scores.scorecard,
        current_scores.version
    from current_scores
),

list_metrics as (
    select
        weights.scorecard,
        weights.version,
        lower(criteria.metric) as metric
    from weights
    inner join criteria on weights.criterion = criteria.criterion
    union
    select
        rules.scorecard,
        rules.version,
        lower(rules.subject_name) as metric
    from rules
    where rules.subject = 'metric'
),

rank_criteria as (
    select
        list_metrics.scorecard,
        list_metrics.version,
        list_metrics.metric,
        criteria.criterion,
        criteria.label,
        criteria.unit,
        criteria.value_format,
        criteria.direction,
        criteria.improvement_action,
        case when criteria.is_actionable then criteria.effort end as effort,
        case
            when list_metrics.metric = 'tenure_months'
                then versions.minimum_tenure_months
        end as least_value,
        weights.normalization,
        row_number() over (
            partition by list_metrics.scorecard, list_metrics.metric
            order by
                case when criteria.is_actionable then 0 else 1 end,
                case when weights.criterion is null then 1 else 0 end,
                {{ client_profiles.byte_order('criteria.criterion') }}
        ) as place
    from list_metrics
    inner join find_versions_in_force
        on
            list_metrics.scorecard = find_versions_in_force.scorecard
            and list_metrics.version = find_versions_in_force.version
    inner join versions
        on
            list_metrics.scorecard = versions.scorecard
            and list_metrics.version = versions.version
    left join criteria on list_metrics.metric = lower(criteria.metric)
    left join weights
        on
            list_metrics.scorecard = weights.scorecard
            and list_metrics.version = weights.version
            and criteria.criterion = weights.criterion
),

-- The order of names differs between engines' collations.
order_metrics as (
    select
        rank_criteria.*,
        cast(row_number() over (
            partition by rank_criteria.scorecard
            order by
                {{ client_profiles.byte_order(
                    'coalesce(rank_criteria.criterion, rank_criteria.metric)'
                ) }},
                {{ client_profiles.byte_order('rank_criteria.metric') }}
        ) as integer) as metric_order
    from rank_criteria
    where rank_criteria.place = 1
)

select
    order_metrics.scorecard,
    order_metrics.version,
    order_metrics.metric,
    order_metrics.criterion,
    coalesce(order_metrics.label, order_metrics.metric) as label,
    order_metrics.unit,
    coalesce(order_metrics.value_format, 'number') as value_format,
    order_metrics.direction,
    order_metrics.normalization,
    order_metrics.improvement_action,
    order_metrics.metric_order,
    order_metrics.effort,
    order_metrics.least_value
from order_metrics
