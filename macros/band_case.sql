{#- The score band of a value, as a CASE expression. Bands cover the number
    line (checked before), so each needs only its lower bound, tried from the
    highest down. From ten bands on the list is halved first, which was
    measured to be faster than one long CASE.

    value: SQL expression, null gives null
    bands: list of {band, lower_bound, points}, lowest first
    field: 'band' for its name, 'points' for what it is worth
    returns: SQL expression, text or decimal(5, 2)                         -#}
{% macro band_case(value, bands, field) -%}
    {%- if bands | length > 9 -%}
        {%- set middle = bands | length // 2 -%}
        case
            when {{ value }} >= {{ bands[middle].lower_bound }}
                then {{ client_profiles.band_case(value, bands[middle:], field) }}
            when {{ value }} is not null
                then {{ client_profiles.band_case(value, bands[:middle], field) }}
        end
    {%- else -%}
        case
            when {{ value }} is null then null
            {%- for band in bands[1:] | reverse %}
            when {{ value }} >= {{ band.lower_bound }}
                then {{ client_profiles.band_literal(band, field) }}
            {%- endfor %}
            else {{ client_profiles.band_literal(bands[0], field) }}
        end
    {%- endif -%}
{%- endmacro %}

{#- One band's name or points as a literal. -#}
{% macro band_literal(band, field) -%}
    {%- if field == 'band' -%}
        '{{ band.band }}'
    {%- else -%}
        cast({{ band.points }} as decimal(5, 2))
    {%- endif -%}
{%- endmacro %}
