-- Nobody is forgotten, and nobody is on the agenda without a cadence.
with client_protocols as (
    select * from {{ ref('client_protocols') }}
    where cadence_days is not null
),

agenda as (
    select * from {{ ref('rpt_contact_agenda') }}
)

select
    coalesce(client_protocols.client_id, agenda.client_id) as client_id,
    coalesce(client_protocols.scorecard, agenda.scorecard) as scorecard,
    coalesce(client_protocols.department, agenda.department) as department
from client_protocols
full outer join agenda
    on
        client_protocols.client_id = agenda.client_id
        and client_protocols.scorecard = agenda.scorecard
        and client_protocols.department = agenda.department
where
    client_protocols.client_id is null
    or agenda.client_id is null
    or client_protocols.cadence_days <> agenda.cadence_days
    or client_protocols.action <> agenda.action
