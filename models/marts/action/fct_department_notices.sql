{#- The names are those of today: what is kept for good holds none. -#}
with notices as (
    select * from {{ ref('int_department_notices') }}
    where is_issued
),

clients as (
    select * from {{ ref(project_name, 'stg_clients') }}
)

select
    notices.notice_id,
    notices.corrects_notice_id,
    notices.movement_id,
    notices.client_id,
    notices.scorecard,
    notices.department,
    {{ client_profiles.client_name('clients') }} as client_name,
    case
        when notices.corrects_notice_id is null then 'movement'
        else 'correction'
    end as kind,
    notices.category,
    notices.from_profile,
    notices.to_profile,
    notices.why,
    notices.on_movement,
    notices.action,
    notices.version,
    notices.rules_fingerprint,
    notices.issued_on,
    notices.period_start
from notices
left join clients
    on
        notices.client_id
        = cast(clients.client_id as {{ dbt.type_string() }})
