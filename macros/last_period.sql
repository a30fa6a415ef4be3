{#- The last period in a table, read while a node runs.

    relation: a table with the column period_start
    returns: ISO text of the period's first day, none for an empty table   -#}
{% macro last_period(relation) -%}
    {%- set read_last -%}
        select cast(max(period_start) as {{ dbt.type_string() }})
        from {{ relation }}
    {%- endset -%}
    {{ return(run_query(read_last).rows[0][0]) }}
{%- endmacro %}
