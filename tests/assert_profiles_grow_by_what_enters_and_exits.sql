-- Every profile has every month of its scorecard, the forecast ones too, and
-- from one to the next it changes by what enters and exits.
with growth as (
    select * from {{ ref('rpt_profile_growth') }}
),

profiles as (
    select * from {{ ref('stg_profiles') }}
),

count_months as (
    select
        growth.scorecard,
        count(distinct growth.period_start) as months
    from growth
    group by growth.scorecard
),

count_rows as (
    select
        profiles.scorecard,
        profiles.profile,
        count(growth.period_start) as row_count
    from profiles
    left join growth
        on
            profiles.scorecard = growth.scorecard
            and profiles.profile = growth.profile
    group by profiles.scorecard, profiles.profile
),

look_back as (
    select
        growth.*,
        lag(growth.clients) over (
            partition by growth.scorecard, growth.profile
            order by growth.period_start
        ) as clients_before
    from growth
)

select
    look_back.scorecard,
    look_back.profile,
    look_back.period_start as since
from look_back
where
    (look_back.clients_before is null) <> (look_back.entered is null)
    or look_back.clients_before + look_back.entered - look_back.exited
    <> look_back.clients
    or look_back.net_growth <> look_back.clients - look_back.clients_before
union all
select
    count_rows.scorecard,
    count_rows.profile,
    cast(null as date) as since
from count_rows
inner join count_months on count_rows.scorecard = count_months.scorecard
where count_rows.row_count <> count_months.months
