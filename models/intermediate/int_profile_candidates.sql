{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='scorecard_period',
    on_schema_change='append_new_columns',
) }}
{%- set versions = client_profiles.scorecard_rules()
    | selectattr('status', 'equalto', 'approved') | list -%}
with client_scores as (
    select * from {{ ref('int_client_scores') }}
    where
        status = 'approved'
        {%- if is_incremental() %}
        and {{ client_profiles.periods_to_score(
            client_profiles.first_periods_to_score(this, versions)
        ) }}
        {%- endif %}
),

judge_clients as (
    {{ client_profiles.judge_by_rules('client_scores', versions) }}
)

select
    {{ dbt.concat([
        'judge_clients.scorecard',
        "' '",
        'cast(judge_clients.period_start as ' ~ dbt.type_string() ~ ')',
    ]) }} as scorecard_period,
    judge_clients.client_id,
    judge_clients.scorecard,
    judge_clients.version,
    judge_clients.rule,
    judge_clients.computed_profile,
    judge_clients.possible_profiles,
    judge_clients.ineligibility_reason,
    judge_clients.rules_fingerprint,
    cast(judge_clients.tenure_months as integer) as tenure_months,
    cast(judge_clients.score as decimal(7, 4)) as score,
    cast(judge_clients.lowest_score as decimal(7, 4)) as lowest_score,
    cast(judge_clients.highest_score as decimal(7, 4)) as highest_score,
    judge_clients.coverage,
    judge_clients.period_start
from judge_clients
