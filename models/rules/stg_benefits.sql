with seed as (
    select * from {{ ref(project_name, 'benefits') }}
),

typed as (
    select
        seed.benefit,
        seed.scorecard,
        seed.description,
        {{ client_profiles.seed_value('seed.capacity_per_period', 'integer') }}
            as capacity_per_period
    from seed
)

select * from typed
