with client_periods as (
    select * from {{ ref('int_client_periods') }}
),

lines as (
    select * from {{ ref('stg_invoice_lines') }}
),

sum_months as (
    select
        client_id,
        cast({{ dbt.date_trunc('month', 'invoiced_at') }} as date)
            as period_start,
        count(distinct case when is_purchase then invoice_id end) as orders,
        sum(case when is_purchase then line_amount else 0 end) as purchased,
        sum(case when is_cancellation then -line_amount else 0 end)
            as cancelled,
        cast(max(case when is_purchase then invoiced_at end) as date)
            as last_purchase_on
    from lines
    group by
        client_id,
        cast({{ dbt.date_trunc('month', 'invoiced_at') }} as date)
),

-- Every invoice is in the file, so a month without any has zero of all.
fill_months as (
    select
        client_periods.client_id,
        coalesce(sum_months.orders, 0) as orders,
        coalesce(sum_months.purchased, 0) as purchased,
        coalesce(sum_months.cancelled, 0) as cancelled,
        sum_months.last_purchase_on,
        client_periods.period_start,
        client_periods.period_end
    from client_periods
    left join sum_months
        on
            client_periods.client_id = sum_months.client_id
            and client_periods.period_start = sum_months.period_start
),

-- A client has a row for every month since its first purchase, so so many rows
-- back are so many months back.
look_back as (
    select
        client_id,
        count(*) over last_year as months,
        sum(orders) over last_year as orders,
        cast(sum(purchased) over last_year as decimal(28, 6)) as purchased,
        cast(sum(cancelled) over last_year as decimal(28, 6)) as cancelled,
        cast(sum(purchased) over last_half as decimal(28, 6))
            as purchased_lately,
        cast(sum(purchased) over half_before as decimal(28, 6))
            as purchased_before,
        max(last_purchase_on) over since_first as last_purchase_on,
        period_start,
        period_end
    from fill_months
    window
        last_year as (
            partition by client_id order by period_start
            rows between 11 preceding and current row
        ),
        last_half as (
            partition by client_id order by period_start
            rows between 5 preceding and current row
        ),
        half_before as (
            partition by client_id order by period_start
            rows between 11 preceding and 6 preceding
        ),
        since_first as (
            partition by client_id order by period_start
            rows between unbounded preceding and current row
        )
),

-- A trend compares two half years, so it takes all twelve months.
keep_comparable as (
    select
        client_id,
        months,
        orders,
        purchased,
        cancelled,
        purchased_lately,
        case when months = 12 then purchased_before end as purchased_before,
        last_purchase_on,
        period_start,
        period_end
    from look_back
),

calculate_metrics as (
    select
        client_id,
        {{ client_profiles.exact_ratio('orders', 'months', input_decimals=0) }}
            as orders_per_month,
        {{ client_profiles.exact_ratio(
            'purchased - cancelled', 'months', output_decimals=2
        ) }} as revenue_per_month,
        {{ client_profiles.exact_ratio(
            'purchased_lately', 'purchased_before'
        ) }} as purchase_trend,
        {{ client_profiles.exact_ratio('cancelled', 'purchased') }}
            as cancelled_share,
        {{ dbt.datediff('last_purchase_on', 'period_end', 'day') }}
            as days_since_purchase,
        period_start
    from keep_comparable
)

select * from calculate_metrics
