{#- The score of a weighted sum of points. Weights count in millionths and points
    in hundredths, so it is a quotient of whole numbers, rounded half up to its
    fourth decimal. As an integer it is multiplied in 64 bits, a bigint would not.

    points: expression of the sum of weight x points, in those units
    weight: expression of the sum of the weights that have points
    returns: SQL expression decimal(7, 4), null where no weight has points -#}
{% macro weighted_score(points, weight) -%}
    cast(
        0.0001 * cast({{ client_profiles.integer_divide(
            '200 * (' ~ points ~ ') + (' ~ weight ~ ')',
            'nullif(2 * (' ~ weight ~ '), 0)'
        ) }} as integer)
        as decimal(7, 4)
    )
{%- endmacro %}
