{% snapshot scorecards_snapshot %}
{{ client_profiles.rule_snapshot('scorecards') }}
{% endsnapshot %}
