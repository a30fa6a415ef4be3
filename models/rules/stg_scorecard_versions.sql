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
),

-- An approved version ends where the next one begins, so that to approve a
-- version is to change its own line only.
end_versions as (
    select
        typed.scorecard,
        typed.version,
        typed.status,
        typed.approved_by,
        typed.change_note,
        typed.confirmation_periods,
        typed.minimum_tenure_months,
        typed.minimum_coverage,
        typed.effective_from,
        case
            when typed.effective_to is not null then typed.effective_to
            when typed.status = 'approved'
                then lead(typed.effective_from) over (
                    partition by typed.scorecard, typed.status
                    order by typed.effective_from, typed.version
                )
        end as effective_to,
        typed.approved_on
    from typed
)

select * from end_versions
