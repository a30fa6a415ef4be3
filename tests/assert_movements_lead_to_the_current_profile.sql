-- Following a client's movements must end where the client is: the last one
-- leads to its profile, or away if it is no longer a client.
with movements as (
    select * from {{ ref('fct_profile_movements') }}
),

client_profiles as (
    select * from {{ ref('client_profiles') }}
),

order_movements as (
    select
        movements.*,
        row_number() over (
            partition by movements.client_id, movements.scorecard
            order by movements.period_start desc
        ) as recency,
        lag(movements.to_profile) over (
            partition by movements.client_id, movements.scorecard
            order by movements.period_start
        ) as arrived_in
    from movements
)

select
    order_movements.client_id,
    order_movements.scorecard,
    order_movements.period_start
from order_movements
left join client_profiles
    on
        order_movements.client_id = client_profiles.client_id
        and order_movements.scorecard = client_profiles.scorecard
where
    (
        order_movements.recency = 1
        and order_movements.category <> 'left'
        and coalesce(client_profiles.profile, '')
        <> order_movements.to_profile
    )
    or (
        order_movements.category in ('promoted', 'demoted', 'reassigned')
        and order_movements.arrived_in <> order_movements.from_profile
    )
    or (
        order_movements.recency = 1
        and order_movements.category = 'left'
        and client_profiles.assignment_source <> 'not_yet_eligible'
    )
