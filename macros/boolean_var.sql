{#- A yes or no that somebody may set as a variable. A text like 'no' would
    count as true where it is only asked whether there is something.

    name: the variable's name; default: its value where nobody sets it
    returns: boolean; an error that names the variable if it is neither true
      nor false                                                            -#}
{% macro boolean_var(name, default) -%}
    {%- set given = var(name, default) -%}
    {%- set text = given | string -%}
    {%- if text not in ['True', 'False', 'true', 'false'] -%}
        {{ exceptions.raise_compiler_error(
            "var '" ~ name ~ "' is '" ~ text ~ "'; it must be true or false, for example --vars '{" ~ name ~ ": true}'"
        ) }}
    {%- endif -%}
    {{ return(text in ['True', 'true']) }}
{%- endmacro %}
