with overrides as (
    select * from {{ ref('stg_profile_overrides') }}
),

ledger as (
    select * from {{ ref('fct_override_ledger') }}
)

select
    overrides.scorecard,
    overrides.client_id,
    overrides.valid_from
from overrides
full outer join ledger
    on
        overrides.scorecard = ledger.scorecard
        and overrides.client_id = ledger.client_id
        and overrides.valid_from = ledger.valid_from
where
    overrides.client_id is null
    or ledger.client_id is null
    or overrides.profile <> ledger.profile
