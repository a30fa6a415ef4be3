-- A movement between two profiles has a set of changes that explains it.
with movements as (
    select * from {{ ref('fct_profile_movements') }}
),

causes as (
    select * from {{ ref('fct_movement_causes') }}
)

select
    movements.movement_id,
    movements.client_id,
    movements.from_profile,
    movements.to_profile,
    causes.cause
from movements
left join causes on movements.movement_id = causes.movement_id
where
    causes.cause is null
    or (
        causes.cause_changes is null
        and causes.cause not in ('override', 'entry', 'exit')
        and movements.from_profile <> 'not_yet_eligible'
        and movements.to_profile <> 'not_yet_eligible'
    )
