{#- Stops when rules that have scored closed periods are no longer in the seeds
    as they were, before anything is built that would show the changed ones.
    Periods that this run scores again are not closed.

    versions: result of scorecard_rules()
    returns: nothing; an error with scorecard, version, periods and command -#}
{% macro raise_stale_scores(versions) -%}
    {%- set scored = client_profiles.built_relation('int_profile_candidates') -%}
    {%- if scored is not none -%}
        {%- set approved = versions | selectattr('status', 'equalto', 'approved') | list -%}
        {%- set first_periods = client_profiles.first_periods_to_score(scored, approved) -%}
        {%- set lines = [] -%}
        {%- set periods = [] -%}
        {%- for scorecard, first_period in first_periods.items() -%}
            {%- set stale = client_profiles.stale_scores(
                scored,
                approved | selectattr('scorecard', 'equalto', scorecard) | list,
                before=first_period
            ) -%}
            {%- if stale.lines -%}
                {%- do lines.extend(stale.lines) -%}
                {%- do periods.append(stale.first_period) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if lines -%}
            {{ exceptions.raise_compiler_error(
                scored ~ " holds scores of rules that are no longer in the seeds:\n  "
                ~ lines | join('\n  ')
                ~ "\n" ~ client_profiles.stale_scores_advice(periods | min)
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{#- What to do about scores of rules that are gone.

    first_period: the first period that has them, as ISO text
    returns: text                                                          -#}
{% macro stale_scores_advice(first_period) -%}
    {{ return(
        "Rules that have scored stay as they are: put them back and add a new version to scorecard_versions.csv."
        ~ "\nIf those scores are wrong, restate them, which keeps both values and says who did it and why: make restate FROM="
        ~ first_period ~ " BY='…' APPROVED_BY='…' WHY='…', or a line in restatements.csv and dbt build --vars '{restate_from: " ~ first_period ~ "}'"
    ) }}
{%- endmacro %}
