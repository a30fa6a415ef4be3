{#- The metrics that rules can use: the columns of `int_client_metrics` that are
    exact numbers (integers and decimals). Floats are left out: their last
    digits differ between engines and runs, so a band's edge would too.

    returns: list of lower-case column names; at parse time an empty one   -#}
{% macro metric_columns() -%}
    {{ return(client_profiles.metric_types().keys() | list) }}
{%- endmacro %}

{#- The same with their types.

    returns: mapping of lower-case column names to types, as the database calls
      them; at parse time an empty one                                      -#}
{% macro metric_types() -%}
    {%- set relation = ref(project_name, 'int_client_metrics') -%}
    {%- set types = {} -%}
    {%- if execute -%}
        {%- for column in adapter.get_columns_in_relation(relation)
            if client_profiles.is_exact_number(column.data_type) -%}
            {%- do types.update({column.name | lower: column.data_type}) -%}
        {%- endfor -%}
        {%- if not types -%}
            {{ exceptions.raise_compiler_error(
                "int_client_metrics is not built or has no integer or decimal column; run: dbt build --select +int_client_metrics"
            ) }}
        {%- endif -%}
    {%- endif -%}
    {{ return(types) }}
{%- endmacro %}

{#- Whether a type, as the database calls it, holds integers or decimals. -#}
{% macro is_exact_number(data_type) -%}
    {{ return(modules.re.match(
        '^((numeric|decimal)([(][0-9, ]+[)])?|u?(tiny|small|big|huge)?int(eger)?[0-9]*)$',
        data_type | lower
    ) is not none) }}
{%- endmacro %}
