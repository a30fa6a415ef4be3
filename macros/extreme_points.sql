{#- The least or the most that the bands of a criterion are worth.

    criterion: entry of scorecard_rules(); end: 'lowest' or 'highest'
    returns: SQL literal decimal(5, 2)                                     -#}
{% macro extreme_points(criterion, end) -%}
    {%- set ns = namespace(points=criterion.bands[0].points) -%}
    {%- for band in criterion.bands -%}
        {%- set is_lower = band.points | float < ns.points | float -%}
        {%- set is_higher = band.points | float > ns.points | float -%}
        {%- if (is_lower and end == 'lowest') or (is_higher and end == 'highest') -%}
            {%- set ns.points = band.points -%}
        {%- endif -%}
    {%- endfor -%}
    cast({{ ns.points }} as decimal(5, 2))
{%- endmacro %}
