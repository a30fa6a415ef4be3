{#- Whether a snapshot's table is there already; false at parse time.

    snapshot: the snapshot's own relation (`this`)
    returns: boolean                                                       -#}
{% macro snapshot_exists(snapshot) -%}
    {%- if not execute -%}
        {{ return(false) }}
    {%- endif -%}
    {{ return(adapter.get_relation(
        snapshot.database, snapshot.schema, snapshot.identifier
    ) is not none) }}
{%- endmacro %}
