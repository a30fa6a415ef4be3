{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='scorecard_period',
    on_schema_change='append_new_columns',
) }}
{%- set versions = client_profiles.scorecard_rules() -%}
with client_scores as (
    select * from {{ ref('int_client_scores') }}
    {%- if is_incremental() %}
    where {{ client_profiles.scorecard_periods_to_score(this, versions) }}
    {%- endif %}
),

find_first_rule as (
    select
        client_scores.*,
        case
            when client_scores.ineligibility_reason is not null then null
            {%- for version in versions %}
            when
                client_scores.scorecard = '{{ version.scorecard }}'
                and client_scores.version = '{{ version.version }}'
                then case
                    {%- for rule in version.rules %}
                    when {{ client_profiles.rule_condition(
                        rule, 'client_scores'
                    ) }}
                        then '{{ rule.rule }}'
                    {%- endfor %}
                end
            {%- endfor %}
        end as rule
    from client_scores
),

name_profile as (
    select
        find_first_rule.*,
        case
            when find_first_rule.ineligibility_reason is not null
                then 'not_yet_eligible'
            {%- for version in versions %}
            when
                find_first_rule.scorecard = '{{ version.scorecard }}'
                and find_first_rule.version = '{{ version.version }}'
                then case find_first_rule.rule
                    {%- for rule in version.rules %}
                    when '{{ rule.rule }}' then '{{ rule.profile }}'
                    {%- endfor %}
                end
            {%- endfor %}
        end as computed_profile
    from find_first_rule
)

select
    {{ dbt.concat([
        'name_profile.scorecard',
        "' '",
        'cast(name_profile.period_start as ' ~ dbt.type_string() ~ ')',
    ]) }} as scorecard_period,
    name_profile.client_id,
    name_profile.scorecard,
    name_profile.version,
    name_profile.rule,
    name_profile.computed_profile,
    name_profile.ineligibility_reason,
    name_profile.rules_fingerprint,
    cast(name_profile.tenure_months as integer) as tenure_months,
    name_profile.score,
    name_profile.coverage,
    name_profile.period_start
from name_profile
