{#- For the freshness of a source whose rows carry a day: how long before the as-of
    date the newest of them lies, told as a time that lies as long before now, which is
    what dbt compares with. Days after the as-of date are left out, so that a
    mistyped year does not pass for new data.

    column: the source's column of a date; for use in loaded_at_query
    returns: select statement with one timestamp, null for a source without rows -#}
{% macro newest_record(column) -%}
    {%- set as_of -%}
        cast('{{ client_profiles.as_of_date() }}' as date)
    {%- endset -%}
    select
        {{ dbt.dateadd(
            'day',
            '-1 * ' ~ dbt.datediff('max(' ~ column ~ ')', as_of, 'day'),
            dbt.current_timestamp()
        ) }} as loaded_at
    from {{ this }}
    where {{ column }} < {{ as_of }}
{%- endmacro %}
