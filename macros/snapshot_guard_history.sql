{#- Post-hook, still inside the snapshot's transaction: looks at the history as
    it would be and refuses it unless every client has exactly one open record
    per scorecard, every record ends after it begins, and ids are unique.

    snapshot: the snapshot's own relation (`this`)
    returns: nothing; an error that begins with GUARD                      -#}
{% macro snapshot_guard_history(snapshot, key=['client_id', 'scorecard'], may_end=false) -%}
    {%- if execute -%}
        {%- set count_faults -%}
            select 'not be open exactly once per {{ key | join(" and ") }}' as fault, count(*) as faults
            from (
                select {{ key | join(', ') }} from {{ snapshot }}
                group by {{ key | join(', ') }}
                having sum(case when dbt_valid_to is null then 1 else 0 end)
                {{ '> 1' if may_end else '<> 1' }}
            ) as keys
            union all
            select 'end before they begin' as fault, count(*) as faults
            from {{ snapshot }} where dbt_valid_to <= dbt_valid_from
            union all
            select 'share an id' as fault, count(*) as faults
            from (
                select dbt_scd_id from {{ snapshot }}
                group by dbt_scd_id
                having count(*) > 1
            ) as ids
        {%- endset -%}
        {%- for row in run_query(count_faults).rows if row[1] > 0 -%}
            {%- do client_profiles.snapshot_undo(snapshot) -%}
            {{ client_profiles.snapshot_refuse(
                snapshot,
                row[1] ~ " records would " ~ row[0],
                "look for lines that were changed by hand in " ~ snapshot
            ) }}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
