with comparison as (
    select * from {{ ref('fct_version_comparison') }}
),

version_benefits as (
    select * from {{ ref('fct_version_benefits') }}
),

metric_history as (
    select * from {{ ref('int_metric_history') }}
),

find_last_period as (
    select max(comparison.period_start) as last_period
    from comparison
),

sum_benefits as (
    select
        version_benefits.client_id,
        version_benefits.scorecard,
        version_benefits.version,
        version_benefits.period_start,
        max(case when version_benefits.effect = 'gains' then 1 else 0 end)
            as gains,
        max(case when version_benefits.effect = 'loses' then 1 else 0 end)
            as loses
    from version_benefits
    group by
        version_benefits.client_id,
        version_benefits.scorecard,
        version_benefits.version,
        version_benefits.period_start
),

describe_clients as (
    select
        comparison.*,
        {{ client_profiles.revenue_metric('metric_history') }} as revenue,
        coalesce(sum_benefits.gains, 0) as gains,
        coalesce(sum_benefits.loses, 0) as loses
    from comparison
    inner join metric_history
        on
            comparison.client_id = metric_history.client_id
            and comparison.period_start = metric_history.period_start
    left join sum_benefits
        on
            comparison.client_id = sum_benefits.client_id
            and comparison.scorecard = sum_benefits.scorecard
            and comparison.version = sum_benefits.version
            and comparison.period_start = sum_benefits.period_start
),

count_transitions as (
    select
        describe_clients.scorecard,
        describe_clients.version,
        describe_clients.approved_profile,
        describe_clients.candidate_profile,
        describe_clients.direction,
        describe_clients.rules_fingerprint,
        describe_clients.period_start,
        count(*) as clients,
        sum(describe_clients.revenue) as revenue,
        sum(describe_clients.gains) as clients_gaining_a_benefit,
        sum(describe_clients.loses) as clients_losing_a_benefit
    from describe_clients
    group by
        describe_clients.scorecard,
        describe_clients.version,
        describe_clients.approved_profile,
        describe_clients.candidate_profile,
        describe_clients.direction,
        describe_clients.rules_fingerprint,
        describe_clients.period_start
)

select
    count_transitions.scorecard,
    count_transitions.version,
    count_transitions.approved_profile,
    count_transitions.candidate_profile,
    count_transitions.direction,
    count_transitions.rules_fingerprint,
    cast(count_transitions.clients as integer) as clients,
    cast(count_transitions.revenue as decimal(28, 6)) as revenue,
    cast(count_transitions.clients_gaining_a_benefit as integer)
        as clients_gaining_a_benefit,
    cast(count_transitions.clients_losing_a_benefit as integer)
        as clients_losing_a_benefit,
    count_transitions.period_start = find_last_period.last_period
        as is_last_period,
    count_transitions.period_start
from count_transitions
cross join find_last_period
