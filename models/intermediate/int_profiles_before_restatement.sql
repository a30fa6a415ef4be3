{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    full_refresh=false,
) }}
{#- What a restatement is about to replace, kept for good. It is written before
    anything is scored again and only once: a second run of the same restatement
    would keep what the first one made of it.

    The assignments are those of the last run, so this model can't depend on
    them: they depend on it. -#}
{{- client_profiles.raise_rule_problems() -}}
{%- set restatement = client_profiles.recorded_restatement() -%}
{%- set assignments
    = client_profiles.built_relation('int_profile_assignments') -%}
{%- set is_new = restatement is not none and assignments is not none -%}
{%- set ns = namespace(number=1, is_new=is_new) -%}
{%- if is_new and is_incremental() -%}
    {%- set read_numbers -%}
        select
            max(restatement_number),
            max(case when restatement = '{{ restatement.restatement }}'
                then cast(restate_from as {{ dbt.type_string() }}) end),
            max(case when restatement = '{{ restatement.restatement }}'
                then cast(restated_on as {{ dbt.type_string() }}) end)
        from {{ this }}
    {%- endset -%}
    {%- set kept = run_query(read_numbers).rows[0] -%}
    {%- set ns.number = (kept[0] or 0) | int + 1 -%}
    {%- set ns.is_new = kept[1] is none -%}
    {%- set dates = (restatement.restate_from, restatement.restated_on) -%}
    {%- if not ns.is_new and (kept[1], kept[2]) != dates -%}
        {{ exceptions.raise_compiler_error(
            "restatements.csv (restatement=" ~ restatement.restatement
            ~ "): it was carried out on " ~ kept[2] ~ " already, from "
            ~ kept[1] ~ " on; leave its line as it was then, and give this"
            ~ " restatement a line with a name of its own"
        ) }}
    {%- endif -%}
{%- endif -%}
with keep_what_was_assigned as (
    {%- if ns.is_new %}
    select
        '{{ restatement.restatement }}' as restatement,
        {{ ns.number }} as restatement_number,
        assignments.client_id,
        assignments.scorecard,
        assignments.version,
        assignments.profile,
        assignments.computed_profile,
        assignments.rules_fingerprint,
        assignments.score,
        assignments.period_start,
        cast('{{ restatement.restate_from }}' as date) as restate_from,
        cast('{{ restatement.restated_on }}' as date) as restated_on
    from {{ assignments }} as assignments
    where
        assignments.period_start
        >= cast('{{ restatement.restate_from }}' as date)
    {%- else %}
    select
        cast(null as {{ dbt.type_string() }}) as restatement,
        cast(null as integer) as restatement_number,
        cast(null as {{ dbt.type_string() }}) as client_id,
        cast(null as {{ dbt.type_string() }}) as scorecard,
        cast(null as {{ dbt.type_string() }}) as version,
        cast(null as {{ dbt.type_string() }}) as profile,
        cast(null as {{ dbt.type_string() }}) as computed_profile,
        cast(null as {{ dbt.type_string() }}) as rules_fingerprint,
        cast(null as decimal(7, 4)) as score,
        cast(null as date) as period_start,
        cast(null as date) as restate_from,
        cast(null as date) as restated_on
    from (select 1 as nothing) as nothing
    where 1 = 0
    {%- endif %}
)

select
    keep_what_was_assigned.restatement,
    cast(keep_what_was_assigned.restatement_number as integer)
        as restatement_number,
    keep_what_was_assigned.client_id,
    keep_what_was_assigned.scorecard,
    keep_what_was_assigned.version,
    keep_what_was_assigned.profile,
    keep_what_was_assigned.computed_profile,
    keep_what_was_assigned.rules_fingerprint,
    keep_what_was_assigned.score,
    keep_what_was_assigned.period_start,
    keep_what_was_assigned.restate_from,
    keep_what_was_assigned.restated_on
from keep_what_was_assigned
