{#- Stops here, before any view shows them, when rules that have scored closed
    periods are no longer what they were. -#}
{%- set versions = client_profiles.scorecard_rules() -%}
{{- client_profiles.raise_stale_scores(versions) -}}
{{- client_profiles.points_by_version(
    versions, client_profiles.rule_usage(versions), ref('int_metric_history')
) -}}
