{#- A month's values by the rules of the month that it is compared with, where
    the two are not the same. Judged by the same macro as everything else. -#}
{%- set versions = client_profiles.scorecard_rules()
    | selectattr('status', 'equalto', 'approved') | list -%}
{%- set crossed = client_profiles.crossed_versions(
    ref('int_period_pairs'), versions
) -%}
{%- if crossed -%}
{{- client_profiles.points_by_version(
    crossed,
    client_profiles.rule_usage(client_profiles.scorecard_rules()),
    ref('int_metric_history'),
) -}}
{%- else -%}
-- depends_on: {{ ref('int_metric_history') }}
with client_points as (
    select * from {{ ref('int_client_points') }}
)

select * from client_points
where 1 = 0
{%- endif -%}
