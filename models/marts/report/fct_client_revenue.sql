with assigned_profiles as (
    select * from {{ ref('fct_client_profiles') }}
),

metric_history as (
    select * from {{ ref('int_metric_history') }}
),

list_client_periods as (
    select distinct
        assigned_profiles.client_id,
        assigned_profiles.period_start
    from assigned_profiles
)

select
    list_client_periods.client_id,
    cast(
        {{ client_profiles.revenue_metric('metric_history') }} as decimal(18, 6)
    ) as revenue,
    list_client_periods.period_start
from list_client_periods
inner join metric_history
    on
        list_client_periods.client_id = metric_history.client_id
        and list_client_periods.period_start = metric_history.period_start
