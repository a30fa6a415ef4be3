{#- A client's place among the scored clients of a period, from 0 to 1 in steps
    of a millionth, rounded half up; 0 for a client alone and where all are
    equal. Whole numbers only: a float takes some halves for less.

    below: expression of how many others have a lower value
    others: expression of how many others there are
    returns: SQL expression decimal(18, 6)                                 -#}
{% macro rank_position(below, others) -%}
    cast(0.000001 * coalesce({{ client_profiles.integer_divide(
        '2000000 * cast(' ~ below ~ ' as bigint) + ' ~ others,
        'nullif(2 * ' ~ others ~ ', 0)'
    ) }}, 0) as decimal(18, 6))
{%- endmacro %}

{#- The same for the place between the lowest and the highest value.

    value, lowest, highest: decimal(18, 6) expressions
    returns: SQL expression decimal(18, 6)                                 -#}
{% macro range_position(value, lowest, highest) -%}
    {%- set part = value ~ ' - ' ~ lowest -%}
    {%- set whole = highest ~ ' - ' ~ lowest -%}
    {%- set large_part = client_profiles.large_integer(part) -%}
    {%- set large_whole = client_profiles.large_integer(whole) -%}
    {#- Up to half a million the products fit into 64 bits, which is much faster. -#}
    cast(
        case
            when {{ whole }} <= 500000
                then 0.000001 * coalesce({{ client_profiles.integer_divide(
                    '2000000 * cast(1000000 * (' ~ part ~ ') as bigint)'
                        ~ ' + cast(1000000 * (' ~ whole ~ ') as bigint)',
                    'nullif(2 * cast(1000000 * (' ~ whole ~ ') as bigint), 0)'
                ) }}, 0)
            else 0.000001 * coalesce(cast({{ client_profiles.large_integer_divide(
                    '2000000 * ' ~ large_part ~ ' + ' ~ large_whole,
                    'nullif(2 * ' ~ large_whole ~ ', 0)'
                ) }} as bigint), 0)
        end
        as decimal(18, 6)
    )
{%- endmacro %}
