{#- How people call a metric: as the criterion that judges it; as the first one
    by name where several do. -#}
with criteria as (
    select * from {{ ref('stg_criteria') }}
),

number_criteria as (
    select
        criteria.metric,
        criteria.label,
        criteria.unit,
        criteria.value_format,
        row_number() over (
            partition by criteria.metric
            order by {{ client_profiles.byte_order('criteria.criterion') }}
        ) as place
    from criteria
)

select
    lower(number_criteria.metric) as metric,
    number_criteria.label,
    number_criteria.unit,
    number_criteria.value_format
from number_criteria
where number_criteria.place = 1
