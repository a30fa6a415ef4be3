{#- Each benefit goes to the clients in order of profile and score, down to its
    capacity; the same order by both versions says who would gain or lose it. -#}
with comparison as (
    select * from {{ ref('fct_version_comparison') }}
),

benefits as (
    select * from {{ ref('stg_benefits') }}
),

queue_clients as (
    select
        comparison.client_id,
        comparison.scorecard,
        comparison.version,
        benefits.benefit,
        comparison.approved_profile,
        comparison.candidate_profile,
        comparison.rules_fingerprint,
        benefits.capacity_per_period,
        {%- for side in ['approved', 'candidate'] %}
        case
            when comparison.{{ side }}_rank is not null
                then row_number() over (
                    partition by
                        comparison.scorecard,
                        comparison.version,
                        benefits.benefit,
                        comparison.period_start
                    order by
                        coalesce(comparison.{{ side }}_rank, 999999),
                        coalesce(comparison.{{ side }}_score, -1) desc,
                        {{ client_profiles.byte_order('comparison.client_id') }}
                )
        end as {{ side }}_place,
        {%- endfor %}
        comparison.period_start
    from comparison
    inner join benefits on comparison.scorecard = benefits.scorecard
),

find_holders as (
    select
        queue_clients.*,
        coalesce(
            queue_clients.approved_place <= queue_clients.capacity_per_period,
            false
        ) as is_approved_holder,
        coalesce(
            queue_clients.candidate_place <= queue_clients.capacity_per_period,
            false
        ) as is_candidate_holder
    from queue_clients
)

select
    find_holders.client_id,
    find_holders.scorecard,
    find_holders.version,
    find_holders.benefit,
    find_holders.approved_profile,
    find_holders.candidate_profile,
    case when find_holders.is_candidate_holder then 'gains' else 'loses' end
        as effect,
    find_holders.rules_fingerprint,
    cast(find_holders.approved_place as integer) as approved_place,
    cast(find_holders.candidate_place as integer) as candidate_place,
    find_holders.capacity_per_period,
    find_holders.period_start
from find_holders
where find_holders.is_approved_holder <> find_holders.is_candidate_holder
