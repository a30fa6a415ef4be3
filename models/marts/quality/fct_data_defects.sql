with source_defects as (
    select * from {{ ref('int_source_defects') }}
),

input_defects as (
    select * from {{ ref('int_input_defects') }}
),

combine as (
    select * from source_defects
    union all
    select * from input_defects
)

select
    cast(
        row_number() over (
            order by
                {{ client_profiles.byte_order('combine.table_name') }},
                {{ client_profiles.byte_order('combine.column_name') }},
                {{ client_profiles.byte_order('combine.check_name') }},
                {{ client_profiles.byte_order('combine.row_key') }},
                {{ client_profiles.byte_order(
                    "coalesce(combine.value, '')"
                ) }}
        ) as integer
    ) as defect_number,
    combine.client_id,
    combine.table_name,
    combine.column_name,
    combine.check_name,
    combine.row_key,
    combine.value,
    combine.says,
    combine.consequence
from combine
