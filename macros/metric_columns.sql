{#- The metrics that rules can use: the columns of `int_client_metrics` that
    are exact numbers (integers and decimals). Floats are left out: their last
    digits differ between engines and runs, so a band's edge would too.

    returns: list of lower-case column names; at parse time an empty one   -#}
{% macro metric_columns() -%}
    {%- set relation = ref(project_name, 'int_client_metrics') -%}
    {%- set names = [] -%}
    {%- if execute -%}
        {%- for column in adapter.get_columns_in_relation(relation) -%}
            {%- set is_exact = modules.re.match(
                '^(numeric|decimal|(tiny|small|big|huge)?int(eger)?[0-9]*|u?int[0-9]+)',
                column.data_type | lower
            ) -%}
            {%- if is_exact -%}
                {%- do names.append(column.name | lower) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if not names -%}
            {{ exceptions.raise_compiler_error(
                "int_client_metrics is not built or has no integer or decimal column; run: dbt build --select +int_client_metrics"
            ) }}
        {%- endif -%}
    {%- endif -%}
    {{ return(names) }}
{%- endmacro %}
