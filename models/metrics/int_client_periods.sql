with contracts as (

    select * from {{ ref('stg_contracts') }}

),

-- The sources begin in November 2024, though some contracts are older.
listed_periods as (

    {{ client_profiles.client_period_spine(
        spells=ref('stg_contracts'),
        first_period='2024-11-01'
    ) }}

),

dated_periods as (

    select
        client_id,
        period_start,
        cast({{ dbt.last_day('period_start', 'month') }} as date) as period_end,
        {{ client_profiles.months_between(
            "cast('2000-01-01' as date)", 'period_start'
        ) }} as period_number
    from listed_periods

),

ranked_contracts as (

    -- One contract may end and the next begin within a month: the later one
    -- is in force at the month's end.
    select
        dated_periods.client_id,
        dated_periods.period_start,
        dated_periods.period_end,
        dated_periods.period_number,
        contracts.custom_integrations,
        contracts.starts_on,
        row_number() over (
            partition by dated_periods.client_id, dated_periods.period_start
            order by contracts.starts_on desc, contracts.contract_id desc
        ) as contract_rank
    from dated_periods
    inner join contracts
        on
            dated_periods.client_id = contracts.client_id
            and dated_periods.period_end >= contracts.starts_on
            and (
                dated_periods.period_start <= contracts.ends_on
                or contracts.ends_on is null
            )

),

described_periods as (

    select
        client_id,
        period_number,
        {{ client_profiles.months_between('starts_on', 'period_start') }}
            as tenure_months,
        custom_integrations,
        period_start,
        period_end
    from ranked_contracts
    where contract_rank = 1

)

select * from described_periods
