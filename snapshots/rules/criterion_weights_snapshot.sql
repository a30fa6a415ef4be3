{% snapshot criterion_weights_snapshot %}
{{ client_profiles.rule_snapshot('criterion_weights') }}
{% endsnapshot %}
