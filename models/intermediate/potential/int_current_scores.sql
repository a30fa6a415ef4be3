{{ config(materialized='table') }}
{#- Paths and sensitivity look at the last closed period again and again, so its
    scores are kept as a table. -#}
{%- set period = client_profiles.last_closed_period() -%}
with client_scores as (
    select * from {{ ref('int_client_scores') }}
    where
        status = 'approved'
        and period_start
        = cast({{ "'" ~ period ~ "'" if period else 'null' }} as date)
),

assigned_profiles as (
    select * from {{ ref('fct_client_profiles') }}
),

profiles as (
    select * from {{ ref('stg_profiles') }}
),

add_profiles as (
    select
        client_scores.*,
        assigned_profiles.profile,
        assigned_profiles.computed_profile,
        profiles.rank as computed_rank,
        assigned_profiles.assignment_source,
        assigned_profiles.is_awaiting_confirmation
    from client_scores
    inner join assigned_profiles
        on
            client_scores.client_id = assigned_profiles.client_id
            and client_scores.scorecard = assigned_profiles.scorecard
            and client_scores.period_start = assigned_profiles.period_start
    inner join profiles
        on
            assigned_profiles.scorecard = profiles.scorecard
            and assigned_profiles.computed_profile = profiles.profile
)

select * from add_profiles
