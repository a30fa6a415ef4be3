with seed as (
    select * from {{ ref(project_name, 'profile_rules') }}
),

typed as (
    select
        seed.scorecard,
        seed.version,
        seed.rule,
        seed.subject,
        seed.subject_name,
        seed.profile,
        {{ client_profiles.seed_value('seed.priority', 'positive_integer') }}
            as priority,
        {{ client_profiles.seed_value('seed.lower_bound', 'number') }}
            as lower_bound,
        {{ client_profiles.seed_value('seed.upper_bound', 'number') }}
            as upper_bound
    from seed
)

select * from typed
