{#- A metric as a whole number of millionths, wide enough to be multiplied by
    millions. Costs more than 64 bits, so it stands only where it is needed.

    expression: decimal(18, 6) expression
    returns: SQL expression, hugeint or decimal(38, 0)                     -#}
{% macro large_integer(expression) -%}
    {{ return(adapter.dispatch('large_integer', 'client_profiles')(expression)) }}
{%- endmacro %}

{% macro default__large_integer(expression) -%}
    cast(1000000 * cast({{ expression }} as decimal(28, 6)) as decimal(38, 0))
{%- endmacro %}

{% macro duckdb__large_integer(expression) -%}
    cast(1000000 * cast({{ expression }} as decimal(28, 6)) as hugeint)
{%- endmacro %}

{#- Whole-number division of what large_integer gives; both 0 or more. -#}
{% macro large_integer_divide(numerator, denominator) -%}
    {{ return(adapter.dispatch('large_integer_divide', 'client_profiles')(numerator, denominator)) }}
{%- endmacro %}

{% macro default__large_integer_divide(numerator, denominator) -%}
    div({{ numerator }}, {{ denominator }})
{%- endmacro %}

{% macro duckdb__large_integer_divide(numerator, denominator) -%}
    (({{ numerator }}) // ({{ denominator }}))
{%- endmacro %}

{% macro spark__large_integer_divide(numerator, denominator) -%}
    (({{ numerator }}) div ({{ denominator }}))
{%- endmacro %}
