{% snapshot profile_rules_snapshot %}
{{ client_profiles.rule_snapshot('profile_rules') }}
{% endsnapshot %}
