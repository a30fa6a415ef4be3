{{ config(pre_hook="{{ client_profiles.plan_compiled_sql() }}") }}
{#- A place does not depend on the capacity, so the queue for any other capacity
    is the same one, cut elsewhere. What would bring a client over the line is
    tried with one metric at a time, on the values of the last closed period. -#}
with assigned_profiles as (
    select * from {{ ref('fct_client_profiles') }}
),

benefits as (
    select * from {{ ref('int_benefits') }}
),

profiles as (
    select * from {{ ref('stg_profiles') }}
),

options as (
    select * from {{ ref('int_metric_options') }}
    where effort is not null
),

version_metrics as (
    select * from {{ ref('int_version_metrics') }}
),

join_benefits as (
    select
        assigned_profiles.client_id,
        assigned_profiles.scorecard,
        assigned_profiles.version,
        benefits.benefit,
        assigned_profiles.profile,
        assigned_profiles.profile_label,
        assigned_profiles.assignment_source,
        assigned_profiles.rules_fingerprint,
        {{ client_profiles.benefit_ineligibility(
            'assigned_profiles.profile_rank',
            'assigned_profiles.score',
            'benefits',
        ) }} as ineligibility_reason,
        assigned_profiles.profile_rank,
        benefits.lowest_rank,
        benefits.minimum_score,
        benefits.capacity_per_period,
        assigned_profiles.score,
        assigned_profiles.is_awaiting_confirmation,
        assigned_profiles.period_start
    from assigned_profiles
    inner join benefits on assigned_profiles.scorecard = benefits.scorecard
),

-- Who is first by the id is asked once, as a number that can be compared.
order_ids as (
    select
        join_benefits.*,
        row_number() over (
            partition by join_benefits.benefit, join_benefits.period_start
            order by {{ client_profiles.byte_order('join_benefits.client_id') }}
        ) as id_order
    from join_benefits
),

queue_clients as (
    select
        order_ids.*,
        case
            when order_ids.ineligibility_reason is null
                then row_number() over (
                    partition by
                        order_ids.benefit,
                        order_ids.period_start,
                        case
                            when order_ids.ineligibility_reason is null then 1
                            else 0
                        end
                    order by {{ client_profiles.benefit_queue_order(
                        'order_ids.profile_rank',
                        'order_ids.score',
                        'order_ids.client_id',
                    ) }}
                )
        end as place
    from order_ids
),

-- The last client that gets the benefit; nobody where there is enough for all.
find_lines as (
    select
        queue_clients.benefit,
        queue_clients.profile,
        queue_clients.profile_rank,
        queue_clients.score,
        queue_clients.id_order,
        queue_clients.period_start
    from queue_clients
    where queue_clients.place = queue_clients.capacity_per_period
),

measure_distances as (
    select
        queue_clients.*,
        queue_clients.place - queue_clients.capacity_per_period
            as places_to_line,
        coalesce(
            queue_clients.place <= queue_clients.capacity_per_period, false
        ) as is_within_capacity,
        find_lines.profile as line_profile,
        find_lines.profile_rank as line_rank,
        find_lines.score as line_score,
        find_lines.id_order as line_id_order
    from queue_clients
    left join find_lines
        on
            queue_clients.benefit = find_lines.benefit
            and queue_clients.period_start = find_lines.period_start
),

-- A decision by hand holds whatever the rules say then.
try_options as (
    select
        measure_distances.client_id,
        measure_distances.benefit,
        measure_distances.lowest_rank,
        measure_distances.minimum_score,
        measure_distances.line_rank,
        measure_distances.line_score,
        measure_distances.line_id_order,
        measure_distances.id_order,
        version_metrics.criterion,
        version_metrics.label,
        version_metrics.unit,
        version_metrics.value_format,
        version_metrics.improvement_action,
        options.metric_order,
        options.steps,
        options.effort,
        options.value_now,
        options.value_needed,
        options.score as score_then,
        case
            when
                measure_distances.assignment_source = 'override'
                then measure_distances.profile_rank
            else profiles.rank
        end as rank_then,
        measure_distances.period_start
    from measure_distances
    inner join options
        on
            measure_distances.client_id = options.client_id
            and measure_distances.scorecard = options.scorecard
            and measure_distances.period_start = options.period_start
    inner join version_metrics
        on
            options.scorecard = version_metrics.scorecard
            and options.metric = version_metrics.metric
    inner join profiles
        on
            options.scorecard = profiles.scorecard
            and options.computed_profile = profiles.profile
    where
        not measure_distances.is_within_capacity
        and measure_distances.capacity_per_period > 0
),

rank_levers as (
    select
        try_options.*,
        row_number() over (
            partition by try_options.benefit, try_options.client_id
            order by
                try_options.effort,
                abs(try_options.steps),
                try_options.metric_order
        ) as lever_place,
        {{ client_profiles.readable_value(
            'try_options.value_now', 'try_options.value_format'
        ) }} as value_now_text,
        {{ client_profiles.value_needed_in_words('try_options') }}
            as value_needed_text
    from try_options
    where
        {{ client_profiles.benefit_ineligibility(
            'try_options.rank_then', 'try_options.score_then', 'try_options'
        ) }} is null
        and (
            try_options.line_rank is null
            or try_options.rank_then < try_options.line_rank
            or (
                try_options.rank_then = try_options.line_rank
                and try_options.score_then
                > coalesce(try_options.line_score, -1)
            )
            or (
                try_options.rank_then = try_options.line_rank
                and try_options.score_then = try_options.line_score
                and try_options.id_order < try_options.line_id_order
            )
        )
),

keep_easiest_levers as (
    select * from rank_levers
    where lever_place = 1
)

select
    distances.client_id,
    distances.scorecard,
    distances.version,
    distances.benefit,
    distances.profile,
    distances.profile_label,
    distances.ineligibility_reason,
    distances.line_profile,
    levers.criterion as closing_criterion,
    {{ client_profiles.lever_in_words('levers') }} as closing_sentence,
    levers.improvement_action,
    distances.rules_fingerprint,
    distances.profile_rank,
    cast(distances.place as integer) as place,
    distances.capacity_per_period,
    cast(distances.places_to_line as integer) as places_to_line,
    cast(levers.effort as integer) as closing_effort,
    distances.score,
    distances.line_score,
    case
        when
            distances.ineligibility_reason is null
            and distances.profile = distances.line_profile
            then cast(distances.line_score - distances.score as decimal(7, 4))
    end as score_to_line,
    levers.value_needed as closing_value,
    distances.is_within_capacity,
    coalesce(
        distances.ineligibility_reason is null
        and distances.id_order <> distances.line_id_order
        and distances.profile = distances.line_profile
        and coalesce(distances.score, -1) = coalesce(distances.line_score, -1),
        false
    ) as is_tied_with_line,
    distances.is_awaiting_confirmation,
    distances.period_start
from measure_distances as distances
left join keep_easiest_levers as levers
    on
        distances.client_id = levers.client_id
        and distances.benefit = levers.benefit
        and distances.period_start = levers.period_start
