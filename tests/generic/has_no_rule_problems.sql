{#- Fails with every problem in plain words instead of only their number. -#}
{% test has_no_rule_problems(model) %}
{{ client_profiles.raise_rule_problems() }}
select * from {{ model }}
{% endtest %}
