{#- A memory that lasts as long as one dbt command, for what many nodes ask and the
    command can't change while they do. dbt keeps no such place for macros; its
    variable `graph` is one dictionary for all nodes, so a note is put beside what
    dbt keeps there. Should a later dbt hand out copies, nothing is remembered and
    everything is found out again, as without it.

    Only for what no node of the command writes after it was first asked; whoever
    asks depends, by `ref`, on everything that the answer is read from.

    name: of the note
    returns: what was noted under this name by this command; none without a note
      and at parse time                                                    -#}
{% macro remembered(name) -%}
    {%- if execute -%}
        {{ return(graph.get('client_profiles_notes', {}).get(invocation_id, {}).get(name)) }}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro %}

{#- Notes something for the rest of the command. Nobody may change it afterwards.

    name: of the note; value: anything
    returns: the value                                                     -#}
{% macro remember(name, value) -%}
    {%- if execute -%}
        {#- Earlier commands of the same process are forgotten. -#}
        {%- set notes = dict(graph.get('client_profiles_notes', {}).get(invocation_id, {})) -%}
        {%- do notes.update({name: value}) -%}
        {%- do graph.update({'client_profiles_notes': {invocation_id: notes}}) -%}
    {%- endif -%}
    {{ return(value) }}
{%- endmacro %}
