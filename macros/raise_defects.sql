{#- Stops with every defect of the checked sources on which nothing may be built,
    in plain words. Called by what stages them, so a plain `dbt run`, which runs
    no tests, is safe too.

    returns: nothing; an error if there are such defects                    -#}
{% macro raise_source_defects() -%}
    {%- set relation = ref('client_profiles', 'int_source_defects') -%}
    {{- client_profiles.raise_defects(relation, 'the sources', 'nothing was measured') -}}
{%- endmacro %}

{#- The same for stg_clients and int_client_metrics, which a project that installs
    this one brings itself. -#}
{% macro raise_input_defects() -%}
    {{- client_profiles.raise_defects(
        ref('int_input_defects'), 'what is to be scored', 'nothing was scored'
    ) -}}
{%- endmacro %}

{#- What both do.

    relation: a table of defects, with rows_checked
    subject, outcome: words for the error
    returns: nothing; an error that lists thirty of them, and the tables of which
      a larger share than var('maximum_defect_share') is left out             -#}
{% macro raise_defects(relation, subject, outcome) -%}
    {%- if execute -%}
        {%- set limit = client_profiles.share_var('maximum_defect_share', '0.05') -%}
        {%- if load_relation(relation) is none -%}
            {{ exceptions.raise_compiler_error(
                relation.identifier ~ " is not built yet; run: dbt build --select +" ~ relation.identifier
            ) }}
        {%- endif -%}
        {%- set find_stops -%}
            select table_name, column_name, row_key, says, value
            from {{ relation }}
            where consequence = 'stops'
            order by table_name, row_key, column_name, says, value
        {%- endset -%}
        {%- set lines = [] -%}
        {%- for row in run_query(find_stops).rows -%}
            {%- do lines.append(
                row[0] ~ (' (' ~ row[2] ~ ')' if row[2] else '') ~ ': '
                ~ (row[1] ~ ' ' if row[1] else '') ~ row[3]
                ~ (' (it is ' ~ row[4] ~ ')' if row[4] is not none else '')
            ) -%}
        {%- endfor -%}
        {#- Ten rows are few in any table, whatever share of it they are. -#}
        {%- set find_shares -%}
            select
                table_name, column_name, says, count(*),
                max(rows_checked), min(row_key), min(value)
            from {{ relation }}
            where consequence in ('row_excluded', 'value_emptied')
                and check_name <> 'in_the_future'
            group by table_name, column_name, check_name, says
            having count(*) > 10 and count(*) > {{ limit }} * max(rows_checked)
            order by table_name, column_name, says
        {%- endset -%}
        {%- for row in run_query(find_shares).rows -%}
            {%- do lines.append(
                row[0] ~ ': in ' ~ row[3] | int ~ ' of ' ~ row[4] | int ~ ' rows '
                ~ row[1] ~ ' ' ~ row[2] ~ ', more than maximum_defect_share ('
                ~ limit ~ ') allows; for example ' ~ row[5]
                ~ (' (it is ' ~ row[6] ~ ')' if row[6] is not none else '')
            ) -%}
        {%- endfor -%}
        {%- if lines -%}
            {{ exceptions.raise_compiler_error(
                lines | length ~ " problem(s) in " ~ subject ~ "; " ~ outcome ~ ".\n  "
                ~ lines[:30] | join('\n  ')
                ~ ('\n  and ' ~ (lines | length - 30) ~ ' more' if lines | length > 30 else '')
                ~ "\nCorrect them where the table is made and run again. All of them: select * from "
                ~ relation
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
