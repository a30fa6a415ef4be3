{#- Pre-hook of an incremental model that appends: takes away what is about to be
    made again, also where nothing will come in its place.

    relation: the model's table, with scorecard and period_start
    returns: SQL statement; empty at the first run                         -#}
{% macro forget_periods_to_score(relation) -%}
    {%- if is_incremental() -%}
        {%- set versions = client_profiles.scorecard_rules()
            | selectattr('status', 'equalto', 'approved') | list -%}
        delete from {{ relation }}
        where {{ client_profiles.periods_to_score(
            client_profiles.first_periods_to_score(relation, versions)
        ) }}
    {%- endif -%}
{%- endmacro %}

{#- Pre-hooks of a model of compiled SQL that appends new periods. DuckDB adds no
    column to a table that the same transaction has deleted from, so there the
    periods are taken away before the model's transaction; when a run is stopped
    between the two, the next one makes everything from the first missing period
    on. Elsewhere it stays one transaction: dbt ends it for such a hook, and what
    is set for it would be lost.

    returns: list of hooks, for config(pre_hook=…)                         -#}
{% macro new_periods_pre_hooks() -%}
    {{ return([
        {
            'sql': '{{ client_profiles.forget_periods_to_score(this) }}',
            'transaction': target.type != 'duckdb',
        },
        {
            'sql': '{{ client_profiles.plan_compiled_sql() }}',
            'transaction': true,
        },
    ]) }}
{%- endmacro %}
