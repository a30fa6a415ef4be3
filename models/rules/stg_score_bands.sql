with seed as (
    select * from {{ ref(project_name, 'score_bands') }}
),

typed as (
    select
        seed.scorecard,
        seed.version,
        seed.criterion,
        seed.band,
        seed.label,
        {{ client_profiles.seed_value('seed.lower_bound', 'number') }}
            as lower_bound,
        {{ client_profiles.seed_value('seed.upper_bound', 'number') }}
            as upper_bound,
        {{ client_profiles.seed_value('seed.points', 'points') }} as points
    from seed
)

select * from typed
