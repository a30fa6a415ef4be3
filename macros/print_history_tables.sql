{#- Prints where the tables of the history are in the database of the target, as one
    JSON object: publish/restore_history.py reads it.

    returns: nothing; the object has the list of history_tables() as `tables` -#}
{% macro print_history_tables() -%}
    {%- if execute -%}
        {{ print(tojson({'tables': client_profiles.history_tables()})) }}
    {%- endif -%}
{%- endmacro %}
