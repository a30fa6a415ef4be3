{#- The score that weighted points give: a quotient of whole numbers, rounded
    half up to its fourth decimal.

    points: sum of weight times points, in hundred-millionths of a point
    weight: sum of the weights that have points, in millionths
    returns: SQL expression decimal(7, 4), null where nothing has points   -#}
{% macro weighted_score(points, weight) -%}
    cast(
        0.0001 * {{ client_profiles.integer_divide(
            '200 * (' ~ points ~ ') + (' ~ weight ~ ')',
            'nullif(2 * (' ~ weight ~ '), 0)'
        ) }}
        as decimal(7, 4)
    )
{%- endmacro %}
