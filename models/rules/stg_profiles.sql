with seed as (
    select * from {{ ref(project_name, 'profiles') }}
),

typed as (
    select
        seed.scorecard,
        seed.profile,
        seed.label,
        seed.color,
        seed.description,
        {{ client_profiles.seed_value('seed.rank', 'positive_integer') }}
            as rank,
        {{ client_profiles.seed_value('seed.is_ideal', 'boolean') }} as is_ideal
    from seed
)

select * from typed
