{% snapshot profiles_snapshot %}
{{ client_profiles.rule_snapshot('profiles') }}
{% endsnapshot %}
