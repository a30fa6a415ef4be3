with seed as (
    select * from {{ ref(project_name, 'criterion_weights') }}
),

typed as (
    select
        seed.scorecard,
        seed.version,
        seed.criterion,
        seed.normalization,
        seed.missing_value_policy,
        {{ client_profiles.seed_value('seed.weight', 'share') }} as weight,
        {{ client_profiles.seed_value('seed.maximum_age_months', 'integer') }}
            as maximum_age_months
    from seed
)

select * from typed
