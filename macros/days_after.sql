{#- The date some days after another.

    day: ISO text; days: whole number, 0 or more
    returns: ISO text; an error if days is no whole number                 -#}
{% macro days_after(day, days) -%}
    {%- if not modules.re.match('^[0-9]{1,4}$', days | string) -%}
        {{ exceptions.raise_compiler_error(
            "'" ~ days ~ "' is no number of days; write a whole number, 0 or more"
        ) }}
    {%- endif -%}
    {%- set date = modules.datetime.date(day[:4] | int, day[5:7] | int, day[8:10] | int) -%}
    {{ return((date + modules.datetime.timedelta(days=days | int)).isoformat()) }}
{%- endmacro %}
