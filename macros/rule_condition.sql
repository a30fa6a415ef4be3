{#- All conditions of a rule as one SQL condition. A missing value meets no
    bound; a rule without bounds catches every client.

    rule: entry of a version's `rules`; relation: alias of the scored rows
    returns: SQL condition                                                 -#}
{% macro rule_condition(rule, relation) -%}
    {%- set parts = [] -%}
    {%- for condition in rule.conditions -%}
        {%- if condition.subject == 'score' -%}
            {%- set value = relation ~ '.score' -%}
        {%- elif condition.subject == 'points' -%}
            {%- set value = relation ~ '.' ~ condition.subject_name ~ '__points' -%}
        {%- else -%}
            {%- set value = relation ~ '.metric__' ~ condition.subject_name | lower -%}
        {%- endif -%}
        {%- if condition.lower_bound is not none -%}
            {%- do parts.append(value ~ ' >= ' ~ condition.lower_bound) -%}
        {%- endif -%}
        {%- if condition.upper_bound is not none -%}
            {%- do parts.append(value ~ ' < ' ~ condition.upper_bound) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ parts | join(' and ') if parts else '1 = 1' }}
{%- endmacro %}
