{#- Stops a restatement before it assigns closed periods again while what they
    hold is not kept yet, as a run of a part of the models would.

    assignments: the table that is about to be changed
    returns: nothing; an error with the command that does it in order      -#}
{% macro raise_unkept_restatement(assignments) -%}
    {%- set restatement = client_profiles.recorded_restatement() -%}
    {%- if execute and restatement is not none -%}
        {%- set kept = client_profiles.built_relation('int_profiles_before_restatement') -%}
        {%- set count_unkept -%}
            select count(*)
            from {{ assignments }}
            where
                period_start >= cast('{{ restatement.restate_from }}' as date)
                {%- if kept is not none %}
                and not exists (
                    select 1 from {{ kept }}
                    where
                        restatement = '{{ restatement.restatement }}'
                        and restate_from = cast('{{ restatement.restate_from }}' as date)
                        and restated_on = cast('{{ restatement.restated_on }}' as date)
                )
                {%- endif %}
        {%- endset -%}
        {%- if run_query(count_unkept).rows[0][0] > 0 -%}
            {{ exceptions.raise_compiler_error(
                assignments ~ " would be restated from " ~ restatement.restate_from
                ~ ", but int_profiles_before_restatement does not keep yet what it holds."
                ~ "\nBuild all of it: make run RESTATE_FROM=" ~ restatement.restate_from
                ~ ", or dbt build --vars '{restate_from: " ~ restatement.restate_from ~ "}'"
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
