{{ config(materialized='table') }}
-- The bounds that rules set to the score, in ten-thousandths of a point, which
-- scores are whole numbers of.
with rules as (
    select * from {{ ref('stg_profile_rules') }}
    where subject = 'score'
),

list_bounds as (
    {%- for bound in ['lower_bound', 'upper_bound'] %}
    {{ 'union' if not loop.first }}
    select
        rules.scorecard,
        rules.version,
        cast(ceil(rules.{{ bound }} * 10000) as bigint) as score_units
    from rules
    where rules.{{ bound }} is not null
    {%- endfor %}
)

select
    list_bounds.scorecard,
    list_bounds.version,
    list_bounds.score_units
from list_bounds
where list_bounds.score_units between 1 and 1000000
