{{- client_profiles.raise_rule_problems() -}}
{#- What was checked is known from the YAML of the sources and from
    input_checks(): a check that found nothing has its row too. The names of criteria
    are read from rules that are sound. -#}
{%- set tables = client_profiles.checked_tables() -%}
{%- set checks = client_profiles.all_checks() if execute else [] -%}
with defects as (
    select * from {{ ref('fct_data_defects') }}
),

criteria as (
    select * from {{ ref('stg_criteria') }}
),

list_checks as (
    {%- if checks %}
    {{ client_profiles.listed_checks(checks) }}
    {%- else %}
    select
        table_name,
        column_name,
        check_name,
        says,
        consequence,
        cast(null as {{ dbt.type_string() }}) as metrics
    from defects
    {%- endif %}
),

count_rows as (
    {%- for name, relation in tables.items() %}
    {{ 'union all ' if not loop.first }}select
        '{{ name }}' as table_name,
        count(*) as rows_checked
    from {{ relation }}
    {%- endfor %}
),

count_defects as (
    select
        table_name,
        column_name,
        check_name,
        count(*) as rows_defective,
        count(distinct client_id) as clients,
        min(defect_number) as first_defect
    from defects
    group by
        table_name,
        column_name,
        check_name
),

-- The metrics that a defect takes something away from, by whom they are judged.
name_criteria as (
    select
        list_checks.table_name,
        list_checks.column_name,
        list_checks.check_name,
        {{ dbt.listagg(
            measure='criteria.criterion',
            delimiter_text="', '",
            order_by_clause='order by '
                ~ client_profiles.byte_order('criteria.criterion'),
        ) }} as criteria
    from list_checks
    inner join criteria
        on
            {{ dbt.position(
                "' ' || criteria.metric || ' '",
                "' ' || list_checks.metrics || ' '"
            ) }} > 0
    group by
        list_checks.table_name,
        list_checks.column_name,
        list_checks.check_name
),

join_counts as (
    select
        list_checks.table_name,
        list_checks.column_name,
        list_checks.check_name,
        list_checks.says,
        list_checks.consequence,
        name_criteria.criteria,
        count_rows.rows_checked,
        coalesce(count_defects.rows_defective, 0) as rows_defective,
        coalesce(count_defects.clients, 0) as clients,
        count_defects.first_defect
    from list_checks
    inner join count_rows
        on list_checks.table_name = count_rows.table_name
    left join count_defects
        on
            list_checks.table_name = count_defects.table_name
            and list_checks.column_name = count_defects.column_name
            and list_checks.check_name = count_defects.check_name
    left join name_criteria
        on
            list_checks.table_name = name_criteria.table_name
            and list_checks.column_name = name_criteria.column_name
            and list_checks.check_name = name_criteria.check_name
)

select
    {{ dbt.concat([
        'join_counts.table_name', "' '", 'join_counts.column_name', "' '",
        'join_counts.check_name',
    ]) }} as check_key,
    join_counts.table_name,
    join_counts.column_name,
    join_counts.check_name,
    join_counts.says,
    join_counts.consequence,
    join_counts.criteria,
    defects.row_key as example_row,
    defects.value as example_value,
    cast(join_counts.rows_checked as integer) as rows_checked,
    cast(join_counts.rows_defective as integer) as rows_defective,
    cast(
        case
            when join_counts.consequence = 'row_excluded'
                then join_counts.rows_defective
            else 0
        end as integer
    ) as rows_excluded,
    cast(
        case
            when join_counts.consequence = 'value_emptied'
                then join_counts.rows_defective
            else 0
        end as integer
    ) as values_emptied,
    cast(join_counts.clients as integer) as clients,
    cast({{ client_profiles.share_of(
        'join_counts.rows_defective', 'join_counts.rows_checked'
    ) }} as decimal(7, 6)) as share_defective
from join_counts
left join defects
    on join_counts.first_defect = defects.defect_number
