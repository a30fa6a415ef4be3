{#- The first period that is not scored, as an ISO text: periods before it
    are. A period is complete from the first day of the next month on;
    `var('score_open_period')` true lets the running month in as well.

    returns: text 'YYYY-MM-01'                                             -#}
{% macro first_open_period() -%}
    {%- set as_of = client_profiles.as_of_date() -%}
    {%- set year = as_of[:4] | int -%}
    {%- set month = as_of[5:7] | int -%}
    {%- if client_profiles.boolean_var('score_open_period', false) -%}
        {%- set year = year + month // 12 -%}
        {%- set month = month % 12 + 1 -%}
    {%- endif -%}
    {{ return('%04d-%02d-01' | format(year, month)) }}
{%- endmacro %}
