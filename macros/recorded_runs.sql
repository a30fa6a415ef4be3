{#- The snapshots that are taken together: of the profiles, the runs and the rule
    seeds, as far as they are there.

    returns: list of relations                                             -#}
{% macro recorded_snapshots() -%}
    {%- set found = [] -%}
    {%- for name in ['client_profiles', 'recorded_runs'] + client_profiles.rule_seeds() -%}
        {%- set snapshot = client_profiles.built_relation(name ~ '_snapshot') -%}
        {%- do found.append(snapshot) if snapshot is not none -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- Pre-hook of recorded_runs_snapshot: refuses what is no run, and a date before
    one that is recorded.

    snapshot: its own relation (`this`)
    returns: nothing; an error that begins with GUARD                      -#}
{% macro recorded_runs_guard(snapshot) -%}
    {%- if execute -%}
        {%- if flags.EMPTY -%}
            {{ client_profiles.snapshot_refuse(
                snapshot, "--empty is no run whose results count",
                "run without --empty, or leave the snapshots out: --exclude resource_type:snapshot"
            ) }}
        {%- endif -%}
        {{ client_profiles.snapshot_guard_order(
            snapshot, client_profiles.as_of_date(), client_profiles.recorded_snapshots()
        ) }}
    {%- endif -%}
{%- endmacro %}

{#- Refuses to begin the history of profiles anew while runs are on record: it was
    dropped, renamed, or moved to another schema.

    snapshot: relation of the history, which is not there
    returns: nothing; an error that begins with GUARD                      -#}
{% macro snapshot_guard_beginning(snapshot) -%}
    {%- set runs = client_profiles.built_relation('recorded_runs_snapshot') -%}
    {%- if runs is not none -%}
        {%- set read_last -%}
            select cast(cast(max(dbt_valid_from) as date) as {{ dbt.type_string() }}) from {{ runs }}
        {%- endset -%}
        {%- set last = run_query(read_last).rows[0][0] -%}
        {%- if last is not none -%}
            {{ client_profiles.snapshot_refuse(
                snapshot,
                "there is no such table, but runs are on record until " ~ last ~ "; a new one would begin without them",
                "bring it back (make restore-history), or give it the name it had; to begin anew on purpose, drop " ~ runs ~ " as well"
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
