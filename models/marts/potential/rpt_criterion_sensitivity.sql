{{ config(pre_hook="{{ client_profiles.plan_compiled_sql() }}") }}
{%- set largest_change = client_profiles.share_var(
    'sensitivity_weight_change', 0.05
) -%}
with current_scores as (
    select * from {{ ref('int_current_scores') }}
    where ineligibility_reason is null
),

metric_history as (
    select * from {{ ref('int_metric_history') }}
),

scored_criteria as (
    select * from {{ ref('int_scored_criteria') }}
),

criteria as (
    select * from {{ ref('stg_criteria') }}
),

options as (
    select * from {{ ref('int_metric_options') }}
    where computed_profile <> computed_profile_now
),

weight_flips as (
    select * from {{ ref('int_weight_flips') }}
),

sensitivity as (
    select * from {{ ref('fct_profile_sensitivity') }}
),

list_clients as (
    select
        current_scores.client_id,
        current_scores.scorecard,
        current_scores.version,
        scored_criteria.criterion,
        scored_criteria.label,
        scored_criteria.weight,
        lower(criteria.metric) as metric,
        current_scores.rules_fingerprint,
        {{ client_profiles.revenue_metric('metric_history') }} as revenue,
        current_scores.period_start
    from current_scores
    inner join scored_criteria
        on
            current_scores.scorecard = scored_criteria.scorecard
            and current_scores.version = scored_criteria.version
    inner join criteria on scored_criteria.criterion = criteria.criterion
    inner join metric_history
        on
            current_scores.client_id = metric_history.client_id
            and current_scores.period_start = metric_history.period_start
),

find_flips as (
    select
        list_clients.*,
        case when steps_up.client_id is null then 0 else 1 end as by_step_up,
        case when steps_down.client_id is null then 0 else 1 end
            as by_step_down,
        case
            when abs(weight_flips.weight_change) <= {{ largest_change }} then 1
            else 0
        end as by_weight,
        case
            when sensitivity.weight_criterion = list_clients.criterion then 1
            else 0
        end as is_nearest_weight,
        case
            when sensitivity.edge_criterion = list_clients.criterion then 1
            else 0
        end as is_nearest_edge
    from list_clients
    inner join sensitivity
        on
            list_clients.client_id = sensitivity.client_id
            and list_clients.scorecard = sensitivity.scorecard
    {%- for name, steps in [('steps_up', 1), ('steps_down', -1)] %}
    left join options as {{ name }}
        on
            list_clients.client_id = {{ name }}.client_id
            and list_clients.scorecard = {{ name }}.scorecard
            and list_clients.metric = {{ name }}.metric
            and {{ name }}.steps = {{ steps }}
    {%- endfor %}
    left join weight_flips
        on
            list_clients.client_id = weight_flips.client_id
            and list_clients.scorecard = weight_flips.scorecard
            and list_clients.criterion = weight_flips.criterion
),

combine as (
    select
        find_flips.*,
        case
            when
                find_flips.by_step_up
                + find_flips.by_step_down
                + find_flips.by_weight > 0
                then 1
            else 0
        end as is_hanging
    from find_flips
),

count_clients as (
    select
        combine.scorecard,
        combine.version,
        combine.criterion,
        combine.label,
        combine.weight,
        combine.rules_fingerprint,
        combine.period_start,
        count(*) as clients,
        sum(combine.by_step_up) as by_step_up,
        sum(combine.by_step_down) as by_step_down,
        sum(combine.by_weight) as by_weight,
        sum(combine.is_hanging) as hanging,
        sum(combine.is_nearest_weight) as nearest_weight,
        sum(combine.is_nearest_edge) as nearest_edge,
        sum(combine.revenue) as revenue,
        sum(combine.is_hanging * combine.revenue) as revenue_hanging
    from combine
    group by
        combine.scorecard,
        combine.version,
        combine.criterion,
        combine.label,
        combine.weight,
        combine.rules_fingerprint,
        combine.period_start
)

select
    count_clients.scorecard,
    count_clients.version,
    count_clients.criterion,
    count_clients.label as criterion_label,
    count_clients.rules_fingerprint,
    count_clients.weight,
    cast(count_clients.clients as integer) as clients,
    cast(count_clients.by_step_up as integer) as clients_by_step_up,
    cast(count_clients.by_step_down as integer) as clients_by_step_down,
    cast(count_clients.by_weight as integer) as clients_by_weight,
    cast(count_clients.hanging as integer) as clients_hanging_on_it,
    cast(count_clients.nearest_weight as integer) as clients_nearest_by_weight,
    cast(count_clients.nearest_edge as integer) as clients_nearest_by_edge,
    cast({{ client_profiles.exact_ratio(
        'count_clients.hanging', 'count_clients.clients', input_decimals=0
    ) }} as decimal(7, 6)) as share_hanging_on_it,
    cast(count_clients.revenue as decimal(28, 6)) as revenue,
    cast(count_clients.revenue_hanging as decimal(28, 6))
        as revenue_hanging_on_it,
    count_clients.period_start
from count_clients
