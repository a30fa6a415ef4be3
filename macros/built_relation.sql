{#- The table of a node of this package, or of the project that replaces it,
    without depending on it: for what looks at the result of an earlier run.

    name: name of the node
    returns: relation, none at parse time and while it is not built        -#}
{% macro built_relation(name) -%}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values()
            if node.name == name and node.resource_type != 'unit_test' -%}
            {%- do found.append(adapter.get_relation(
                node.database, node.schema, node.alias
            )) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found | first | default(none)) }}
{%- endmacro %}
