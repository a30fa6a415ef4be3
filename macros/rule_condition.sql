{#- All conditions of a rule as one SQL condition. A missing value meets no
    bound; a rule without bounds catches every client.

    rule: entry of a version's `rules`; relation: alias of the scored rows
    certainty: none for the values as they are, a missing one as its policy
      says; 'possible' for whether the conditions can hold if all values were
      known, 'certain' for whether they would hold whatever the values are
    version: the rule's version, for either of these
    returns: SQL condition                                                 -#}
{% macro rule_condition(rule, relation, certainty=none, version=none) -%}
    {%- set parts = [] -%}
    {%- for condition in rule.conditions
        if condition.lower_bound is not none or condition.upper_bound is not none -%}
        {%- if certainty is none -%}
            {%- do parts.append(client_profiles.condition_on_value(
                condition, client_profiles.condition_value(condition, relation)
            )) -%}
        {%- else -%}
            {%- do parts.append(client_profiles.condition_on_missing_value(
                condition, relation, certainty, version
            )) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ parts | join(' and ') if parts else '1 = 1' }}
{%- endmacro %}

{#- The column that a condition looks at. -#}
{% macro condition_value(condition, relation) -%}
    {%- if condition.subject == 'score' -%}
        {{- relation }}.score
    {%- elif condition.subject == 'points' -%}
        {{- relation }}.{{ condition.subject_name }}__points
    {%- else -%}
        {{- relation }}.metric__{{ condition.subject_name | lower }}
    {%- endif -%}
{%- endmacro %}

{#- Whether values from `least` to `most` meet the bounds: all of them where
    `least` stands against the lower bound, some where `most` does. -#}
{% macro condition_on_value(condition, least, most=none) -%}
    {%- set parts = [] -%}
    {%- if condition.lower_bound is not none -%}
        {%- do parts.append(least ~ ' >= ' ~ condition.lower_bound) -%}
    {%- endif -%}
    {%- if condition.upper_bound is not none -%}
        {%- do parts.append((most or least) ~ ' < ' ~ condition.upper_bound) -%}
    {%- endif -%}
    {{ parts | join(' and ') }}
{%- endmacro %}

{#- A condition as rule_condition() gives it for 'possible' and 'certain'. The
    points of a missing criterion are those of any of its bands; a missing
    metric can be anything. -#}
{% macro condition_on_missing_value(condition, relation, certainty, version) -%}
    {%- set value = client_profiles.condition_value(condition, relation) -%}
    {%- set known = client_profiles.condition_on_value(condition, value) -%}
    {%- if condition.subject == 'score' -%}
        {%- set ends = [relation ~ '.lowest_score', relation ~ '.highest_score'] -%}
        {%- if certainty == 'possible' -%}
            {%- set ends = ends | reverse | list -%}
        {%- endif -%}
        {{ client_profiles.condition_on_value(condition, ends[0], ends[1]) }}
    {%- elif condition.subject == 'metric' and certainty == 'possible' -%}
        ({{ value }} is null or {{ known }})
    {%- elif condition.subject == 'metric' -%}
        ({{ value }} is not null and {{ known }})
    {%- else -%}
        {%- set met = [] -%}
        {%- for criterion in version.criteria
            if criterion.criterion == condition.subject_name -%}
            {%- for band in criterion.bands -%}
                {%- do met.append(
                    (condition.lower_bound is none
                        or band.points | float >= condition.lower_bound | float)
                    and (condition.upper_bound is none
                        or band.points | float < condition.upper_bound | float)
                ) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- set holds = (true in met) if certainty == 'possible' else (false not in met) -%}
        case
            when {{ relation }}.{{ condition.subject_name }}__value is null
                then {{ '1 = 1' if holds else '1 = 0' }}
            else {{ known }}
        end
    {%- endif -%}
{%- endmacro %}
