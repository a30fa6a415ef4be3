{{ config(materialized='table') }}
{#- A table for the same reason as int_scored_criteria. -#}
{{- client_profiles.raise_stale_scores(client_profiles.scorecard_rules()) -}}
with profile_rules as (
    select * from {{ ref('stg_profile_rules') }}
)

select
    profile_rules.scorecard,
    profile_rules.version,
    profile_rules.rule,
    profile_rules.profile,
    profile_rules.subject,
    coalesce(profile_rules.subject_name, '') as subject_name,
    profile_rules.lower_bound,
    profile_rules.upper_bound
from profile_rules
where
    profile_rules.lower_bound is not null
    or profile_rules.upper_bound is not null
