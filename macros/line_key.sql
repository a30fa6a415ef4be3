{#- Names a seed's line for people: "scorecard=tier, version=1".

    columns: list of columns; relation: alias that they are read from
    returns: SQL text expression                                           -#}
{% macro line_key(columns, relation) -%}
    {%- for column in columns -%}
        '{{ ", " if not loop.first }}{{ column }}='
        || coalesce(
            cast({{ relation }}.{{ column }} as {{ dbt.type_string() }}), '(empty)'
        )
        {{- " || " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
