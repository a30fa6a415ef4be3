{#- A snapshot's steps are one transaction on DuckDB and PostgreSQL. Spark commits each
    step by itself, so a run that ends in the middle leaves a half-written history: there
    the next run takes back what it left, by the versions that Delta keeps, before it does
    anything else. Each commit of a run carries the run's id (macro spark_strict).

    Pre-hook, before all others, and post-hook, after all others.

    snapshot: the snapshot's own relation (`this`)
    returns: SQL statement, empty on other engines                          -#}
{% macro snapshot_mend(snapshot) -%}
    {{ return(adapter.dispatch('snapshot_mend', 'client_profiles')(snapshot)) }}
{%- endmacro %}

{% macro default__snapshot_mend(snapshot) -%}
{%- endmacro %}

{% macro spark__snapshot_mend(snapshot) -%}
    {%- if client_profiles.snapshot_exists(snapshot) -%}
        {%- set unfinished = [] -%}
        {%- set ns = namespace(finished=false) -%}
        {%- for row in client_profiles.spark_commits(snapshot) if not ns.finished -%}
            {%- if row.operation == 'SET TBLPROPERTIES' -%}
                {%- set ns.finished = true -%}
            {%- elif row.of_a_run and row.operation in ['DELETE', 'UPDATE', 'MERGE', 'ADD COLUMNS'] -%}
                {%- do unfinished.append(row.version) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if unfinished -%}
            {{ log("Take back what a run that did not end left in " ~ snapshot, info=true) }}
            {{- client_profiles.spark_restore(snapshot, unfinished | min - 1) -}}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{% macro snapshot_finish(snapshot) -%}
    {{ return(adapter.dispatch('snapshot_finish', 'client_profiles')(snapshot)) }}
{%- endmacro %}

{% macro default__snapshot_finish(snapshot) -%}
{%- endmacro %}

{% macro spark__snapshot_finish(snapshot) -%}
    alter table {{ snapshot }}
    set tblproperties ('client_profiles.finished_by' = '{{ invocation_id }}')
{%- endmacro %}

{#- Takes back what this run has written to a snapshot, before a guard raises; a
    transaction does it on other engines.

    snapshot: the snapshot's own relation (`this`)
    returns: nothing                                                        -#}
{% macro snapshot_undo(snapshot) -%}
    {{ return(adapter.dispatch('snapshot_undo', 'client_profiles')(snapshot)) }}
{%- endmacro %}

{% macro default__snapshot_undo(snapshot) -%}
{%- endmacro %}

{% macro spark__snapshot_undo(snapshot) -%}
    {%- set earlier = client_profiles.spark_commits(snapshot)
        | rejectattr('is_of_this_run') | map(attribute='version') | list -%}
    {%- if earlier -%}
        {%- do run_query(client_profiles.spark_restore(snapshot, earlier | max)) -%}
    {%- else -%}
        {%- do adapter.drop_relation(snapshot) -%}
    {%- endif -%}
{%- endmacro %}

{#- The commits of a Delta table, the newest first: {version, operation, of_a_run,
    is_of_this_run}. -#}
{% macro spark_commits(relation) -%}
    {%- set commits = [] -%}
    {%- for row in run_query('describe history ' ~ relation).rows -%}
        {%- set run = row['userMetadata'] or '' -%}
        {%- do commits.append({
            'version': row['version'] | int,
            'operation': row['operation'],
            'of_a_run': run.startswith('client_profiles '),
            'is_of_this_run': run == 'client_profiles ' ~ invocation_id,
        }) -%}
    {%- endfor -%}
    {{ return(commits) }}
{%- endmacro %}

{% macro spark_restore(relation, version) -%}
    restore table {{ relation }} to version as of {{ version }}
{%- endmacro %}
