{#- The tables of this package that runs add to instead of making them anew: the
    snapshots and the incremental models. Their configuration says which of their
    rows no build could bring back.

    returns: list of mappings
      schema, name
      keeps   records         a snapshot: those of earlier dates
              rows            all of them: what is only ever appended
              closed_periods  those of periods that no run may change any more
              nothing         a full refresh makes them anew                -#}
{% macro history_tables() -%}
    {%- set found = [] -%}
    {%- for node in graph.nodes.values() | sort(attribute='name')
        if node.package_name == 'client_profiles'
        and node.config.enabled
        and node.config.materialized in ['snapshot', 'incremental'] -%}
        {%- if node.resource_type == 'snapshot' -%}
            {%- set keeps = 'records' -%}
        {%- elif node.config.full_refresh is not sameas false -%}
            {%- set keeps = 'nothing' -%}
        {%- elif node.config.incremental_strategy == 'append' -%}
            {%- set keeps = 'rows' -%}
        {%- else -%}
            {%- set keeps = 'closed_periods' -%}
        {%- endif -%}
        {%- do found.append({
            'schema': node.schema, 'name': node.alias, 'keeps': keeps
        }) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
