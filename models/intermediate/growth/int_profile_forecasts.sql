{{ config(
    materialized='table',
    pre_hook="{{ client_profiles.plan_compiled_sql() }}",
) }}
{#- The forecast that could have been made in every period, by what was known
    then. In each step the observed share of a profile's clients moves on to
    another profile or leaves, and the mean number of new clients arrives. Clients
    are counted in millionths; what moves is rounded down and the rest stays, so
    that nobody is lost and a profile without observed transitions keeps its
    clients. Months in which new rules came into force say nothing about the
    clients and are left out. -#}
{%- set window = client_profiles.whole_number_var(
    'forecast_window_periods', 12
) -%}
{%- set horizons = range(1, 7) -%}
with profile_periods as (
    select * from {{ ref('int_profile_periods') }}
),

transitions as (
    select * from {{ ref('fct_profile_transitions') }}
    where not is_rule_change
),

list_observed_periods as (
    select distinct
        transitions.scorecard,
        transitions.period_start
    from transitions
),

list_origins as (
    select distinct
        profile_periods.scorecard,
        profile_periods.period_start as origin_period
    from profile_periods
),

find_windows as (
    select
        list_origins.scorecard,
        list_origins.origin_period,
        list_observed_periods.period_start
    from list_origins
    inner join list_observed_periods
        on list_origins.scorecard = list_observed_periods.scorecard
    where
        list_observed_periods.period_start <= list_origins.origin_period
        and {{ client_profiles.months_between(
            'list_observed_periods.period_start', 'list_origins.origin_period'
        ) }} < {{ window }}
),

count_observed_periods as (
    select
        find_windows.scorecard,
        find_windows.origin_period,
        count(*) as observed_periods
    from find_windows
    group by find_windows.scorecard, find_windows.origin_period
),

sum_transitions as (
    select
        find_windows.scorecard,
        find_windows.origin_period,
        transitions.from_profile,
        transitions.to_profile,
        sum(transitions.clients) as clients
    from find_windows
    inner join transitions
        on
            find_windows.scorecard = transitions.scorecard
            and find_windows.period_start = transitions.period_start
    group by
        find_windows.scorecard,
        find_windows.origin_period,
        transitions.from_profile,
        transitions.to_profile
),

add_totals as (
    select
        sum_transitions.*,
        sum(sum_transitions.clients) over (
            partition by
                sum_transitions.scorecard,
                sum_transitions.origin_period,
                sum_transitions.from_profile
        ) as clients_before
    from sum_transitions
),

-- What leads from a profile to another one, and one line that stands for the
-- profile itself.
find_rates as (
    select
        add_totals.scorecard,
        add_totals.origin_period,
        add_totals.from_profile,
        add_totals.to_profile,
        cast(add_totals.clients as bigint) as clients,
        cast(add_totals.clients_before as bigint) as clients_before,
        0 as is_profile
    from add_totals
    where
        {{ client_profiles.rows_kept('and') -}}
        add_totals.from_profile <> add_totals.to_profile
    union all
    select
        profile_periods.scorecard,
        profile_periods.period_start as origin_period,
        profile_periods.profile as from_profile,
        profile_periods.profile as to_profile,
        cast(0 as bigint) as clients,
        cast(1 as bigint) as clients_before,
        1 as is_profile
    from profile_periods
),

expect_arrivals as (
    select
        add_totals.scorecard,
        add_totals.origin_period,
        add_totals.to_profile as profile,
        {{ client_profiles.large_integer_divide(
            client_profiles.large_integer('add_totals.clients'),
            'count_observed_periods.observed_periods'
        ) }} as clients
    from add_totals
    inner join count_observed_periods
        on
            add_totals.scorecard = count_observed_periods.scorecard
            and add_totals.origin_period = count_observed_periods.origin_period
    where
        {{ client_profiles.rows_kept('and') -}}
        add_totals.from_profile = 'not_a_client'
),

step_0 as (
    select
        profile_periods.scorecard,
        profile_periods.period_start as origin_period,
        profile_periods.profile,
        {{ client_profiles.large_integer('profile_periods.clients') }}
            as clients
    from profile_periods
),
{%- for horizon in horizons %}
{%- set before = 'step_' ~ (horizon - 1) %}
{%- set moves = 'moves_' ~ horizon %}
{%- set changes = 'changes_' ~ horizon %}

{{ moves }} as (
    select
        find_rates.scorecard,
        find_rates.origin_period,
        find_rates.from_profile,
        find_rates.to_profile,
        find_rates.is_profile,
        {{ before }}.clients as clients_before,
        {{ client_profiles.large_integer_divide(
            before ~ '.clients * find_rates.clients',
            'find_rates.clients_before'
        ) }} as clients
    from {{ before }}
    inner join find_rates
        on
            {{ before }}.scorecard = find_rates.scorecard
            and {{ before }}.origin_period = find_rates.origin_period
            and {{ before }}.profile = find_rates.from_profile
),

-- Each step reads the one before in one place only: Spark works it out again
-- for every further one, and so does the step after that.
{{ changes }} as (
    select
        {{ moves }}.scorecard,
        {{ moves }}.origin_period,
        case
            when sides.side = 'from' then {{ moves }}.from_profile
            else {{ moves }}.to_profile
        end as profile,
        case when sides.side = 'profile' then 1 else 0 end as is_profile,
        case when sides.side = 'profile' then {{ moves }}.clients_before end
            as clients,
        case when sides.side = 'to' then {{ moves }}.clients end as entered,
        case when sides.side = 'from' then {{ moves }}.clients end as exited
    from {{ moves }}
    inner join (
        values (1, 'profile'), (0, 'from'), (0, 'to')
    ) as sides (is_profile, side)
        on {{ moves }}.is_profile = sides.is_profile
    union all
    select
        expect_arrivals.scorecard,
        expect_arrivals.origin_period,
        expect_arrivals.profile,
        0 as is_profile,
        null as clients,
        expect_arrivals.clients as entered,
        null as exited
    from expect_arrivals
),

step_{{ horizon }} as {{ client_profiles.computed_once() }} (
    select
        {{ changes }}.scorecard,
        {{ changes }}.origin_period,
        {{ changes }}.profile,
        sum({{ changes }}.clients)
        + coalesce(sum({{ changes }}.entered), 0)
        - coalesce(sum({{ changes }}.exited), 0) as clients,
        coalesce(sum({{ changes }}.entered), 0) as entered,
        coalesce(sum({{ changes }}.exited), 0) as exited
    from {{ changes }}
    {{- client_profiles.rows_kept() }}
    group by
        {{ changes }}.scorecard,
        {{ changes }}.origin_period,
        {{ changes }}.profile
    having max({{ changes }}.is_profile) = 1
),
{%- endfor %}

combine_steps as (
    {%- for horizon in horizons %}
    {{ 'union all' if not loop.first }}
    select
        step_{{ horizon }}.scorecard,
        step_{{ horizon }}.origin_period,
        step_{{ horizon }}.profile,
        {{ horizon }} as horizon,
        step_{{ horizon }}.clients,
        step_{{ horizon }}.entered,
        step_{{ horizon }}.exited,
        cast(
            {{ dbt.dateadd(
                'month', horizon, 'step_' ~ horizon ~ '.origin_period'
            ) }} as date
        ) as period_start
    from step_{{ horizon }}
    {%- endfor %}
)

select
    combine_steps.scorecard,
    combine_steps.profile,
    combine_steps.horizon,
    cast(coalesce(count_observed_periods.observed_periods, 0) as integer)
        as observed_periods,
    origins.clients as clients_at_origin,
    {%- for column in ['clients', 'entered', 'exited'] %}
    cast(
        0.000001 * cast(combine_steps.{{ column }} as bigint)
        as decimal(18, 6)
    ) as expected_{{ column }},
    {%- endfor %}
    actual.clients as actual_clients,
    combine_steps.origin_period,
    combine_steps.period_start
from combine_steps
inner join profile_periods as origins
    on
        combine_steps.scorecard = origins.scorecard
        and combine_steps.profile = origins.profile
        and combine_steps.origin_period = origins.period_start
left join profile_periods as actual
    on
        combine_steps.scorecard = actual.scorecard
        and combine_steps.profile = actual.profile
        and combine_steps.period_start = actual.period_start
left join count_observed_periods
    on
        combine_steps.scorecard = count_observed_periods.scorecard
        and combine_steps.origin_period = count_observed_periods.origin_period
