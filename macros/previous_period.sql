{#- The month before a period.

    period: ISO text of a month's first day
    returns: the same of the month before                                  -#}
{% macro previous_period(period) -%}
    {%- set months = period[:4] | int * 12 + period[5:7] | int - 2 -%}
    {{ return('%04d-%02d-01' | format(months // 12, months % 12 + 1)) }}
{%- endmacro %}
