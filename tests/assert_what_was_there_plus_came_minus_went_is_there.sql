-- For every profile and period: what was there and what is there come from the
-- clients' own rows and metrics, what came and went from the transitions. For
-- revenue the change of those who stayed belongs to the sum.
with assigned_profiles as (
    select * from {{ ref('fct_client_profiles') }}
),

metric_history as (
    select * from {{ ref('int_metric_history') }}
),

transitions as (
    select * from {{ ref('fct_profile_transitions') }}
),

find_bounds as (
    select
        assigned_profiles.scorecard,
        min(assigned_profiles.period_start) as first_period,
        max(max(assigned_profiles.period_start)) over () as last_period
    from assigned_profiles
    group by assigned_profiles.scorecard
),

sum_profiles as (
    select
        assigned_profiles.scorecard,
        assigned_profiles.profile,
        assigned_profiles.period_start,
        count(*) as clients,
        coalesce(
            sum({{ client_profiles.revenue_metric('metric_history') }}), 0
        ) as revenue
    from assigned_profiles
    inner join metric_history
        on
            assigned_profiles.client_id = metric_history.client_id
            and assigned_profiles.period_start = metric_history.period_start
    group by
        assigned_profiles.scorecard,
        assigned_profiles.profile,
        assigned_profiles.period_start
),

list_items as (
    select
        sum_profiles.scorecard,
        sum_profiles.profile,
        'opening' as item,
        sum_profiles.clients,
        sum_profiles.revenue,
        cast(
            {{ dbt.dateadd('month', 1, 'sum_profiles.period_start') }} as date
        ) as period_start
    from sum_profiles
    union all
    select
        sum_profiles.scorecard,
        sum_profiles.profile,
        'closing' as item,
        sum_profiles.clients,
        sum_profiles.revenue,
        sum_profiles.period_start
    from sum_profiles
    union all
    select
        transitions.scorecard,
        transitions.to_profile as profile,
        'came' as item,
        transitions.clients,
        coalesce(transitions.revenue_after, 0) as revenue,
        transitions.period_start
    from transitions
    where
        transitions.from_profile <> transitions.to_profile
        and transitions.to_profile <> 'not_a_client'
    union all
    select
        transitions.scorecard,
        transitions.from_profile as profile,
        'went' as item,
        transitions.clients,
        coalesce(transitions.revenue_before, 0) as revenue,
        transitions.period_start
    from transitions
    where
        transitions.from_profile <> transitions.to_profile
        and transitions.from_profile <> 'not_a_client'
    union all
    select
        transitions.scorecard,
        transitions.from_profile as profile,
        'stayed' as item,
        transitions.clients,
        coalesce(transitions.revenue_after, 0)
        - coalesce(transitions.revenue_before, 0) as revenue,
        transitions.period_start
    from transitions
    where transitions.from_profile = transitions.to_profile
),

sum_items as (
    select
        list_items.scorecard,
        list_items.profile,
        {%- for item in ['opening', 'came', 'went', 'stayed', 'closing'] %}
        sum(
            case
                when list_items.item = '{{ item }}' then list_items.clients
                else 0
            end
        ) as {{ item }},
        sum(
            case
                when list_items.item = '{{ item }}' then list_items.revenue
                else 0
            end
        ) as revenue_{{ item }},
        {%- endfor %}
        list_items.period_start
    from list_items
    group by
        list_items.scorecard, list_items.profile, list_items.period_start
)

select sum_items.*
from sum_items
left join find_bounds on sum_items.scorecard = find_bounds.scorecard
where
    coalesce(
        sum_items.period_start > find_bounds.first_period
        and sum_items.period_start <= find_bounds.last_period,
        true
    )
    and (
        sum_items.opening + sum_items.came - sum_items.went
        <> sum_items.closing
        or sum_items.stayed <> sum_items.closing - sum_items.came
        or sum_items.revenue_opening
        + sum_items.revenue_came
        - sum_items.revenue_went
        + sum_items.revenue_stayed
        <> sum_items.revenue_closing
    )
