{#- The day from which the data are looked at, as an ISO text. It decides which
    periods are complete. `var('as_of')`, else the demo's date where the demo
    is run, else the date of the run (UTC). No model reads the clock.

    returns: text 'YYYY-MM-DD'; an error that names the variable if it is not
    a date.                                                                -#}
{% macro as_of_date() -%}
    {%- set given = var('as_of', none) -%}
    {%- if given is none and project_name == 'client_profiles' -%}
        {%- set given = var('demo_as_of', none) -%}
    {%- endif -%}
    {%- if given is none -%}
        {%- set given = run_started_at.strftime('%Y-%m-%d') -%}
    {%- endif -%}
    {{ return(client_profiles.date_var('as_of', given)) }}
{%- endmacro %}
