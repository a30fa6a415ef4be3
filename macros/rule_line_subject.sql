{#- What a line of a rule seed is about, for people: "Margin, band fair".

    seed: name of the rule seed; line: alias of its records, beside which
      `criteria` is joined for the criterion's label
    returns: SQL text expression                                           -#}
{% macro rule_line_subject(seed, line) -%}
    {%- set criterion = 'coalesce(criteria.label, ' ~ line ~ '.criterion)' -%}
    {{ return({
        'scorecards': "'scorecard'",
        'scorecard_versions': "'the version'",
        'criteria': line ~ '.label',
        'criterion_weights': criterion,
        'score_bands': criterion ~ " || ', band ' || " ~ line ~ '.band',
        'profiles': "'profile ' || " ~ line ~ '.profile',
        'profile_rules': "'rule ' || " ~ line ~ ".rule || ', ' || " ~ line
            ~ ".subject || coalesce(' ' || " ~ line ~ ".subject_name, '')",
        'profile_overrides': "'client ' || " ~ line ~ ".client_id || ' by hand'",
        'restatements': "'restatement ' || " ~ line ~ '.restatement',
        'benefits': "'benefit ' || " ~ line ~ '.benefit',
        'protocols': "'protocol of ' || " ~ line ~ ".profile || ' for ' || "
            ~ line ~ ".department || coalesce(', on ' || " ~ line
            ~ ".on_movement, '')",
    }[seed]) }}
{%- endmacro %}
