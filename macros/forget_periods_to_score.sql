{#- Pre-hook of an incremental model that appends: takes away what is about to be
    made again, also where nothing will come in its place. It stands outside of
    the model's transaction, because DuckDB adds no column to a table that the
    same transaction has deleted from. When a run is stopped between the two, the
    next one makes everything from the first missing period on.

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
