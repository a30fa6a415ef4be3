{#- A seed's text as a typed value: null where the text does not fit its
    format, which `rule_problems` reports, so that one bad cell does not hide
    the other problems behind a cast error.

    column: name of the text column; format: see macro seed_pattern
    returns: SQL expression of the type that belongs to the format         -#}
{% macro seed_value(column, format) -%}
    {%- set types = {
        'number': 'decimal(18, 6)',
        'share': 'decimal(7, 6)',
        'points': 'decimal(5, 2)',
        'integer': 'integer',
        'positive_integer': 'integer',
        'date': 'date',
        'month': 'date',
        'boolean': 'boolean',
    } -%}
    {%- set pattern = client_profiles.seed_pattern(format).pattern -%}
    {#- A seed without its description has columns of other types; what is
        missing is said by rule_problems__lines, not by a type error here. -#}
    {%- set text = 'cast(' ~ column ~ ' as ' ~ dbt.type_string() ~ ')' -%}
    {#- The cast comes last: PostgreSQL forgets a decimal's places within a case. -#}
    cast(
        case
            when {{ client_profiles.matches_pattern(text, pattern) }}
                then {{ text }}
        end as {{ types[format] }}
    )
{%- endmacro %}
