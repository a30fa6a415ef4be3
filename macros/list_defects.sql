{#- A select statement with one row per defect of rows that were checked. Only
    rows that have one are looked at again.

    table_name: as people know it; relation: of it, to count its rows
    checks: as source_checks() gives them
    row_key: SQL text expression over checked_rows: which row it is
    client_id: SQL text expression of its client
    returns: SQL with the columns of int_source_defects                     -#}
{% macro list_defects(table_name, relation, checks, row_key, client_id) -%}
select
    '{{ table_name }}' as table_name,
    checks.column_name,
    checks.check_name,
    checks.says,
    checks.consequence,
    {{ client_profiles.shown_value(client_id) }} as client_id,
    {{ row_key }} as row_key,
    case checks.check_number
        when 0 then cast(null as {{ dbt.type_string() }})
        {%- for check in checks if check.value is not none %}
        when {{ checks.index(check) + 1 }} then {{ client_profiles.shown_value('checked_rows.' ~ check.value) }}
        {%- endfor %}
    end as value,
    (select count(*) from {{ relation }}) as rows_checked
from checked_rows
cross join (
    values
    {%- for check in checks %}
    (
        {{ loop.index }},
        '{{ check.column }}',
        '{{ check.check }}',
        {{ dbt.string_literal(dbt.escape_single_quotes(check.says)) }},
        '{{ check.consequence }}'
    ){{ ',' if not loop.last }}
    {%- endfor %}
) as checks (check_number, column_name, check_name, says, consequence)
where
    (
        {%- for check in checks %}
        {{ 'or ' if not loop.first }}checked_rows.check_{{ loop.index }}
        {%- endfor %}
    )
    and case checks.check_number
        {%- for check in checks %}
        when {{ loop.index }} then checked_rows.check_{{ loop.index }}
        {%- endfor %}
    end
{%- endmacro %}

{#- One more select statement for `union all`: the defect of a table without rows. -#}
{% macro list_empty_table(table_name, relation) -%}
select
    '{{ table_name }}' as table_name,
    cast(null as {{ dbt.type_string() }}) as column_name,
    'no_rows' as check_name,
    'has no rows at all' as says,
    'stops' as consequence,
    cast(null as {{ dbt.type_string() }}) as client_id,
    cast(null as {{ dbt.type_string() }}) as row_key,
    cast(null as {{ dbt.type_string() }}) as value,
    cast(0 as bigint) as rows_checked
where not exists (select 1 from {{ relation }})
{%- endmacro %}

{#- No defect at all, for where nothing is checked. -#}
{% macro list_no_defects() -%}
select
    {%- for name in [
        'table_name', 'column_name', 'check_name', 'says', 'consequence',
        'client_id', 'row_key', 'value',
    ] %}
    cast(null as {{ dbt.type_string() }}) as {{ name }},
    {%- endfor %}
    cast(null as bigint) as rows_checked
where 1 = 0
{%- endmacro %}

{#- The key of a row as people read it: order_batch_id=B000001.

    columns: list of column names of checked_rows
    returns: SQL text expression                                            -#}
{% macro row_key(columns) -%}
    {%- for column in columns -%}
    '{{ ', ' if not loop.first }}{{ column }}=' || coalesce({{ client_profiles.shown_value('checked_rows.' ~ column) }}, '(empty)')
    {{- ' || ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
