{#- Post-hook of tables that others join right after they were made: lets the planner
    know them. PostgreSQL looks at a new table by itself only a minute later, and
    until then may join it in a way that takes hours.

    table: relation
    returns: SQL statement, empty on engines that do it by themselves       -#}
{% macro collect_statistics(table) -%}
    {{ return(adapter.dispatch('collect_statistics', 'client_profiles')(table)) }}
{%- endmacro %}

{% macro default__collect_statistics(table) -%}
{%- endmacro %}

{% macro postgres__collect_statistics(table) -%}
    analyze {{ table }}
{%- endmacro %}
