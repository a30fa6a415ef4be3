{#- From which period on an incremental run scores again, per scorecard: what
    first_period_to_take_in() allows, and everything for a scorecard that has
    not been scored yet.

    relation: the table that holds the scores so far
    versions: result of scorecard_rules()
    returns: dict of ISO texts by scorecard                                -#}
{% macro first_periods_to_score(relation, versions) -%}
    {%- set read_last -%}
        select
            scorecard,
            cast(max(period_start) as {{ dbt.type_string() }}) as last_period
        from {{ relation }}
        group by scorecard
    {%- endset -%}
    {%- set last_periods = {} -%}
    {%- if execute -%}
        {%- for row in run_query(read_last).rows -%}
            {%- do last_periods.update({row[0]: row[1]}) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set first_periods = {} -%}
    {%- for scorecard in versions | map(attribute='scorecard') | unique -%}
        {%- do first_periods.update({
            scorecard: client_profiles.first_period_to_take_in(
                last_periods.get(scorecard)
            )
        }) -%}
    {%- endfor -%}
    {{ return(first_periods) }}
{%- endmacro %}
