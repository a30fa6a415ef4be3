{#- A value of a rule seed as people write it: numbers without the zeros behind
    their last digit.

    column: expression; format: format of the seed's column
    returns: SQL text expression                                           -#}
{% macro plain_text(column, format) -%}
    {%- set text = 'cast(' ~ column ~ ' as ' ~ dbt.type_string() ~ ')' -%}
    {%- if format in ['number', 'share', 'points'] -%}
        {{ client_profiles.trimmed(
            client_profiles.trimmed(text, '0', 'trailing'), '.', 'trailing'
        ) }}
    {%- else -%}
        {{ text }}
    {%- endif -%}
{%- endmacro %}
