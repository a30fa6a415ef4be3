with seed as (
    select * from {{ ref(project_name, 'scorecards') }}
),

typed as (
    select
        seed.scorecard,
        seed.label,
        seed.description
    from seed
)

select * from typed
