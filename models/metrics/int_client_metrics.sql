with client_periods as (

    select * from {{ ref('int_client_periods') }}

),

order_metrics as (

    select * from {{ ref('int_metrics__orders') }}

),

billing_metrics as (

    select * from {{ ref('int_metrics__billing') }}

),

support_metrics as (

    select * from {{ ref('int_metrics__support') }}

),

platform_metrics as (

    select * from {{ ref('int_metrics__platform') }}

),

contact_metrics as (

    select * from {{ ref('int_metrics__contacts') }}

),

joined_metrics as (

    select
        client_periods.client_id,
        client_periods.period_start,
        client_periods.tenure_months,
        order_metrics.order_volume,
        order_metrics.order_trend,
        billing_metrics.monthly_revenue,
        billing_metrics.margin_rate,
        billing_metrics.payment_delay_days,
        support_metrics.ticket_rate,
        platform_metrics.self_service_rate,
        contact_metrics.contact_frequency,
        contact_metrics.days_since_contact,
        client_periods.custom_integrations as project_complexity
    from client_periods
    left join order_metrics
        on
            client_periods.client_id = order_metrics.client_id
            and client_periods.period_start = order_metrics.period_start
    left join billing_metrics
        on
            client_periods.client_id = billing_metrics.client_id
            and client_periods.period_start = billing_metrics.period_start
    left join support_metrics
        on
            client_periods.client_id = support_metrics.client_id
            and client_periods.period_start = support_metrics.period_start
    left join platform_metrics
        on
            client_periods.client_id = platform_metrics.client_id
            and client_periods.period_start = platform_metrics.period_start
    left join contact_metrics
        on
            client_periods.client_id = contact_metrics.client_id
            and client_periods.period_start = contact_metrics.period_start

)

select * from joined_metrics
