with seed as (
    select * from {{ ref(project_name, 'profile_overrides') }}
),

typed as (
    select
        seed.scorecard,
        seed.client_id,
        {{ client_profiles.seed_value('seed.valid_from', 'date') }}
            as valid_from,
        seed.profile,
        seed.reason,
        seed.requested_by,
        seed.approved_by,
        {{ client_profiles.seed_value('seed.valid_to', 'date') }} as valid_to
    from seed
)

select * from typed
