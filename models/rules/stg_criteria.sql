with seed as (
    select * from {{ ref(project_name, 'criteria') }}
),

typed as (
    select
        seed.criterion,
        seed.metric,
        seed.label,
        seed.unit,
        seed.value_format,
        seed.direction,
        seed.improvement_action,
        {{ client_profiles.seed_value('seed.effort', 'positive_integer') }}
            as effort,
        {{ client_profiles.seed_value('seed.is_actionable', 'boolean') }}
            as is_actionable
    from seed
)

select * from typed
