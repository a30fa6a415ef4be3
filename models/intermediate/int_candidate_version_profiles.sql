{{ config(materialized='table') }}
{#- Made anew at every run: a candidate version may be edited at will. -#}
{%- set versions = client_profiles.scorecard_rules()
    | selectattr('status', 'equalto', 'candidate') | list -%}
with client_scores as (
    select * from {{ ref('int_client_scores') }}
    where status = 'candidate'
),

judge_clients as (
    {{ client_profiles.judge_by_rules('client_scores', versions) }}
),

begin_course as (
    select
        judge_clients.*,
        cast(null as integer) as known_periods,
        cast(null as {{ dbt.type_string() }}) as known_profile
    from judge_clients
),

confirm_profiles as (
    {{ client_profiles.confirmed_profiles(
        'begin_course',
        ['client_id', 'scorecard', 'version'],
        client_profiles.confirmation_periods(versions),
        client_profiles.anybody_waits(versions),
    ) }}
)

select
    confirm_profiles.client_id,
    confirm_profiles.scorecard,
    confirm_profiles.version,
    confirm_profiles.rule,
    cast(confirm_profiles.computed_profile as {{ dbt.type_string() }})
        as computed_profile,
    confirm_profiles.confirmed_profile,
    confirm_profiles.possible_profiles,
    confirm_profiles.ineligibility_reason,
    confirm_profiles.rules_fingerprint,
    confirm_profiles.score,
    confirm_profiles.lowest_score,
    confirm_profiles.highest_score,
    confirm_profiles.coverage,
    confirm_profiles.period_start
from confirm_profiles
