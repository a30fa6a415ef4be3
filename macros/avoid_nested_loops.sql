{#- Pre-hook for a model that joins its own steps. PostgreSQL has no statistics on
    the steps of a query and would compare all rows with all; without nested loops
    it sorts or hashes them. It holds for the model's transaction only.

    returns: SQL statement, empty on other engines                         -#}
{% macro avoid_nested_loops() -%}
    {{ return(adapter.dispatch('avoid_nested_loops', 'client_profiles')()) }}
{%- endmacro %}

{% macro default__avoid_nested_loops() -%}
{%- endmacro %}

{% macro postgres__avoid_nested_loops() -%}
    set local enable_nestloop = off
{%- endmacro %}
