{#- A text to sort by, byte by byte: the order of letters and signs depends on
    the language of the server otherwise, and with it who comes first on a tie.

    column: text expression
    returns: SQL expression, for `order by` only                           -#}
{% macro byte_order(column) -%}
    {{ return(adapter.dispatch('byte_order', 'client_profiles')(column)) }}
{%- endmacro %}

{% macro default__byte_order(column) -%}
    {{ column }}
{%- endmacro %}

{% macro postgres__byte_order(column) -%}
    {{ column }} collate "C"
{%- endmacro %}
