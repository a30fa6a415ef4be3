{% snapshot score_bands_snapshot %}
{{ client_profiles.rule_snapshot('score_bands') }}
{% endsnapshot %}
