{#- Pre-hook for a model that joins its own steps or holds many compiled rules.
    PostgreSQL has no statistics on the steps of a query and would compare all
    rows with all; without nested loops it sorts or hashes them. It would also
    turn every expression into machine code first, which was measured to take
    fifteen seconds where the query takes one. Both hold for the model's
    transaction only.

    returns: SQL statements, empty on other engines                        -#}
{% macro plan_compiled_sql() -%}
    {{ return(adapter.dispatch('plan_compiled_sql', 'client_profiles')()) }}
{%- endmacro %}

{% macro default__plan_compiled_sql() -%}
{%- endmacro %}

{% macro postgres__plan_compiled_sql() -%}
    set local enable_nestloop = off; set local jit = off
{%- endmacro %}
