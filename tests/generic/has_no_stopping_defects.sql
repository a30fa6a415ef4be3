{#- Fails with every defect on which nothing may be built in plain words, instead of
    only with their number.

    model: int_source_defects or int_input_defects
    subject, outcome: words for the error                                    -#}
{% test has_no_stopping_defects(model, subject, outcome) %}
{{ client_profiles.raise_defects(model, subject, outcome) }}
select * from {{ model }} where consequence = 'stops'
{% endtest %}
