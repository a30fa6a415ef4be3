with lines as (
    select * from {{ ref('rule_problems__lines') }}
),

versions as (
    select * from {{ ref('rule_problems__versions') }}
),

criteria as (
    select * from {{ ref('rule_problems__criteria') }}
),

profiles as (
    select * from {{ ref('rule_problems__profiles') }}
),

decisions as (
    select * from {{ ref('rule_problems__decisions') }}
),

protocols as (
    select * from {{ ref('rule_problems__protocols') }}
),

benefits as (
    select * from {{ ref('rule_problems__benefits') }}
),

combine as (
    select * from lines
    union all
    select * from versions
    union all
    select * from criteria
    union all
    select * from profiles
    union all
    select * from decisions
    union all
    select * from protocols
    union all
    select * from benefits
)

select
    combine.seed,
    combine.line_key,
    combine.column_name,
    combine.value,
    combine.problem,
    combine.advice
from combine
