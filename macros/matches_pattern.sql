{#- Whether a text fits a regular expression; engines spell it differently.

    column: text expression; pattern: literal, without a single quote
    returns: boolean expression, null for null                             -#}
{% macro matches_pattern(column, pattern) -%}
    {{ return(adapter.dispatch('matches_pattern', 'client_profiles')(column, pattern)) }}
{%- endmacro %}

{% macro default__matches_pattern(column, pattern) -%}
    regexp_like({{ column }}, '{{ pattern }}')
{%- endmacro %}

{% macro duckdb__matches_pattern(column, pattern) -%}
    regexp_matches({{ column }}, '{{ pattern }}')
{%- endmacro %}

{% macro postgres__matches_pattern(column, pattern) -%}
    {{ column }} ~ '{{ pattern }}'
{%- endmacro %}

{% macro spark__matches_pattern(column, pattern) -%}
    {#- Java takes `$` for before a last line break too, and more than that for one. -#}
    {%- set whole = pattern[:-1] ~ '\\z' if pattern.endswith('$') else pattern -%}
    {{ column }} rlike '(?d){{ whole | replace('\\', '\\\\') }}'
{%- endmacro %}
