{#- Scores of rules that are no longer in the seeds, in plain words.

    relation: a table with scorecard, version, rules_fingerprint, period_start
    versions: result of scorecard_rules(), those that the table follows
    before: look only at periods before this one, as ISO text; none for all
    other_scorecards: whether scores of other scorecards than these are stale too
    version_column: what the column version is called there
    returns: {lines: texts, first_period: ISO text}; no lines where all is well -#}
{% macro stale_scores(relation, versions, before=none, other_scorecards=false, version_column='version') -%}
    {%- set find_stale -%}
        select
            scorecard,
            {{ version_column }} as version,
            cast(min(period_start) as {{ dbt.type_string() }}) as first_period,
            cast(max(period_start) as {{ dbt.type_string() }}) as last_period
        from {{ relation }}
        where not (
            {%- for version in versions %}
            {{ 'or ' if not loop.first -}}
            (
                scorecard = '{{ version.scorecard }}'
                and {{ version_column }} = '{{ version.version }}'
                and rules_fingerprint = '{{ version.fingerprint }}'
                and period_start >= cast('{{ version.scored_from }}' as date)
                {%- if version.scored_to is not none %}
                and period_start < cast('{{ version.scored_to }}' as date)
                {%- endif %}
            )
            {%- else %}
            1 = 0
            {%- endfor %}
        )
        {%- if not other_scorecards %}
        and scorecard in (
            '{{ versions | map(attribute="scorecard") | unique | join("', '") }}'
        )
        {%- endif %}
        {%- if before is not none %}
        and period_start < cast('{{ before }}' as date)
        {%- endif %}
        group by scorecard, {{ version_column }}
        order by scorecard, {{ version_column }}
    {%- endset -%}
    {%- set lines = [] -%}
    {%- set first_periods = [] -%}
    {%- if execute -%}
        {%- for row in run_query(find_stale).rows -%}
            {%- do first_periods.append(row[2]) -%}
            {%- do lines.append(
                'scorecard ' ~ row[0] ~ ', version ' ~ row[1] ~ ', periods '
                ~ row[2] ~ ' to ' ~ row[3]
            ) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return({'lines': lines, 'first_period': first_periods | min if first_periods else none}) }}
{%- endmacro %}
