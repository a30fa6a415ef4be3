with lines as (
    select * from {{ ref('stg_invoice_lines') }}
),

-- A shop has no contracts: whoever has bought once is a client from then on,
-- and how long ago the last purchase was is for the scorecard to judge.
find_first_purchases as (
    select
        client_id,
        cast(min(invoiced_at) as date) as starts_on,
        cast(null as date) as ends_on
    from lines
    where is_purchase
    group by client_id
),

list_periods as (
    {{ client_profiles.client_period_spine(
        spells='find_first_purchases',
        first_period='2009-12-01'
    ) }}
),

describe_periods as (
    select
        list_periods.client_id,
        {{ client_profiles.months_between(
            'find_first_purchases.starts_on', 'list_periods.period_start'
        ) }} as tenure_months,
        list_periods.period_start,
        cast(
            {{ dbt.last_day('list_periods.period_start', 'month') }} as date
        ) as period_end
    from list_periods
    inner join find_first_purchases
        on list_periods.client_id = find_first_purchases.client_id
)

select * from describe_periods
