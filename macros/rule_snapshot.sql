{#- What a snapshot of a rule seed records: its lines with their types, after
    everything was scored by them. Unsound rules, and edits of rules that have
    scored, are refused, also for a plain `dbt snapshot`. dbt_project.yml holds
    the configuration that all of these snapshots share.

    seed: name of the rule seed
    returns: select statement with the columns of stg_<seed>, line_key,
      line_hash (changes when any value does) and recorded_as_of            -#}
{% macro rule_snapshot(seed) -%}
    {%- set lines = ref('stg_' ~ seed) -%}
    {#- Rules count as believed in when they have scored. -#}
    {%- set scored = ref('client_profiles') -%}
    {{- client_profiles.raise_stale_scores(client_profiles.scorecard_rules()) -}}
    {%- if execute -%}
        {%- set specification = client_profiles.seed_specification(seed) -%}
        {%- set columns = specification.columns | map(attribute='name') | list -%}
        select
            {{ client_profiles.line_key(specification.key, 'lines') }}
                as line_key,
            {{ dbt_utils.generate_surrogate_key(columns) }} as line_hash,
            {%- for column in columns %}
            lines.{{ column }},
            {%- endfor %}
            cast('{{ client_profiles.as_of_date() }}' as timestamp)
                as recorded_as_of
        from {{ lines }} as lines
    {%- else -%}
        select 1 as not_compiled_yet
    {%- endif -%}
{%- endmacro %}

{#- Pre-hook: refuses what would record wrong rules. An --empty run would end
    every line, an earlier as-of date would turn the history round. A later date
    may be recorded for the profiles or another seed alone, when nothing changed
    in this one.

    snapshot: the snapshot's own relation (`this`)
    returns: nothing; an error that begins with GUARD                      -#}
{% macro rule_snapshot_guard(snapshot) -%}
    {%- if execute -%}
        {%- if flags.EMPTY -%}
            {{ client_profiles.snapshot_refuse(
                snapshot, "--empty would record every rule as taken away",
                "run without --empty, or leave the snapshots out: --exclude resource_type:snapshot"
            ) }}
        {%- endif -%}
        {%- if client_profiles.snapshot_exists(snapshot) -%}
            {{ client_profiles.snapshot_guard_order(
                snapshot, client_profiles.as_of_date(), client_profiles.recorded_snapshots()
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{#- Pre-hook: gives the history the columns that its seed got since. It comes
    before anything is deleted, because DuckDB adds no column to a table that the
    same transaction has deleted from.

    snapshot: the snapshot's own relation (`this`)
    returns: nothing                                                       -#}
{% macro rule_snapshot_add_columns(snapshot) -%}
    {%- if client_profiles.snapshot_exists(snapshot) -%}
        {%- set lines = ref('stg_' ~ model.name | replace('_snapshot', '')) -%}
        {%- do create_columns(
            snapshot, adapter.get_missing_columns(lines, snapshot)
        ) -%}
    {%- endif -%}
{%- endmacro %}

{#- Post-hook: ends the records of lines that are no longer in the seed, on the
    as-of date; dbt's own hard deletes would write the clock's time.

    snapshot: the snapshot's own relation (`this`)
    returns: SQL statement                                                 -#}
{% macro rule_snapshot_close(snapshot) -%}
    {%- if execute -%}
        {%- set seed = model.name | replace('_snapshot', '') -%}
        {%- set key = client_profiles.seed_specification(seed).key -%}
        {%- set lines -%}
            select {{ client_profiles.line_key(key, 'lines') }} as line_key
            from {{ ref('stg_' ~ seed) }} as lines
        {%- endset -%}
        {%- set end = "cast('" ~ client_profiles.as_of_date() ~ "' as timestamp)" -%}
        {{ return(adapter.dispatch('end_records', 'client_profiles')(snapshot, lines, end)) }}
    {%- endif -%}
{%- endmacro %}

{#- Ends the open records whose line_key is not among some lines.

    snapshot: relation; lines: select statement with line_key; end: SQL timestamp
    returns: SQL statement                                                 -#}
{% macro default__end_records(snapshot, lines, end) -%}
    update {{ snapshot }} set dbt_valid_to = {{ end }}
    where
        dbt_valid_to is null
        and line_key not in ({{ lines }})
{%- endmacro %}

{#- Delta's update reads no other table. -#}
{% macro spark__end_records(snapshot, lines, end) -%}
    merge into {{ snapshot }} as history
    using ({{ lines }}) as kept_lines
        on history.line_key = kept_lines.line_key
    when not matched by source and history.dbt_valid_to is null
        then update set dbt_valid_to = {{ end }}
{%- endmacro %}
