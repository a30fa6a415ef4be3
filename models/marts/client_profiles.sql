with assigned_profiles as (
    select * from {{ ref('fct_client_profiles') }}
),

movements as (
    select * from {{ ref('fct_profile_movements') }}
),

profiles as (
    select * from {{ ref('stg_profiles') }}
),

clients as (
    select * from {{ ref(project_name, 'stg_clients') }}
),

find_last_period as (
    select max(assigned_profiles.period_start) as last_period
    from assigned_profiles
),

find_first_periods as (
    select
        assigned_profiles.scorecard,
        min(assigned_profiles.period_start) as first_period
    from assigned_profiles
    group by assigned_profiles.scorecard
),

order_movements as (
    select
        movements.*,
        row_number() over (
            partition by movements.client_id, movements.scorecard
            order by movements.period_start desc
        ) as recency
    from movements
),

describe_clients as (
    select
        assigned_profiles.*,
        {{ client_profiles.client_name('clients') }} as client_name,
        clients.acquisition_channel,
        clients.region,
        clients.category,
        profiles.color as profile_color,
        order_movements.category as last_movement,
        order_movements.from_profile as previous_profile,
        case
            when order_movements.category <> 'left'
                then order_movements.period_start
            when assigned_profiles.assignment_source <> 'not_yet_eligible'
                then find_first_periods.first_period
        end as profile_since
    from assigned_profiles
    inner join find_last_period
        on assigned_profiles.period_start = find_last_period.last_period
    inner join find_first_periods
        on assigned_profiles.scorecard = find_first_periods.scorecard
    inner join profiles
        on
            assigned_profiles.scorecard = profiles.scorecard
            and assigned_profiles.profile = profiles.profile
    left join clients
        on
            assigned_profiles.client_id
            = cast(clients.client_id as {{ dbt.type_string() }})
    left join order_movements
        on
            assigned_profiles.client_id = order_movements.client_id
            and assigned_profiles.scorecard = order_movements.scorecard
            and order_movements.recency = 1
)

select
    describe_clients.client_id,
    describe_clients.scorecard,
    describe_clients.client_name,
    describe_clients.acquisition_channel,
    describe_clients.region,
    describe_clients.category,
    describe_clients.version,
    describe_clients.profile,
    describe_clients.profile_label,
    describe_clients.profile_color,
    describe_clients.computed_profile,
    describe_clients.possible_profiles,
    describe_clients.previous_profile,
    describe_clients.last_movement,
    describe_clients.assignment_source,
    describe_clients.rule,
    describe_clients.ineligibility_reason,
    describe_clients.rules_fingerprint,
    describe_clients.profile_rank,
    describe_clients.computed_periods,
    describe_clients.tenure_months,
    describe_clients.score,
    describe_clients.lowest_score,
    describe_clients.highest_score,
    describe_clients.coverage,
    describe_clients.is_ideal,
    describe_clients.is_awaiting_confirmation,
    describe_clients.is_certain,
    describe_clients.profile_since,
    describe_clients.period_start
from describe_clients
