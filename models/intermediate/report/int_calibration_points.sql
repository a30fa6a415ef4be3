{#- What a calibration begins with: the points of the last closed period, by the
    versions in force and by all candidates. A view, so that whatever reads it
    after a build of a part reads the rules of that build. -#}
{%- set period = client_profiles.last_closed_period() -%}
with client_points as (
    select * from {{ ref('int_client_points') }}
    where
        period_start
        = cast({{ "'" ~ period ~ "'" if period else 'null' }} as date)
)

select * from client_points
