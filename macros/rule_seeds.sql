{#- The seeds that hold the rules, in the order in which they refer to each
    other. Returns: list of seed names.                                    -#}
{% macro rule_seeds() -%}
    {{ return([
        'scorecards', 'scorecard_versions', 'criteria', 'criterion_weights',
        'score_bands', 'profiles', 'profile_rules', 'profile_overrides',
        'restatements', 'benefits', 'protocols',
    ]) }}
{%- endmacro %}
