{% snapshot scorecard_versions_snapshot %}
{{ client_profiles.rule_snapshot('scorecard_versions') }}
{% endsnapshot %}
