{% snapshot benefits_snapshot %}
{{ client_profiles.rule_snapshot('benefits') }}
{% endsnapshot %}
