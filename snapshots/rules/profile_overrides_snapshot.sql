{% snapshot profile_overrides_snapshot %}
{{ client_profiles.rule_snapshot('profile_overrides') }}
{% endsnapshot %}
