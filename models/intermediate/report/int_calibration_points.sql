{{ config(
    materialized='table',
    pre_hook="{{ client_profiles.plan_compiled_sql() }}",
) }}
{#- What a calibration begins with: the points of the last closed period, by the
    versions in force and by all candidates. Three marts look at it, so it is
    kept as a table. -#}
{%- set period = client_profiles.last_closed_period() -%}
with client_points as (
    select * from {{ ref('int_client_points') }}
    where
        period_start
        = cast({{ "'" ~ period ~ "'" if period else 'null' }} as date)
)

select * from client_points
