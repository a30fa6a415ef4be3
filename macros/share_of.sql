{#- How large a change is beside a value: |change| / |value|, rounded half up to
    six decimals by whole-number arithmetic.

    change, value: decimal(18, 6) expressions
    returns: SQL expression decimal(28, 6), null for a value of 0          -#}
{% macro share_of(change, value) -%}
    {%- set part = client_profiles.large_integer('abs(' ~ change ~ ')') -%}
    {%- set whole = client_profiles.large_integer('abs(' ~ value ~ ')') -%}
    cast(
        0.000001 * cast({{ client_profiles.large_integer_divide(
            '2000000 * ' ~ part ~ ' + ' ~ whole,
            'nullif(2 * ' ~ whole ~ ', 0)'
        ) }} as decimal(28, 0))
        as decimal(28, 6)
    )
{%- endmacro %}
