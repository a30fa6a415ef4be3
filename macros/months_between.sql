{#- Calendar months from one date's month to another's: 0 within a month,
    negative backwards. Both are date expressions; returns an integer.     -#}
{% macro months_between(earlier, later) -%}
    cast(
        (extract(year from {{ later }}) - extract(year from {{ earlier }})) * 12
        + extract(month from {{ later }}) - extract(month from {{ earlier }})
        as integer
    )
{%- endmacro %}
