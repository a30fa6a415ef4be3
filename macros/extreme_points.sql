{#- The least or the most that the bands of a criterion are worth.

    criterion: entry of scorecard_rules(); end: 'lowest' or 'highest'
    returns: text with two decimals                                        -#}
{% macro extreme_points(criterion, end) -%}
    {%- set ns = namespace(points=criterion.bands[0].points) -%}
    {%- for band in criterion.bands -%}
        {%- set is_lower = band.points | float < ns.points | float -%}
        {%- set is_higher = band.points | float > ns.points | float -%}
        {%- if (is_lower and end == 'lowest') or (is_higher and end == 'highest') -%}
            {%- set ns.points = band.points -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(ns.points) }}
{%- endmacro %}
