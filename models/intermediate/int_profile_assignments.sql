{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='scorecard_period',
    on_schema_change='append_new_columns',
    full_refresh=false,
) }}
{#- What was assigned stays assigned: a decision by hand that is entered,
    changed or taken away later does not reach closed periods. The last closed
    period enters with what was decided then, so that confirmation goes on from
    it. -#}
{%- set versions = client_profiles.scorecard_rules()
    | selectattr('status', 'equalto', 'approved') | list -%}
{%- set is_later_run = is_incremental() -%}
{{- client_profiles.raise_unkept_restatement(this) if is_later_run else '' -}}
{%- set first_periods = client_profiles.first_periods_to_score(this, versions)
    if is_later_run else {} -%}
with profile_candidates as (
    select * from {{ ref('int_profile_candidates') }}
    where
        period_start < cast('{{ client_profiles.first_open_period() }}' as date)
        {%- if is_later_run %}
        and {{ client_profiles.periods_to_score(first_periods) }}
        {%- endif %}
),

overrides as (
    select * from {{ ref('stg_profile_overrides') }}
),

continue_course as (
    select
        profile_candidates.*,
        cast(null as integer) as known_periods,
        cast(null as {{ dbt.type_string() }}) as known_profile
    from profile_candidates
    {%- for scorecard, first_period in first_periods.items() %}
    union all
    select
        {%- for column in [
            'scorecard_period',
            'client_id',
            'scorecard',
            'version',
            'rule',
            'computed_profile',
            'possible_profiles',
            'ineligibility_reason',
            'rules_fingerprint',
            'tenure_months',
            'score',
            'lowest_score',
            'highest_score',
            'coverage',
            'period_start',
        ] %}
        decided.{{ column }},
        {%- endfor %}
        decided.computed_periods as known_periods,
        decided.confirmed_profile as known_profile
    from {{ this }} as decided
    where
        decided.scorecard = '{{ scorecard }}'
        and {{ client_profiles.months_between(
            'decided.period_start', "cast('" ~ first_period ~ "' as date)"
        ) }} = 1
    {%- endfor %}
),

confirm_profiles as (
    {{ client_profiles.confirmed_profiles(
        'continue_course',
        ['client_id', 'scorecard'],
        client_profiles.confirmation_periods(versions),
        client_profiles.anybody_waits(versions),
    ) }}
),

assign_profiles as (
    select
        confirm_profiles.*,
        overrides.valid_from as override_valid_from,
        overrides.reason as override_reason,
        coalesce(overrides.profile, confirm_profiles.confirmed_profile)
            as profile,
        case
            when overrides.profile is not null then 'override'
            when confirm_profiles.ineligibility_reason is not null
                then 'not_yet_eligible'
            else 'rules'
        end as assignment_source
    from confirm_profiles
    left join overrides
        on
            confirm_profiles.client_id = overrides.client_id
            and confirm_profiles.scorecard = overrides.scorecard
            and confirm_profiles.period_start >= overrides.valid_from
            and confirm_profiles.period_start < overrides.valid_to
    where confirm_profiles.known_profile is null
)

select
    assign_profiles.scorecard_period,
    assign_profiles.client_id,
    assign_profiles.scorecard,
    assign_profiles.version,
    assign_profiles.profile,
    assign_profiles.assignment_source,
    assign_profiles.rule,
    assign_profiles.computed_profile,
    assign_profiles.confirmed_profile,
    assign_profiles.possible_profiles,
    assign_profiles.ineligibility_reason,
    assign_profiles.override_reason,
    assign_profiles.rules_fingerprint,
    assign_profiles.computed_periods,
    assign_profiles.tenure_months,
    cast(assign_profiles.score as decimal(7, 4)) as score,
    cast(assign_profiles.lowest_score as decimal(7, 4)) as lowest_score,
    cast(assign_profiles.highest_score as decimal(7, 4)) as highest_score,
    assign_profiles.coverage,
    assign_profiles.override_valid_from,
    assign_profiles.period_start
from assign_profiles
