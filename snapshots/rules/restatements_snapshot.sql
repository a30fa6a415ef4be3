{% snapshot restatements_snapshot %}
{{ client_profiles.rule_snapshot('restatements') }}
{% endsnapshot %}
