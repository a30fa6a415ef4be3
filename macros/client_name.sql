{#- The name of a client as people may read it. It is the only place where a mart
    takes a name from `stg_clients`: with `var('mask_client_names')` true it is
    made of the client's id instead, which says nothing to whoever has no list of
    the clients and joins to it for whoever has.

    clients: alias of stg_clients
    returns: SQL text expression, null where no name is known              -#}
{% macro client_name(clients) -%}
    {%- if client_profiles.boolean_var('mask_client_names', false) -%}
        case
            when {{ clients }}.client_name is not null
                then 'Client '
                    || cast({{ clients }}.client_id as {{ dbt.type_string() }})
        end
    {%- else -%}
        {{ clients }}.client_name
    {%- endif -%}
{%- endmacro %}
