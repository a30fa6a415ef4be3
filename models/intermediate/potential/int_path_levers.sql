{{ config(materialized='table') }}
-- The levers of all paths, one row each.
with exact_paths as (
    select * from {{ ref('int_exact_paths') }}
),

greedy_paths as (
    select * from {{ ref('int_greedy_paths') }}
)

{%- for place in ['first', 'second'] %}
select
    exact_paths.client_id,
    exact_paths.scorecard,
    exact_paths.version,
    exact_paths.target_profile,
    exact_paths.{{ place }}_metric as metric,
    'exact' as method,
    exact_paths.rules_fingerprint,
    exact_paths.{{ place }}_steps as steps,
    exact_paths.period_start
from exact_paths
where exact_paths.{{ place }}_metric is not null
union all
{%- endfor %}
select
    greedy_paths.client_id,
    greedy_paths.scorecard,
    greedy_paths.version,
    greedy_paths.target_profile,
    greedy_paths.metric,
    'greedy' as method,
    greedy_paths.rules_fingerprint,
    greedy_paths.steps,
    greedy_paths.period_start
from greedy_paths
