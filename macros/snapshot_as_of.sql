{#- Pre-hooks that make a snapshot repeatable within an as-of date: the records
    that an earlier run opened on this date go, and those that it closed open
    again, so that the run starts from what was known before this date. Both
    are part of the snapshot's transaction.

    snapshot: the snapshot's own relation (`this`)
    returns: one SQL statement, empty at the first run                     -#}
{% macro snapshot_forget_as_of(snapshot) -%}
    {%- if client_profiles.snapshot_exists(snapshot) -%}
        delete from {{ snapshot }}
        where dbt_valid_from = cast('{{ client_profiles.as_of_date() }}' as timestamp)
    {%- endif -%}
{%- endmacro %}

{% macro snapshot_reopen_as_of(snapshot) -%}
    {%- if client_profiles.snapshot_exists(snapshot) -%}
        update {{ snapshot }} set dbt_valid_to = null
        where dbt_valid_to = cast('{{ client_profiles.as_of_date() }}' as timestamp)
    {%- endif -%}
{%- endmacro %}
