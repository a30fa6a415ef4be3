{#- Stops with every problem of the rule seeds in plain words, if there is any.
    Called by the test on `rule_problems` and again by everything that compiles
    the rules, so that a plain `dbt run`, which runs no tests, is safe too.

    returns: nothing; an error if there are problems or if the rules have not
      been loaded yet                                                      -#}
{% macro raise_rule_problems() -%}
    {%- set relation = ref('rule_problems') -%}
    {%- if execute -%}
        {%- set built = adapter.get_relation(
            relation.database, relation.schema, relation.identifier
        ) -%}
        {%- if built is none -%}
            {{ exceptions.raise_compiler_error(
                "the rules are not loaded yet; run: dbt build --select +rule_problems"
            ) }}
        {%- endif -%}
        {%- set problems -%}
            select seed, line_key, column_name, value, problem, advice
            from {{ relation }}
            order by seed, line_key, problem
        {%- endset -%}
        {%- set lines = [] -%}
        {%- for row in run_query(problems).rows -%}
            {%- set line = row[0] ~ '.csv'
                ~ (' (' ~ row[1] ~ ')' if row[1] else '')
                ~ ': ' ~ row[4]
                ~ (' (' ~ row[2] ~ ' is ' ~ row[3] ~ ')' if row[3] else '')
                ~ '; ' ~ row[5] -%}
            {%- do lines.append(client_profiles.visible(line)) -%}
        {%- endfor -%}
        {%- if lines -%}
            {{ exceptions.raise_compiler_error(
                lines | length ~ " problem(s) in the rule seeds; nothing was scored.\n  "
                ~ lines[:30] | join('\n  ')
                ~ ('\n  and ' ~ (lines | length - 30) ~ ' more' if lines | length > 30 else '')
                ~ "\nCorrect the seeds and run again: make run, or dbt build"
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
