with seed as (
    select * from {{ ref(project_name, 'protocols') }}
),

typed as (
    select
        seed.scorecard,
        seed.profile,
        seed.department,
        seed.on_movement,
        seed.action,
        seed.meeting_format,
        {{ client_profiles.seed_value(
            'seed.cadence_days', 'positive_integer'
        ) }}
            as cadence_days,
        {{ client_profiles.seed_value(
            'seed.response_hours', 'positive_integer'
        ) }}
            as response_hours
    from seed
)

select * from typed
