{#- Names a seed's line for people: "scorecard=tier, version=1".

    columns: list of text columns; relation: alias that they are read from
    returns: SQL text expression                                           -#}
{% macro line_key(columns, relation) -%}
    {%- for column in columns -%}
        '{{ ", " if not loop.first }}{{ column }}='
        || coalesce({{ relation }}.{{ column }}, '(empty)')
        {{- " || " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
