{#- Stands between `as` and the bracket of a step whose columns are read many
    times. PostgreSQL would write the expression of a column into every place
    that reads it, and a compiled rule reads the score in hundreds of places.

    returns: SQL keyword, empty on engines that don't know it              -#}
{% macro computed_once() -%}
    {{ return(adapter.dispatch('computed_once', 'client_profiles')()) }}
{%- endmacro %}

{% macro default__computed_once() -%}
{%- endmacro %}

{% macro postgres__computed_once() -%}
    materialized
{%- endmacro %}
