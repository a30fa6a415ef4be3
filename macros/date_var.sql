{#- Checks a date that came from outside before it goes into SQL.

    name: the variable's name, for the error; value: text or date
    returns: text 'YYYY-MM-DD'                                             -#}
{% macro date_var(name, value) -%}
    {%- set text = value | string -%}
    {%- set ns = namespace(valid=false) -%}
    {%- if modules.re.match('^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$', text) -%}
        {%- set first = modules.datetime.date(text[:4] | int, text[5:7] | int, 1) -%}
        {%- set day = first + modules.datetime.timedelta(days=(text[8:] | int) - 1) -%}
        {%- set ns.valid = day.month == first.month -%}
    {%- endif -%}
    {%- if not ns.valid -%}
        {{ exceptions.raise_compiler_error(
            "var '" ~ name ~ "' is '" ~ text ~ "'; it must be a date as YYYY-MM-DD, for example --vars '{" ~ name ~ ": 2026-11-01}'"
        ) }}
    {%- endif -%}
    {{ return(text) }}
{%- endmacro %}
