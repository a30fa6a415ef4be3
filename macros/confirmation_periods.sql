{#- In how many consecutive periods the rules must lead to a new profile, by the
    version in force: a CASE expression over the columns scorecard and version.

    versions: entries of scorecard_rules()
    returns: SQL expression of a whole number                              -#}
{% macro confirmation_periods(versions) -%}
    case
        {%- for version in versions if version.confirmation_periods > 1 %}
        when
            scorecard = '{{ version.scorecard }}'
            and version = '{{ version.version }}'
            then {{ version.confirmation_periods }}
        {%- else %}
        when scorecard is null then 1
        {%- endfor %}
        else 1
    end
{%- endmacro %}

{#- Whether any version lets a client wait for its new profile.

    versions: entries of scorecard_rules()
    returns: boolean                                                       -#}
{% macro anybody_waits(versions) -%}
    {{ return(versions | map(attribute='confirmation_periods') | max > 1 if versions else false) }}
{%- endmacro %}
