{#- The rows that an incremental run scores again, as a condition on scorecard
    and period_start.

    first_periods: result of first_periods_to_score()
    relation: alias of the rows, where there are several
    returns: SQL condition                                                 -#}
{% macro periods_to_score(first_periods, relation=none) -%}
    {%- set prefix = relation ~ '.' if relation else '' -%}
    (
    {%- for scorecard, first_period in first_periods.items() %}
        {{ 'or ' if not loop.first -}}
        (
            {{ prefix }}scorecard = '{{ scorecard }}'
            and {{ prefix }}period_start >= cast('{{ first_period }}' as date)
        )
    {%- else %}
        1 = 0
    {%- endfor %}
    )
{%- endmacro %}
