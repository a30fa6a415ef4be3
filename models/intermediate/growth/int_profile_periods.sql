{{ config(
    materialized='table',
    pre_hook="{{ client_profiles.plan_compiled_sql() }}",
) }}
with assigned_profiles as (
    select * from {{ ref('fct_client_profiles') }}
),

metric_history as (
    select * from {{ ref('int_metric_history') }}
),

transitions as (
    select * from {{ ref('fct_profile_transitions') }}
),

profiles as (
    select * from {{ ref('stg_profiles') }}
),

-- The transitions know the month after the last client left too.
list_periods as (
    select
        assigned_profiles.scorecard,
        assigned_profiles.period_start
    from assigned_profiles
    union distinct
    select
        transitions.scorecard,
        transitions.period_start
    from transitions
),

describe_periods as (
    select
        list_periods.scorecard,
        max(assigned_profiles.version) as version,
        max(assigned_profiles.rules_fingerprint) as rules_fingerprint,
        list_periods.period_start
    from list_periods
    left join assigned_profiles
        on
            list_periods.scorecard = assigned_profiles.scorecard
            and list_periods.period_start = assigned_profiles.period_start
    group by list_periods.scorecard, list_periods.period_start
),

expect_rows as (
    select
        describe_periods.*,
        profiles.profile,
        min(describe_periods.period_start) over (
            partition by describe_periods.scorecard
        ) as first_period
    from describe_periods
    inner join profiles on describe_periods.scorecard = profiles.scorecard
),

count_clients as (
    select
        assigned_profiles.scorecard,
        assigned_profiles.profile,
        assigned_profiles.period_start,
        count(*) as clients,
        sum({{ client_profiles.revenue_metric('metric_history') }}) as revenue
    from assigned_profiles
    left join metric_history
        on
            assigned_profiles.client_id = metric_history.client_id
            and assigned_profiles.period_start = metric_history.period_start
    group by
        assigned_profiles.scorecard,
        assigned_profiles.profile,
        assigned_profiles.period_start
),

list_changes as (
    select
        transitions.scorecard,
        transitions.to_profile as profile,
        transitions.clients as entered,
        0 as exited,
        transitions.period_start
    from transitions
    where transitions.from_profile <> transitions.to_profile
    union all
    select
        transitions.scorecard,
        transitions.from_profile as profile,
        0 as entered,
        transitions.clients as exited,
        transitions.period_start
    from transitions
    where transitions.from_profile <> transitions.to_profile
),

sum_changes as (
    select
        list_changes.scorecard,
        list_changes.profile,
        sum(list_changes.entered) as entered,
        sum(list_changes.exited) as exited,
        list_changes.period_start
    from list_changes
    group by
        list_changes.scorecard,
        list_changes.profile,
        list_changes.period_start
)

select
    expect_rows.scorecard,
    expect_rows.profile,
    expect_rows.version,
    expect_rows.rules_fingerprint,
    cast(coalesce(count_clients.clients, 0) as integer) as clients,
    -- Nothing is known of the time before the first period.
    cast(
        case
            when expect_rows.period_start > expect_rows.first_period
                then coalesce(sum_changes.entered, 0)
        end as integer
    ) as entered,
    cast(
        case
            when expect_rows.period_start > expect_rows.first_period
                then coalesce(sum_changes.exited, 0)
        end as integer
    ) as exited,
    cast(count_clients.revenue as decimal(28, 6)) as revenue,
    expect_rows.period_start
from expect_rows
left join count_clients
    on
        expect_rows.scorecard = count_clients.scorecard
        and expect_rows.profile = count_clients.profile
        and expect_rows.period_start = count_clients.period_start
left join sum_changes
    on
        expect_rows.scorecard = sum_changes.scorecard
        and expect_rows.profile = sum_changes.profile
        and expect_rows.period_start = sum_changes.period_start
