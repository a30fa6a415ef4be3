with seed as (
    select * from {{ ref(project_name, 'benefits') }}
),

typed as (
    select
        seed.benefit,
        seed.scorecard,
        seed.lowest_profile,
        seed.description,
        {{ client_profiles.seed_value('seed.capacity_per_period', 'integer') }}
            as capacity_per_period,
        {{ client_profiles.seed_value('seed.minimum_score', 'points') }}
            as minimum_score
    from seed
)

select * from typed
