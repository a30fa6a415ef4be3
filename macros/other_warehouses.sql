{#- How Snowflake, BigQuery and Redshift spell what engines spell differently. None of
    it has ever run: a test reads the SQL that it leads to, no more (docs/engines.md).
    Databricks takes what is written for Spark. What each macro is for stands where
    it is dispatched. -#}

{#- Snowflake's regexp_like compares the whole text. -#}
{% macro snowflake__matches_pattern(column, pattern) -%}
    regexp_instr({{ column }}, '{{ pattern }}') > 0
{%- endmacro %}

{% macro bigquery__matches_pattern(column, pattern) -%}
    regexp_contains({{ column }}, r'{{ pattern }}')
{%- endmacro %}

{#- Its quotient of whole numbers is a decimal, rounded. -#}
{% macro snowflake__integer_divide(numerator, denominator) -%}
    cast(
        (({{ numerator }}) - mod({{ numerator }}, {{ denominator }})) / ({{ denominator }})
        as bigint
    )
{%- endmacro %}

{% macro bigquery__integer_divide(numerator, denominator) -%}
    div({{ numerator }}, {{ denominator }})
{%- endmacro %}

{#- NUMERIC has 29 places before the point. -#}
{% macro bigquery__large_integer(expression) -%}
    cast(1000000 * cast({{ expression }} as decimal(28, 6)) as bignumeric)
{%- endmacro %}

{% macro snowflake__large_integer_divide(numerator, denominator) -%}
    cast(
        (({{ numerator }}) - mod({{ numerator }}, {{ denominator }})) / ({{ denominator }})
        as decimal(38, 0)
    )
{%- endmacro %}

{% macro redshift__large_integer_divide(numerator, denominator) -%}
    cast(
        (({{ numerator }}) - mod({{ numerator }}, {{ denominator }})) / ({{ denominator }})
        as decimal(38, 0)
    )
{%- endmacro %}

{#- Redshift is made from PostgreSQL 8, before each of these. -#}
{% macro redshift__computed_once() -%}
{%- endmacro %}

{#- It sorts byte by byte unless a collation is asked for. -#}
{% macro redshift__byte_order(column) -%}
    {{ column }}
{%- endmacro %}

{% macro redshift__composed_text(column) -%}
    {{ column }}
{%- endmacro %}

{% macro bigquery__composed_text(column) -%}
    normalize({{ column }}, nfc)
{%- endmacro %}

{#- All matches are replaced there without a word. -#}
{% macro snowflake__visible_text(column) -%}
    regexp_replace({{ column }}, '{{ client_profiles.invisible_characters() }}', ' ')
{%- endmacro %}

{% macro bigquery__visible_text(column) -%}
    regexp_replace({{ column }}, r'{{ client_profiles.invisible_characters() }}', ' ')
{%- endmacro %}

{% macro redshift__visible_text(column) -%}
    regexp_replace({{ column }}, '{{ client_profiles.invisible_characters() }}', ' ')
{%- endmacro %}

{#- They name no side. -#}
{% macro snowflake__trimmed(text, sign, side) -%}
    {{ {'both': 'trim', 'trailing': 'rtrim'}[side] }}({{ text }}, '{{ sign }}')
{%- endmacro %}

{% macro bigquery__trimmed(text, sign, side) -%}
    {{ {'both': 'trim', 'trailing': 'rtrim'}[side] }}({{ text }}, '{{ sign }}')
{%- endmacro %}
