{{ config(materialized='table') }}
{#- A table, built only when the rules are sound and those that have scored are
    as they were: a view on the seeds would show a mistake in them at once,
    before any check. -#}
{{- client_profiles.raise_stale_scores(client_profiles.scorecard_rules()) -}}
with weights as (
    select * from {{ ref('stg_criterion_weights') }}
),

criteria as (
    select * from {{ ref('stg_criteria') }}
)

select
    weights.scorecard,
    weights.version,
    weights.criterion,
    criteria.label,
    criteria.unit,
    weights.normalization,
    weights.missing_value_policy,
    cast(weights.weight as decimal(7, 6)) as weight
from weights
inner join criteria on weights.criterion = criteria.criterion
