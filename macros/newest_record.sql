{#- For the freshness of a source whose rows carry a day: how long before the as-of
    date the newest of them lies, told as a time that lies as long before now, which is
    what dbt compares with. Days after the as-of date are left out, so that a
    mistyped year does not pass for new data.

    column: the source's column of a date, a time, or a text of either; what cannot be
      read counts for nothing here, the checks of the data list it. For use in
      loaded_at_query
    returns: select statement with one timestamp, null for a source without rows -#}
{% macro newest_record(column) -%}
    {%- set as_of -%}
        cast('{{ client_profiles.as_of_date() }}' as date)
    {%- endset -%}
    {%- set text = 'substring(cast(' ~ column ~ ' as ' ~ dbt.type_string() ~ '), 1, 10)' %}
    select
        {{ dbt.dateadd(
            'day',
            '-1 * ' ~ dbt.datediff('max(read_days.day)', as_of, 'day'),
            dbt.current_timestamp()
        ) }} as loaded_at
    from (
        select
            case
                when
                    {{ client_profiles.matches_pattern(text, client_profiles.seed_pattern('date').pattern) }}
                    and {{ text }} >= '1'
                    then cast({{ text }} as date)
            end as day
        from {{ this }}
    ) as read_days
    where read_days.day < {{ as_of }}
{%- endmacro %}
