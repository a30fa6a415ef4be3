{#- The tables whose rows are checked before staging reads them: what
    `var('checked_sources')` lists, in the demo its seeds. A name is that of a
    seed or model of the project that runs, or `source.table`.

    returns: list of names; an error for what is no list, and for a name that is
      neither                                                               -#}
{% macro checked_sources() -%}
    {%- set names = var('checked_sources', none) -%}
    {%- if names is none -%}
        {%- set names = var('demo_checked_sources', [])
            if project_name == 'client_profiles' else [] -%}
    {%- endif -%}
    {%- if names is string or names is mapping or names is not iterable -%}
        {{ exceptions.raise_compiler_error(
            "var 'checked_sources' is '" ~ names ~ "'; it must be a list of names"
        ) }}
    {%- endif -%}
    {%- for name in names
        if not modules.re.match('^[A-Za-z_][A-Za-z0-9_]*([.][A-Za-z_][A-Za-z0-9_]*)?$', name | string) -%}
        {{ exceptions.raise_compiler_error(
            "var 'checked_sources' has '" ~ name ~ "'; write the name of a seed or model, or source.table"
        ) }}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}

{#- The relation of one of them. dbt notes what a model depends on when it parses
    it, so this is called at parse time too.

    name: as in checked_sources()
    returns: relation                                                       -#}
{% macro checked_relation(name) -%}
    {%- set parts = name.split('.') -%}
    {{ return(
        source(parts[0], parts[1]) if parts | length == 2
        else ref(project_name, name)
    ) }}
{%- endmacro %}
