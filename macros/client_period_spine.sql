{#- The spine: every calendar month in which a client was a client, whether or
    not it did anything. Start from it and left join the events, and a month
    without events keeps its row.

    spells: a relation or the name of a CTE with one row per spell, such as a
      contract. A client may have several; they may overlap.
    client_id, starts_on, ends_on: its columns; the two dates are of type date,
      both days belong to the spell, and ends_on is null while it runs
    first_period: where the spine begins if var('first_period') does not say.
      The default lies before any spell, so the spine begins with the earliest
      one. Give the month in which your sources begin: before it, a client
      without orders and one without records look the same.

    The spine ends with the last complete period (see first_open_period).

    returns: a select statement, to be put in the parentheses of a CTE, with
      client_id     as in `spells`
      period_start  date, the first day of the month
    grain: one row per client and calendar month touched by any of its spells;
      a spell that begins and ends within one month touches that month.     -#}
{% macro client_period_spine(
    spells,
    client_id='client_id',
    starts_on='starts_on',
    ends_on='ends_on',
    first_period='2000-01-01'
) -%}
    {%- set first_day = client_profiles.date_var(
        'first_period', var('first_period', first_period)
    )[:7] ~ '-01' -%}
    {%- set first_open_period = client_profiles.first_open_period() -%}
    {%- if execute and first_day >= first_open_period -%}
        {{ exceptions.raise_compiler_error(
            "No period is complete: the first one is " ~ first_day
            ~ " (var 'first_period'), and on " ~ client_profiles.as_of_date()
            ~ " (var 'as_of') only months before " ~ first_open_period
            ~ " are over. Give an earlier first_period or a later as_of."
        ) }}
    {%- endif -%}
    with listed_months as (

        {{ dbt_utils.date_spine(
            datepart="month",
            start_date="cast('" ~ first_day ~ "' as date)",
            end_date="cast('" ~ first_open_period ~ "' as date)"
        ) }}

    ),

    typed_months as (

        -- Adding months to a date gives a timestamp on some engines.
        select
            cast(date_month as date) as period_start,
            cast(
                {{ dbt.last_day('date_month', 'month') }} as date
            ) as period_end
        from listed_months

    ),

    matched_spells as (

        select distinct
            spells.{{ client_id }} as client_id,
            typed_months.period_start
        from {{ spells }} as spells
        inner join typed_months
            on
                spells.{{ starts_on }} <= typed_months.period_end
                and (
                    spells.{{ ends_on }} >= typed_months.period_start
                    or spells.{{ ends_on }} is null
                )

    )

    select
        client_id,
        period_start
    from matched_spells
{%- endmacro %}
