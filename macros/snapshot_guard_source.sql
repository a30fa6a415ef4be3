{#- Pre-hook: refuses what would spoil the history for good. Such runs would
    otherwise end well: a duplicated key lets the history grow at every run, an
    empty source records every client as gone. The error rolls the snapshot
    back, so that the history is as before, under a plain `dbt snapshot` too.

    snapshot: the snapshot's own relation (`this`)
    source: the relation that it reads
    returns: nothing; an error that begins with GUARD                      -#}
{% macro snapshot_guard_source(snapshot, source) -%}
    {%- if execute -%}
        {%- set as_of = client_profiles.as_of_date() -%}
        {%- if flags.EMPTY -%}
            {{ client_profiles.snapshot_refuse(
                snapshot, "--empty would record every client as left",
                "run without --empty, or leave the snapshot out: --exclude resource_type:snapshot"
            ) }}
        {%- endif -%}
        {%- set count_lines -%}
            select
                count(*),
                sum(case when client_id is null or scorecard is null then 1 else 0 end),
                sum(case when profile is null or version is null then 1 else 0 end)
            from {{ source }}
        {%- endset -%}
        {%- set counted = run_query(count_lines).rows[0] -%}
        {%- if counted[0] == 0 -%}
            {{ client_profiles.snapshot_refuse(
                snapshot, source ~ " is empty",
                "look whether int_client_metrics has the last complete month and whether an approved version is in force in it"
            ) }}
        {%- endif -%}
        {%- if counted[1] > 0 -%}
            {{ client_profiles.snapshot_refuse(
                snapshot, counted[1] ~ " line(s) of " ~ source ~ " have no client_id or no scorecard",
                "give every client an id at the source"
            ) }}
        {%- endif -%}
        {%- if counted[2] > 0 -%}
            {{ client_profiles.snapshot_refuse(
                snapshot, counted[2] ~ " line(s) of " ~ source ~ " have no profile or no version",
                "build it again: dbt build --select +client_profiles"
            ) }}
        {%- endif -%}
        {%- set find_duplicates -%}
            select client_id, scorecard, count(*)
            from {{ source }}
            group by client_id, scorecard
            having count(*) > 1
            order by client_id, scorecard
        {%- endset -%}
        {%- for row in run_query(find_duplicates).rows[:1] -%}
            {{ client_profiles.snapshot_refuse(
                snapshot,
                source ~ " has client " ~ row[0] ~ " " ~ row[2] ~ " times in scorecard " ~ row[1],
                "each client may stand in it once per scorecard; look for duplicates in stg_clients"
            ) }}
        {%- endfor -%}
        {%- if client_profiles.snapshot_exists(snapshot) -%}
            {{ client_profiles.snapshot_guard_order(
                snapshot, as_of, client_profiles.recorded_snapshots()
            ) }}
            {{ client_profiles.snapshot_guard_share(snapshot, source) }}
        {%- else -%}
            {{ client_profiles.snapshot_guard_beginning(snapshot) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{#- Refuses an as-of date before one that is already recorded, in one of the
    snapshots that are taken together.

    snapshot: the one that refuses; as_of: ISO text
    recorded: relations, of which some may not be there yet               -#}
{% macro snapshot_guard_order(snapshot, as_of, recorded) -%}
    {%- set last = client_profiles.last_recorded(recorded) -%}
    {%- if last is not none and last > as_of -%}
        {{ client_profiles.snapshot_refuse(
            snapshot,
            "as_of is " ~ as_of ~ ", but " ~ last ~ " is recorded already",
            "history is written forwards only: use as_of " ~ last ~ " or later, or leave the snapshot out: --exclude resource_type:snapshot"
        ) }}
    {%- endif -%}
{%- endmacro %}

{#- The last date on which any of some snapshots was written, as ISO text, none where
    none was. -#}
{% macro last_recorded(recorded) -%}
    {{ return(adapter.dispatch('last_recorded', 'client_profiles')(recorded)) }}
{%- endmacro %}

{% macro default__last_recorded(recorded) -%}
    {%- set read_last -%}
        select cast(cast(max(recorded) as date) as {{ dbt.type_string() }})
        from (
            {%- for each in recorded %}
            {{ 'union all' if not loop.first }}
            select max(dbt_valid_from) as recorded from {{ each }}
            union all
            select max(dbt_valid_to) as recorded from {{ each }}
            {%- endfor %}
        ) as dates
    {%- endset -%}
    {{ return(run_query(read_last).rows[0][0] if recorded else none) }}
{%- endmacro %}

{#- To open a Delta table takes longer than to read it, and every snapshot asks for all
    of them. A run writes its own date only, so what the first one found holds for all
    of the run. -#}
{% macro spark__last_recorded(recorded) -%}
    {%- set known = graph.get('client_profiles__last_recorded', {}) -%}
    {%- if invocation_id not in known -%}
        {%- set known = {
            invocation_id: client_profiles.default__last_recorded(recorded)
        } -%}
        {%- do graph.update({'client_profiles__last_recorded': known}) -%}
    {%- endif -%}
    {{ return(known[invocation_id]) }}
{%- endmacro %}

{#- Refuses a run in which a large share of the clients vanishes at once. -#}
{% macro snapshot_guard_share(snapshot, source) -%}
    {%- set limit = client_profiles.share_var('snapshot_maximum_left_share', 0.3) | float -%}
    {%- set count_left -%}
        select
            count(*),
            sum(case when source_lines.client_id is null then 1 else 0 end)
        from {{ snapshot }} as history
        left join {{ source }} as source_lines
            on
                history.client_id = source_lines.client_id
                and history.scorecard = source_lines.scorecard
        where history.dbt_valid_to is null and history.profile <> 'left'
    {%- endset -%}
    {%- set counted = run_query(count_left).rows[0] -%}
    {%- if counted[0] > 0 and (counted[1] | float) > limit * (counted[0] | float) -%}
        {{ client_profiles.snapshot_refuse(
            snapshot,
            counted[1] ~ " of " ~ counted[0] ~ " clients are gone at once, more than snapshot_maximum_left_share (" ~ limit ~ ") allows",
            "look whether the sources are complete; if they really left: --vars '{snapshot_maximum_left_share: 1}'"
        ) }}
    {%- endif -%}
{%- endmacro %}

{#- The one form of a guard's error. -#}
{% macro snapshot_refuse(snapshot, problem, advice) -%}
    {{ exceptions.raise_compiler_error(
        "GUARD " ~ snapshot.identifier ~ ": " ~ problem ~ "; " ~ advice ~ ". The history is unchanged."
    ) }}
{%- endmacro %}
