{#- The date some days after another, where a variable says how many.

    day: ISO text; name: the variable's name, for the error
    days: its value, a whole number, 0 or more
    returns: ISO text; an error that names the variable if it is no such number -#}
{% macro days_after(day, name, days) -%}
    {%- if not modules.re.match('^[0-9]{1,4}$', days | string) -%}
        {{ exceptions.raise_compiler_error(
            "var '" ~ name ~ "' is '" ~ days ~ "'; it must be a whole number, 0 or more"
        ) }}
    {%- endif -%}
    {%- set date = modules.datetime.date(day[:4] | int, day[5:7] | int, day[8:10] | int) -%}
    {{ return((date + modules.datetime.timedelta(days=days | int)).isoformat()) }}
{%- endmacro %}
