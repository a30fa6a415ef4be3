with seed as (
    select * from {{ ref('scorecards') }}
),

typed as (
    select
        seed.scorecard,
        seed.label,
        seed.description
    from seed
)

select * from typed
