{#- The same queue as fct_benefit_queue, by both versions, says who would gain
    or lose a benefit. -#}
{%- set sides = ['approved', 'candidate'] -%}
with comparison as (
    select * from {{ ref('fct_version_comparison') }}
),

benefits as (
    select * from {{ ref('int_benefits') }}
),

judge_clients as (
    select
        comparison.*,
        benefits.benefit,
        {%- for side in sides %}
        {{ client_profiles.benefit_ineligibility(
            'comparison.' ~ side ~ '_rank',
            'comparison.' ~ side ~ '_score',
            'benefits',
        ) }} as {{ side }}_ineligibility,
        {%- endfor %}
        benefits.capacity_per_period
    from comparison
    inner join benefits on comparison.scorecard = benefits.scorecard
),

queue_clients as (
    select
        judge_clients.client_id,
        judge_clients.scorecard,
        judge_clients.version,
        judge_clients.benefit,
        judge_clients.approved_profile,
        judge_clients.candidate_profile,
        judge_clients.rules_fingerprint,
        judge_clients.capacity_per_period,
        {%- for side in sides %}
        case
            when judge_clients.{{ side }}_ineligibility is null
                then row_number() over (
                    partition by
                        judge_clients.version,
                        judge_clients.benefit,
                        judge_clients.period_start,
                        case
                            when judge_clients.{{ side }}_ineligibility is null
                                then 1
                            else 0
                        end
                    order by {{ client_profiles.benefit_queue_order(
                        'judge_clients.' ~ side ~ '_rank',
                        'judge_clients.' ~ side ~ '_score',
                        'judge_clients.client_id',
                    ) }}
                )
        end as {{ side }}_place,
        {%- endfor %}
        judge_clients.period_start
    from judge_clients
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
