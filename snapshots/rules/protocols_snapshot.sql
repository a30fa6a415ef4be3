{% snapshot protocols_snapshot %}
{{ client_profiles.rule_snapshot('protocols') }}
{% endsnapshot %}
