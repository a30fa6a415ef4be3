{#- The restatement that this run carries out: the line of the seed
    `restatements` for `var('restate_from')` and the as-of date. Closed periods
    are never scored again without one.

    returns: {restatement, restate_from, restated_on} as texts, none without the
      variable; an error that says which line to write where there is none -#}
{% macro recorded_restatement() -%}
    {%- set restatements = ref('stg_restatements') -%}
    {%- set restate_from = var('restate_from', none) -%}
    {%- if restate_from is none -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set first_period
        = client_profiles.date_var('restate_from', restate_from)[:7] ~ '-01' -%}
    {%- set as_of = client_profiles.as_of_date() -%}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- set read_line -%}
            select restatement
            from {{ restatements }}
            where
                restate_from = cast('{{ first_period }}' as date)
                and restated_on = cast('{{ as_of }}' as date)
            order by restatement
        {%- endset -%}
        {%- for row in run_query(read_line).rows -%}
            {%- do found.append(row[0]) -%}
        {%- endfor -%}
        {%- if not found -%}
            {{ exceptions.raise_compiler_error(
                "restate_from is " ~ first_period ~ ", but restatements.csv has no line with restate_from="
                ~ first_period ~ " and restated_on=" ~ as_of ~ " (the as-of date of this run)."
                ~ "\nClosed periods are scored again only when it is on record who wants it and why. Add the line, or let make do it: make restate FROM="
                ~ first_period ~ " BY='…' APPROVED_BY='…' WHY='…'"
            ) }}
        {%- endif -%}
    {%- endif -%}
    {{ return({
        'restatement': found | first | default(''),
        'restate_from': first_period,
        'restated_on': as_of,
    }) }}
{%- endmacro %}
