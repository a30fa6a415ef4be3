{{ config(
    enabled=(
        target.type == 'duckdb'
        and var('check_against_reference', project_name == 'client_profiles')
    )
) }}
{#- The same question answered month by month, by a recursion that carries what
    is assigned and for how long the rules have led to the same profile, instead
    of windows over the whole course. Any difference in any row fails, also
    where the table was made in several runs. -#}
{%- set first_open_period = client_profiles.first_open_period() -%}
{%- set computed_periods -%}
    case
            when next_verdict.computed_profile = steps.computed_profile
                then steps.computed_periods + 1
            else 1
        end
{%- endset -%}
with recursive
verdicts as (
    select
        candidates.client_id,
        candidates.scorecard,
        candidates.computed_profile,
        versions.confirmation_periods,
        candidates.period_start
    from {{ ref('int_profile_candidates') }} as candidates
    inner join {{ ref('stg_scorecard_versions') }} as versions
        on
            candidates.scorecard = versions.scorecard
            and candidates.version = versions.version
    where candidates.period_start < cast('{{ first_open_period }}' as date)
),

-- A client goes on from the month before if it was eligible then and is now.
look_back as (
    select
        verdicts.*,
        coalesce(
            verdicts.computed_profile <> 'not_yet_eligible'
            and month_before.computed_profile <> 'not_yet_eligible',
            false
        ) as goes_on
    from verdicts
    left join verdicts as month_before
        on
            verdicts.client_id = month_before.client_id
            and verdicts.scorecard = month_before.scorecard
            and verdicts.period_start
            = month_before.period_start + interval 1 month
),

steps as (
    select
        look_back.client_id,
        look_back.scorecard,
        look_back.computed_profile,
        look_back.computed_profile as confirmed_profile,
        1 as computed_periods,
        look_back.period_start
    from look_back
    where not look_back.goes_on
    union all
    select
        next_verdict.client_id,
        next_verdict.scorecard,
        next_verdict.computed_profile,
        case
            when {{ computed_periods }} >= next_verdict.confirmation_periods
                then next_verdict.computed_profile
            else steps.confirmed_profile
        end as confirmed_profile,
        {{ computed_periods }} as computed_periods,
        next_verdict.period_start
    from steps
    inner join look_back as next_verdict
        on
            steps.client_id = next_verdict.client_id
            and steps.scorecard = next_verdict.scorecard
            and steps.period_start + interval 1 month
            = next_verdict.period_start
    where next_verdict.goes_on
),

stored as (
    select * from {{ ref('int_profile_assignments') }}
    where period_start < cast('{{ first_open_period }}' as date)
),

compare_with_stored as (
    select
        steps.client_id as expected_client_id,
        stored.client_id as stored_client_id,
        stored.scorecard,
        stored.period_start,
        steps.confirmed_profile as expected_profile,
        stored.confirmed_profile as stored_profile
    from steps
    full outer join stored
        on
            steps.client_id = stored.client_id
            and steps.scorecard = stored.scorecard
            and steps.period_start = stored.period_start
    where
        steps.confirmed_profile is distinct from stored.confirmed_profile
        or steps.computed_periods is distinct from stored.computed_periods
)

select * from compare_with_stored
