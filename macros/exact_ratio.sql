{#- numerator / denominator, rounded half away from zero, by whole-number
    arithmetic, so that every engine gives the same last digit.

    numerator, denominator: integer or decimal expressions
    input_decimals: decimals that both carry (2 for money; more are rounded)
    output_decimals: decimals of the result, at most 6
    returns: decimal(18, 6); null where either side is null or the
      denominator is zero. |numerator| must stay below
      4.6e18 / 10^(input_decimals + output_decimals).                      -#}
{% macro exact_ratio(numerator, denominator, input_decimals=2, output_decimals=4) -%}
    {%- set whole_numerator -%}
        cast(round(({{ numerator }}) * {{ 10 ** input_decimals }}, 0) as bigint)
    {%- endset -%}
    {%- set whole_denominator -%}
        cast(round(({{ denominator }}) * {{ 10 ** input_decimals }}, 0) as bigint)
    {%- endset -%}
    {#- sign() would be a float on some engines. -#}
    {%- set sign -%}
        case
            when {{ whole_denominator }} = 0 then null
            when ({{ numerator }} < 0) = ({{ denominator }} < 0) then 1
            else -1
        end
    {%- endset -%}
    cast(
        {{ sign }}
        * cast({{ client_profiles.integer_divide(
            "2 * abs(" ~ whole_numerator ~ ") * " ~ 10 ** output_decimals
                ~ " + abs(" ~ whole_denominator ~ ")",
            "nullif(2 * abs(" ~ whole_denominator ~ "), 0)"
        ) }} as bigint)
        * cast({{ "%.6f" | format(10 ** (0 - output_decimals)) }} as decimal(7, 6))
        as decimal(18, 6)
    )
{%- endmacro %}
