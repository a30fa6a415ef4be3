{% snapshot criteria_snapshot %}
{{ client_profiles.rule_snapshot('criteria') }}
{% endsnapshot %}
