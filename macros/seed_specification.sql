{#- What seeds/scorecards/_scorecards__seeds.yml says of a rule seed. dbt knows
    it only while a node runs, so this is an error at parse time.

    seed: name of the seed
    returns: {key, references, may_be_empty, columns: [{name, format, required,
      one_of}]}; an error that says what to copy where a project brings the
      seed without its description                                         -#}
{% macro seed_specification(seed) -%}
    {%- set nodes = graph.nodes.values()
        | selectattr('resource_type', 'equalto', 'seed')
        | selectattr('name', 'equalto', seed) | list -%}
    {%- set columns = [] -%}
    {%- for node in nodes -%}
        {%- for column in node.columns.values() -%}
            {%- set meta = column.config.meta or column.meta -%}
            {%- if meta.format -%}
                {%- do columns.append({
                    'name': column.name,
                    'format': meta.format,
                    'required': meta.required or false,
                    'one_of': meta.one_of or [],
                }) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if not columns -%}
        {{ exceptions.raise_compiler_error(
            "seed '" ~ seed ~ "' has no description: copy _scorecards__seeds.yml from seeds/scorecards/ of the package client_profiles beside your rule seeds"
        ) }}
    {%- endif -%}
    {%- set meta = nodes[0].config.meta -%}
    {{ return({
        'key': meta.key,
        'references': meta.references or [],
        'may_be_empty': meta.may_be_empty or false,
        'columns': columns,
    }) }}
{%- endmacro %}
