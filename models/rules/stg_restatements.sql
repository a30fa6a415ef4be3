with seed as (
    select * from {{ ref(project_name, 'restatements') }}
),

typed as (
    select
        seed.restatement,
        seed.requested_by,
        seed.approved_by,
        seed.reason,
        {{ client_profiles.seed_value('seed.restate_from', 'month') }}
            as restate_from,
        {{ client_profiles.seed_value('seed.restated_on', 'date') }}
            as restated_on
    from seed
)

select * from typed
