{#- Which rows an incremental run scores again, as a condition on scorecard and
    period_start: per scorecard what first_period_to_take_in() allows, and all
    periods of a scorecard that has not been scored yet.

    relation: the table that holds the scores so far
    versions: result of scorecard_rules()
    returns: SQL condition                                                 -#}
{% macro scorecard_periods_to_score(relation, versions) -%}
    {%- set read_last -%}
        select
            scorecard,
            cast(max(period_start) as {{ dbt.type_string() }}) as last_period
        from {{ relation }}
        group by scorecard
    {%- endset -%}
    {%- set last_periods = {} -%}
    {%- for row in run_query(read_last).rows -%}
        {%- do last_periods.update({row[0]: row[1]}) -%}
    {%- endfor -%}
    (
    {%- for scorecard in versions | map(attribute='scorecard') | unique %}
        {{ 'or ' if not loop.first -}}
        (
            scorecard = '{{ scorecard }}'
            and period_start >= cast('{{ client_profiles.first_period_to_take_in(
                last_periods.get(scorecard)
            ) }}' as date)
        )
    {%- endfor %}
    )
{%- endmacro %}
