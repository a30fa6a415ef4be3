{#- The engine's eight-byte float, for the one place where a quotient of large
    decimals needs it. -#}
{% macro type_double() -%}
    {{ return(adapter.dispatch('type_double', 'client_profiles')()) }}
{%- endmacro %}

{% macro default__type_double() -%}
    float8
{%- endmacro %}

{% macro spark__type_double() -%}
    double
{%- endmacro %}
