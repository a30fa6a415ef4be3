with client_periods as (

    select * from {{ ref('int_client_periods') }}

),

invoices as (

    select * from {{ ref('stg_invoices') }}

),

summed_invoices as (

    -- The margin is taken over the invoices whose cost is known, so their
    -- revenue is summed apart.
    select
        client_id,
        cast({{ dbt.date_trunc('month', 'issued_on') }} as date)
            as period_start,
        cast(sum(revenue) as decimal(18, 2)) as revenue,
        cast(
            sum(case when fulfilment_cost is not null then revenue end)
            as decimal(18, 2)
        ) as costed_revenue,
        cast(
            sum(case when revenue is not null then fulfilment_cost end)
            as decimal(18, 2)
        ) as fulfilment_cost
    from invoices
    group by
        client_id,
        cast({{ dbt.date_trunc('month', 'issued_on') }} as date)

),

filled_periods as (

    -- No invoice means that nothing was invoiced: zero is the truth. An
    -- unknown cost stays null.
    select
        client_periods.client_id,
        client_periods.period_start,
        client_periods.period_number,
        coalesce(summed_invoices.revenue, 0) as revenue,
        summed_invoices.costed_revenue,
        summed_invoices.fulfilment_cost
    from client_periods
    left join summed_invoices
        on
            client_periods.client_id = summed_invoices.client_id
            and client_periods.period_start = summed_invoices.period_start

),

windowed_invoices as (

    select
        client_id,
        period_start,
        cast(
            sum(revenue) over last_three_months as decimal(18, 2)
        ) as revenue,
        count(*) over last_three_months as months_in_last_three,
        cast(
            sum(costed_revenue) over last_three_months as decimal(18, 2)
        ) as costed_revenue,
        cast(
            sum(fulfilment_cost) over last_three_months as decimal(18, 2)
        ) as fulfilment_cost
    from filled_periods
    window
        last_three_months as (
            partition by client_id
            order by period_number
            range between 2 preceding and current row
        )

),

dated_delays as (

    -- What was paid after the period's end was not known then: seen from that
    -- day, the invoice was still open.
    select
        client_periods.client_id,
        client_periods.period_start,
        case
            when invoices.paid_on <= invoices.due_on then 0
            when invoices.paid_on <= client_periods.period_end
                then {{ dbt.datediff(
                    'invoices.due_on', 'invoices.paid_on', 'day'
                ) }}
            else {{ dbt.datediff(
                'invoices.due_on', 'client_periods.period_end', 'day'
            ) }}
        end as delay_days
    from client_periods
    inner join invoices
        on
            client_periods.client_id = invoices.client_id
            and {{ client_profiles.months_between(
                'invoices.due_on', 'client_periods.period_start'
            ) }} between 0 and 2

),

summed_delays as (

    select
        client_id,
        period_start,
        cast(sum(delay_days) as bigint) as delay_days,
        count(*) as due_invoices
    from dated_delays
    group by
        client_id,
        period_start

),

calculated_metrics as (

    select
        windowed_invoices.client_id,
        windowed_invoices.period_start,
        {{ client_profiles.exact_ratio(
            'windowed_invoices.revenue',
            'windowed_invoices.months_in_last_three',
            output_decimals=2
        ) }} as monthly_revenue,
        {{ client_profiles.exact_ratio(
            'windowed_invoices.costed_revenue'
                ~ ' - windowed_invoices.fulfilment_cost',
            'windowed_invoices.costed_revenue'
        ) }} as margin_rate,
        {{ client_profiles.exact_ratio(
            'summed_delays.delay_days',
            'summed_delays.due_invoices',
            input_decimals=0
        ) }} as payment_delay_days
    from windowed_invoices
    left join summed_delays
        on
            windowed_invoices.client_id = summed_delays.client_id
            and windowed_invoices.period_start = summed_delays.period_start

)

select * from calculated_metrics
