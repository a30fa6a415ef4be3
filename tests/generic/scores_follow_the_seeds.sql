{#- Fails, with the command to run, when a table of scores holds some that were
    given by rules which are no longer in the seeds.

    model: a table with scorecard, version, rules_fingerprint, period_start -#}
{% test scores_follow_the_seeds(model) %}
{%- set versions = client_profiles.scorecard_rules() -%}
{%- set find_stale -%}
    select
        scorecard,
        version,
        cast(min(period_start) as {{ dbt.type_string() }}) as first_period,
        cast(max(period_start) as {{ dbt.type_string() }}) as last_period
    from {{ model }}
    where scorecard in (
        '{{ versions | map(attribute="scorecard") | unique | join("', '") }}'
    )
    and not (
        {%- for version in versions %}
        {{ 'or ' if not loop.first -}}
        (
            scorecard = '{{ version.scorecard }}'
            and version = '{{ version.version }}'
            and rules_fingerprint = '{{ version.fingerprint }}'
            and period_start >= cast('{{ version.effective_from }}' as date)
            {%- if version.effective_to is not none %}
            and period_start < cast('{{ version.effective_to }}' as date)
            {%- endif %}
        )
        {%- else %}
        1 = 1
        {%- endfor %}
    )
    group by scorecard, version
    order by scorecard, version
{%- endset -%}
{%- if execute -%}
    {%- set stale = [] -%}
    {%- set first_periods = [] -%}
    {%- for row in run_query(find_stale).rows -%}
        {%- do first_periods.append(row[2]) -%}
        {%- do stale.append(
            'scorecard ' ~ row[0] ~ ', version ' ~ row[1] ~ ', periods '
            ~ row[2] ~ ' to ' ~ row[3]
        ) -%}
    {%- endfor -%}
    {%- if stale -%}
        {{ exceptions.raise_compiler_error(
            model ~ " holds scores of rules that are no longer in the seeds:\n  "
            ~ stale | join('\n  ')
            ~ "\nRules that have scored stay as they are: put them back and add a new version to scorecard_versions.csv."
            ~ "\nIf nobody relies on those scores yet, score those periods again: make run RESTATE_FROM="
            ~ first_periods | min ~ ", or dbt build --vars '{restate_from: " ~ first_periods | min ~ "}'"
        ) }}
    {%- endif -%}
{%- endif -%}
select * from {{ model }} where 1 = 0
{% endtest %}
