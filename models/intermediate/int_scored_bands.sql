{{ config(materialized='table') }}
{#- A table for the same reason as int_scored_criteria. -#}
{{- client_profiles.raise_stale_scores(client_profiles.scorecard_rules()) -}}
with bands as (
    select * from {{ ref('stg_score_bands') }}
)

select
    bands.scorecard,
    bands.version,
    bands.criterion,
    bands.band,
    bands.label
from bands
