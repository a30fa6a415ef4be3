{#- A float as an exact number, for a staging model whose source holds floats:
    sums of floats depend on their order, and NaN counts as the greatest
    number there is, so it would land in the top band.

    column: an expression of a float, double or decimal type (not a text)
    returns: decimal(18, 6), rounded to the nearest; null for NaN, for plus and
      minus infinity and for null. A finite number with more than 12 digits
      before the point does not fit and is an error on DuckDB and Postgres.
      A number whose seventh decimal is a 5 and the last may be rounded up on
      one engine and down on another: round it in the source if that matters.

    Every engine here orders NaN above infinity, so one comparison on either
    side leaves out all three.                                             -#}
{% macro finite_decimal(column) -%}
    cast(
        case
            when
                {{ column }} > cast('-Infinity' as {{ dbt.type_float() }})
                and {{ column }} < cast('Infinity' as {{ dbt.type_float() }})
                then {{ column }}
        end
        as decimal(18, 6)
    )
{%- endmacro %}
