{#- The versions that have to judge periods that are not theirs, because a client's
    two compared periods lie on both sides of a change of rules: the old rules
    judge the later period, the new ones the earlier.

    pairs: relation of int_period_pairs
    versions: entries of scorecard_rules()
    wanted: SQL condition on the pairs to look at
    returns: list of entries of scorecard_rules() with `only_periods`, a sorted
      list of ISO texts; empty where no rules changed                      -#}
{% macro crossed_versions(pairs, versions, wanted) -%}
    {%- set read_crossings -%}
        {%- for version, period in [
            ('version_before', 'period_start'), ('version', 'period_before'),
        ] %}
        {{ 'union' if not loop.first }}
        select
            scorecard, {{ version }} as version,
            cast({{ period }} as {{ dbt.type_string() }}) as judged_period
        from {{ pairs }}
        where version <> version_before and {{ wanted }}
        {%- endfor %}
        order by 1, 2, 3
    {%- endset -%}
    {%- set crossed = [] -%}
    {%- if execute -%}
        {%- set rows = run_query(read_crossings).rows -%}
        {%- for version in versions -%}
            {%- set periods = [] -%}
            {%- for row in rows
                if row[0] == version.scorecard and row[1] == version.version -%}
                {%- do periods.append(row[2]) -%}
            {%- endfor -%}
            {%- if periods -%}
                {%- do crossed.append(dict(version, only_periods=periods)) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(crossed) }}
{%- endmacro %}

{#- The earliest period that any of the pairs looks back to.

    pairs, wanted: as above
    returns: ISO text; none where there is no such pair                    -#}
{% macro first_compared_period(pairs, wanted) -%}
    {%- set read_first -%}
        select cast(min(period_before) as {{ dbt.type_string() }})
        from {{ pairs }}
        where {{ wanted }}
    {%- endset -%}
    {{ return(run_query(read_first).rows[0][0] if execute else none) }}
{%- endmacro %}
