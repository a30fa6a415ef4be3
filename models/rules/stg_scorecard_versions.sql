with seed as (
    select * from {{ ref(project_name, 'scorecard_versions') }}
),

typed as (
    select
        seed.scorecard,
        seed.version,
        seed.status,
        seed.approved_by,
        seed.change_note,
        {{ client_profiles.seed_value(
            'seed.confirmation_periods', 'positive_integer'
        ) }}
            as confirmation_periods,
        {{ client_profiles.seed_value(
            'seed.minimum_tenure_months', 'integer'
        ) }}
            as minimum_tenure_months,
        {{ client_profiles.seed_value('seed.minimum_coverage', 'share') }}
            as minimum_coverage,
        {{ client_profiles.seed_value('seed.effective_from', 'month') }}
            as effective_from,
        {{ client_profiles.seed_value('seed.effective_to', 'month') }}
            as effective_to,
        {{ client_profiles.seed_value('seed.approved_on', 'date') }}
            as approved_on
    from seed
)

select * from typed
