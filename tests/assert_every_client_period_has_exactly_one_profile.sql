-- Expected rows come from the metrics and the dates of the versions, so neither
-- a lost row nor one too many can pass.
with metric_history as (
    select * from {{ ref('int_metric_history') }}
),

versions as (
    select * from {{ ref('stg_scorecard_versions') }}
),

assigned_profiles as (
    select * from {{ ref('fct_client_profiles') }}
),

find_first_days as (
    select
        versions.scorecard,
        min(versions.effective_from) as first_day
    from versions
    where versions.status = 'approved'
    group by versions.scorecard
),

expect_rows as (
    select
        metric_history.client_id,
        find_first_days.scorecard,
        metric_history.period_start
    from metric_history
    inner join find_first_days
        on metric_history.period_start >= find_first_days.first_day
    where
        metric_history.period_start
        < cast('{{ client_profiles.first_open_period() }}' as date)
),

count_profiles as (
    select
        assigned_profiles.client_id,
        assigned_profiles.scorecard,
        assigned_profiles.period_start,
        count(*) as profile_count
    from assigned_profiles
    group by
        assigned_profiles.client_id,
        assigned_profiles.scorecard,
        assigned_profiles.period_start
)

select
    coalesce(expect_rows.client_id, count_profiles.client_id) as client_id,
    coalesce(expect_rows.scorecard, count_profiles.scorecard) as scorecard,
    coalesce(expect_rows.period_start, count_profiles.period_start)
        as period_start,
    count_profiles.profile_count
from expect_rows
full outer join count_profiles
    on
        expect_rows.client_id = count_profiles.client_id
        and expect_rows.scorecard = count_profiles.scorecard
        and expect_rows.period_start = count_profiles.period_start
where
    expect_rows.client_id is null
    or count_profiles.profile_count is null
    or count_profiles.profile_count <> 1
