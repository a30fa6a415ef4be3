{#- The points that a criterion gets while its value is missing.

    criterion: entry of scorecard_rules()
    returns: SQL literal decimal(5, 2), or null for policy `exclude`       -#}
{% macro missing_points(criterion) -%}
    {%- if criterion.missing_value_policy == 'neutral' -%}
        cast(50 as decimal(5, 2))
    {%- elif criterion.missing_value_policy == 'worst' -%}
        {{- client_profiles.extreme_points(criterion, 'lowest') -}}
    {%- else -%}
        cast(null as decimal(5, 2))
    {%- endif -%}
{%- endmacro %}
