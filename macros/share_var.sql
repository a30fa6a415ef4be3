{#- A share that somebody may set as a variable, checked before it goes into SQL.

    name: the variable's name; default: its value where nobody sets it
    returns: text of a number from 0 to 1; an error that names the variable if it
      is no such number                                                    -#}
{% macro share_var(name, default) -%}
    {%- set text = var(name, default) | string -%}
    {%- set pattern = client_profiles.seed_pattern('share') -%}
    {%- if not modules.re.match(pattern.pattern, text) -%}
        {{ exceptions.raise_compiler_error(
            "var '" ~ name ~ "' is '" ~ text ~ "'; " ~ pattern.advice
        ) }}
    {%- endif -%}
    {{ return(text) }}
{%- endmacro %}
