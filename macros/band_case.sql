{#- The score band of a value, as a CASE expression. Bands cover the number
    line (checked before), so each needs only its lower bound, tried from the
    highest down; a missing value, which is rare, is tried last. From ten bands
    on the list is halved first. Both were measured to be faster.

    value: SQL expression
    bands: list of {band, lower_bound, points}, lowest first
    field: 'band' for its name, 'points' for what it is worth, 'weighted' for
      that times `weight`, in hundredths: a whole number
    weight: the criterion's weight in millionths, for 'weighted'
    missing: SQL literal for a missing value; null without it
    returns: SQL expression, text, decimal(5, 2) or bigint                 -#}
{% macro band_case(value, bands, field, weight=none, missing=none) -%}
    {%- if bands | length > 9 -%}
        {%- set middle = bands | length // 2 -%}
        case
            when {{ value }} >= {{ bands[middle].lower_bound }}
                then {{ client_profiles.band_case(
                    value, bands[middle:], field, weight
                ) }}
            when {{ value }} < {{ bands[middle].lower_bound }}
                then {{ client_profiles.band_case(
                    value, bands[:middle], field, weight
                ) }}
            {%- if missing is not none %}
            else {{ missing }}
            {%- endif %}
        end
    {%- else -%}
        case
            {%- for band in bands[1:] | reverse %}
            when {{ value }} >= {{ band.lower_bound }}
                then {{ client_profiles.band_literal(band, field, weight) }}
            {%- endfor %}
            {%- if bands | length > 1 %}
            when {{ value }} < {{ bands[1].lower_bound }}
            {%- else %}
            when {{ value }} is not null
            {%- endif %}
                then {{ client_profiles.band_literal(bands[0], field, weight) }}
            {%- if missing is not none %}
            else {{ missing }}
            {%- endif %}
        end
    {%- endif -%}
{%- endmacro %}

{#- One band's name or points as a literal. -#}
{% macro band_literal(band, field, weight) -%}
    {%- if field == 'band' -%}
        '{{ band.band }}'
    {%- elif field == 'points' -%}
        cast({{ band.points }} as decimal(5, 2))
    {%- else -%}
        cast({{ client_profiles.weighted_hundredths(band.points, weight) }} as bigint)
    {%- endif -%}
{%- endmacro %}

{#- Points times weight as a whole number.

    points: text with at most two decimals; weight: int, millionths
    returns: int                                                           -#}
{% macro weighted_hundredths(points, weight) -%}
    {{ return((points | float * 100) | round | int * weight) }}
{%- endmacro %}
