{#
  One row per `datepart` from `start_date` on, as long as it lies before
  `end_date`, in one column named date_<datepart>.

  The number of rows is asked of the database first, because the dates may be any
  SQL expression and no engine-independent SQL makes a number of rows that is
  known only while the query runs.
#}
{% macro date_spine(datepart, start_date, end_date) %}

{%- set row_count = dbt_utils._count_periods(datepart, start_date, end_date) -%}
{%- set places = range((row_count - 1) | string | length) -%}

with digits as (

    {%- for digit in range(10) %}
    select {{ digit }} as digit {{ "union all" if not loop.last }}
    {%- endfor %}

),

counted as (

    select
        {%- for place in places %}
        {{ "+ " if not loop.first }}{{ 10 ** place }} * digits_{{ place }}.digit
        {%- endfor %}
        as periods_passed
    from
        {%- for place in places %}
        {{ "cross join " if not loop.first }}digits as digits_{{ place }}
        {%- endfor %}

)

select
    {{ dbt.dateadd(datepart, "periods_passed", start_date) }}
        as date_{{ datepart }}
from counted
where periods_passed < {{ row_count }}

{% endmacro %}


{% macro _count_periods(datepart, start_date, end_date) %}

    {# While dbt only reads the project there is no database to ask. #}
    {%- if not execute -%}{{ return(1) }}{%- endif -%}

    {%- set answer = run_query(
        "select " ~ dbt.datediff(start_date, end_date, datepart)
    ) -%}
    {%- set row_count = answer.columns[0].values()[0] | int -%}

    {%- if row_count < 1 -%}
        {{ exceptions.raise_compiler_error(
            "date_spine: " ~ end_date ~ " has to be at least one " ~ datepart
            ~ " after " ~ start_date
        ) }}
    {%- endif -%}

    {{ return(row_count) }}

{% endmacro %}
