{#- A whole number that somebody may set as a variable, checked before it goes
    into SQL.

    name: the variable's name; default: its value where nobody sets it
    least: the least that it may be
    returns: int; an error that names the variable if it is no such number -#}
{% macro whole_number_var(name, default, least=1) -%}
    {%- set text = var(name, default) | string -%}
    {%- if not modules.re.match('^[0-9]{1,6}$', text) or text | int < least -%}
        {{ exceptions.raise_compiler_error(
            "var '" ~ name ~ "' is '" ~ text ~ "'; it must be a whole number, "
            ~ least ~ " or more"
        ) }}
    {%- endif -%}
    {{ return(text | int) }}
{%- endmacro %}
