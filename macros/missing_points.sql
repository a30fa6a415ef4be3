{#- The points that a criterion gets while its value is missing.

    criterion: entry of scorecard_rules()
    returns: SQL literal decimal(5, 2), or null for policy `exclude`       -#}
{% macro missing_points(criterion) -%}
    cast({{ client_profiles.missing_points_text(criterion) or 'null' }} as decimal(5, 2))
{%- endmacro %}

{#- The same as a text; none for policy `exclude`. -#}
{% macro missing_points_text(criterion) -%}
    {%- if criterion.missing_value_policy == 'neutral' -%}
        {{ return('50') }}
    {%- elif criterion.missing_value_policy == 'worst' -%}
        {{ return(client_profiles.extreme_points(criterion, 'lowest')) }}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro %}

{#- What they count in the weighted sum, in the units of band_case() 'weighted'. -#}
{% macro missing_weighted_points(criterion) -%}
    cast({{ client_profiles.weighted_hundredths(
        client_profiles.missing_points_text(criterion) or '0', criterion.weight
    ) }} as bigint)
{%- endmacro %}

{#- What a missing value would add to the weighted sum if it were known and in
    the criterion's lowest or highest band; it may take away.

    criterion: entry of scorecard_rules(); end: 'lowest' or 'highest'
    returns: SQL literal bigint                                            -#}
{% macro added_when_known(criterion, end) -%}
    {%- set known = client_profiles.extreme_points(criterion, end) -%}
    {%- set missing = client_profiles.missing_points_text(criterion) or '0' -%}
    cast({{
        client_profiles.weighted_hundredths(known, criterion.weight)
        - client_profiles.weighted_hundredths(missing, criterion.weight)
    }} as bigint)
{%- endmacro %}
