{{ config(pre_hook="{{ client_profiles.plan_compiled_sql() }}") }}
with assigned_profiles as (
    select * from {{ ref('fct_client_profiles') }}
),

metric_history as (
    select * from {{ ref('int_metric_history') }}
),

find_last_period as (
    select max(assigned_profiles.period_start) as last_period
    from assigned_profiles
),

-- Before a scorecard's first period nothing is known, so nothing leads into it.
find_first_periods as (
    select
        assigned_profiles.scorecard,
        min(assigned_profiles.period_start) as first_period
    from assigned_profiles
    group by assigned_profiles.scorecard
),

find_versions as (
    select
        assigned_profiles.scorecard,
        assigned_profiles.period_start,
        max(assigned_profiles.version) as version,
        max(assigned_profiles.rules_fingerprint) as rules_fingerprint
    from assigned_profiles
    group by assigned_profiles.scorecard, assigned_profiles.period_start
),

look_back as (
    select
        find_versions.*,
        lag(find_versions.version) over (
            partition by find_versions.scorecard
            order by find_versions.period_start
        ) as version_before
    from find_versions
),

add_revenue as (
    select
        assigned_profiles.client_id,
        assigned_profiles.scorecard,
        assigned_profiles.profile,
        {{ client_profiles.revenue_metric('metric_history') }} as revenue,
        assigned_profiles.period_start
    from assigned_profiles
    left join metric_history
        on
            assigned_profiles.client_id = metric_history.client_id
            and assigned_profiles.period_start = metric_history.period_start
),

-- A client's month is where it arrives in it, and where it leaves from in the
-- next one.
list_sides as (
    select
        add_revenue.client_id,
        add_revenue.scorecard,
        cast(null as {{ dbt.type_string() }}) as from_profile,
        add_revenue.profile as to_profile,
        cast(null as decimal(18, 6)) as revenue_before,
        add_revenue.revenue as revenue_after,
        add_revenue.period_start
    from add_revenue
    union all
    select
        add_revenue.client_id,
        add_revenue.scorecard,
        add_revenue.profile as from_profile,
        cast(null as {{ dbt.type_string() }}) as to_profile,
        add_revenue.revenue as revenue_before,
        cast(null as decimal(18, 6)) as revenue_after,
        cast(
            {{ dbt.dateadd('month', 1, 'add_revenue.period_start') }} as date
        ) as period_start
    from add_revenue
),

put_side_by_side as (
    select
        list_sides.client_id,
        list_sides.scorecard,
        coalesce(max(list_sides.from_profile), 'not_a_client') as from_profile,
        coalesce(max(list_sides.to_profile), 'not_a_client') as to_profile,
        max(list_sides.revenue_before) as revenue_before,
        max(list_sides.revenue_after) as revenue_after,
        list_sides.period_start
    from list_sides
    group by
        list_sides.client_id, list_sides.scorecard, list_sides.period_start
),

count_clients as (
    select
        put_side_by_side.scorecard,
        put_side_by_side.from_profile,
        put_side_by_side.to_profile,
        count(*) as clients,
        sum(put_side_by_side.revenue_before) as revenue_before,
        sum(put_side_by_side.revenue_after) as revenue_after,
        put_side_by_side.period_start
    from put_side_by_side
    inner join find_first_periods
        on
            put_side_by_side.scorecard = find_first_periods.scorecard
            and put_side_by_side.period_start > find_first_periods.first_period
    inner join find_last_period
        on put_side_by_side.period_start <= find_last_period.last_period
    group by
        put_side_by_side.scorecard,
        put_side_by_side.from_profile,
        put_side_by_side.to_profile,
        put_side_by_side.period_start
)

select
    count_clients.scorecard,
    count_clients.from_profile,
    count_clients.to_profile,
    look_back.version,
    look_back.rules_fingerprint,
    cast(count_clients.clients as integer) as clients,
    cast(count_clients.revenue_before as decimal(28, 6)) as revenue_before,
    cast(count_clients.revenue_after as decimal(28, 6)) as revenue_after,
    coalesce(look_back.version <> look_back.version_before, false)
        as is_rule_change,
    count_clients.period_start
from count_clients
left join look_back
    on
        count_clients.scorecard = look_back.scorecard
        and count_clients.period_start = look_back.period_start
