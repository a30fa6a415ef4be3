{#- Publishes what people read on an engine where readers share the database with
    the build: copies marts and snapshots into a schema of their own, and lets it
    take the place of the last publication, all in one transaction.

    Readers see the old tables or the new ones. Renaming a schema waits for no
    reader; whoever still reads the old tables goes on doing so, and they are
    dropped at a later publication that finds nobody reading them.

    run_id, published_at, git_revision: which run it is, and when, as YYYY-MM-DD
      HH:MM:SS in UTC; texts that may hold no quote
    reader: role that may read it, none for nobody else
    new_history: publish, though the last publication holds more of the history
    returns: nothing, but prints an object: `row_count`, or `history_losses` with
      the `as_of` of the last publication where nothing was published because of
      them; an error on engines without such transactions                   -#}
{% macro publish_schema(run_id, published_at, git_revision=none, reader=none, new_history=false) -%}
    {%- set losses = [] -%}
    {%- if execute and not new_history -%}
        {%- do losses.extend(client_profiles.lost_since_the_published_schema()) -%}
    {%- endif -%}
    {%- if not losses -%}
        {{ return(adapter.dispatch('publish_schema', 'client_profiles')(
            run_id, published_at, git_revision, reader
        )) }}
    {%- endif -%}
{%- endmacro %}

{#- What the snapshots have lost since they were published in this database; prints
    it for publish.py.

    returns: list of texts                                                 -#}
{% macro lost_since_the_published_schema() -%}
    {%- set schema = target.schema ~ '_published' -%}
    {%- set published = adapter.get_relation(target.database, schema, 'publication') -%}
    {%- if published is none -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set as_of = run_query(
        'select cast(as_of as ' ~ dbt.type_string() ~ ') from ' ~ published
    ).rows[0][0] -%}
    {%- set tables = [] -%}
    {%- for table in client_profiles.history_tables() if table.keeps == 'records' -%}
        {%- do tables.append(table)
            if adapter.get_relation(target.database, schema, table.name) is not none -%}
    {%- endfor -%}
    {%- set losses = client_profiles.history_losses({'as_of': as_of, 'tables': tables}) -%}
    {%- if losses -%}
        {{ print(tojson({'history_losses': losses, 'as_of': as_of})) }}
    {%- endif -%}
    {{ return(losses) }}
{%- endmacro %}

{% macro default__publish_schema(run_id, published_at, git_revision, reader) -%}
    {{ exceptions.raise_compiler_error(
        "Nothing is published on " ~ target.type ~ ": readers read the schema of the build"
    ) }}
{%- endmacro %}

{% macro postgres__publish_schema(run_id, published_at, git_revision, reader) -%}
    {%- if execute -%}
        {%- set said = client_profiles.publication() -%}
        {%- set published = adapter.quote(said.published_schema) -%}
        {%- set previous = adapter.quote(said.published_schema ~ '_previous') -%}
        {%- set coming = adapter.quote(said.published_schema ~ '_coming') -%}
        {%- set statements = [
            "set local lock_timeout = '2s'",
            'drop schema if exists ' ~ coming ~ ' cascade',
            client_profiles.drop_previous_schemas(said.published_schema ~ '_previous'),
            'create schema ' ~ coming,
            'create table ' ~ coming ~ '.publication_tables'
                ~ ' (table_name text primary key, row_count bigint not null)',
        ] -%}
        {%- for table in said.tables -%}
            {%- set copy = coming ~ '.' ~ adapter.quote(table.name) -%}
            {%- do statements.append(
                'create table ' ~ copy ~ ' as table '
                ~ adapter.quote(table.schema) ~ '.' ~ adapter.quote(table.name)
            ) -%}
            {%- do statements.append(
                'comment on table ' ~ copy ~ ' is '
                ~ dbt.string_literal(dbt.escape_single_quotes(table.description))
            ) -%}
            {%- for column in table.columns -%}
                {%- do statements.append(
                    'comment on column ' ~ copy ~ '.' ~ adapter.quote(column.name) ~ ' is '
                    ~ dbt.string_literal(dbt.escape_single_quotes(column.description))
                ) -%}
            {%- endfor -%}
            {%- do statements.append(
                'insert into ' ~ coming ~ '.publication_tables select '
                ~ dbt.string_literal(table.schema ~ '.' ~ table.name)
                ~ ', count(*) from ' ~ copy
            ) -%}
        {%- endfor -%}
        {%- do statements.append(
            'create table ' ~ coming ~ '.publication as select '
            ~ dbt.string_literal(run_id) ~ '::text as run_id, '
            ~ (dbt.string_literal(git_revision) if git_revision else 'null')
            ~ '::text as git_revision, '
            ~ dbt.string_literal(said.rules_fingerprint) ~ '::text as rules_fingerprint, '
            ~ '(select sum(row_count)::bigint from ' ~ coming ~ '.publication_tables) as row_count, '
            ~ dbt.string_literal(said.as_of) ~ '::date as as_of, '
            ~ dbt.string_literal(published_at)
            ~ '::timestamp as published_at_utc'
        ) -%}
        {%- if client_profiles.schema_is_there(said.published_schema) -%}
            {%- do statements.append('alter schema ' ~ published ~ ' rename to ' ~ previous) -%}
        {%- endif -%}
        {%- do statements.append('alter schema ' ~ coming ~ ' rename to ' ~ published) -%}
        {%- if reader -%}
            {#- dbt's quote leaves a quote in the name as it is. -#}
            {%- set role = adapter.quote(reader | replace('"', '""')) -%}
            {%- do statements.append('grant usage on schema ' ~ published ~ ' to ' ~ role) -%}
            {%- do statements.append(
                'grant select on all tables in schema ' ~ published ~ ' to ' ~ role
            ) -%}
        {%- endif -%}
        {%- do run_query('begin;\n' ~ statements | join(';\n') ~ ';\ncommit') -%}
        {%- set count = run_query('select row_count from ' ~ published ~ '.publication') -%}
        {{ print(tojson({'row_count': count.rows[0][0] | int})) }}
    {%- endif -%}
{%- endmacro %}

{#- Delta replaces each table in one step, but knows no step for all of them. So what
    counts is `publication_tables`, which is replaced when all others are there: it says
    which version of each belongs to the publication, and readers who join tables read
    `<table> version as of <table_version>`. A publication that fails leaves it as it was. -#}
{% macro spark__publish_schema(run_id, published_at, git_revision, reader) -%}
    {%- if execute -%}
        {%- if reader -%}
            {{ exceptions.raise_compiler_error(
                "Spark has no roles: let the catalog or the storage say who may read, and give no reader"
            ) }}
        {%- endif -%}
        {%- set said = client_profiles.publication() -%}
        {%- set schema = adapter.quote(said.published_schema) -%}
        {%- do run_query('create schema if not exists ' ~ schema) -%}
        {%- set published = [] -%}
        {%- for table in said.tables -%}
            {%- set copy = schema ~ '.' ~ adapter.quote(table.name) -%}
            {%- do run_query(
                'create or replace table ' ~ copy ~ ' using delta comment '
                ~ dbt.string_literal(dbt.escape_single_quotes(table.description))
                ~ ' as select * from '
                ~ adapter.quote(table.schema) ~ '.' ~ adapter.quote(table.name)
            ) -%}
            {%- set version = run_query('describe history ' ~ copy ~ ' limit 1').rows[0]['version'] -%}
            {%- set count = run_query(
                'select count(*) from ' ~ copy ~ ' version as of ' ~ version
            ).rows[0][0] -%}
            {%- do published.append(
                '(' ~ dbt.string_literal(table.schema ~ '.' ~ table.name)
                ~ ', cast(' ~ count ~ ' as bigint), cast(' ~ version ~ ' as bigint))'
            ) -%}
        {%- endfor -%}
        {%- do run_query(
            'create or replace table ' ~ schema ~ '.publication using delta as select '
            ~ dbt.string_literal(run_id) ~ ' as run_id, cast('
            ~ (dbt.string_literal(git_revision) if git_revision else 'null')
            ~ ' as string) as git_revision, '
            ~ dbt.string_literal(said.rules_fingerprint) ~ ' as rules_fingerprint, '
            ~ '(select sum(row_count) from values ' ~ published | join(', ')
            ~ ' as tables (table_name, row_count, table_version)) as row_count, cast('
            ~ dbt.string_literal(said.as_of) ~ ' as date) as as_of, cast('
            ~ dbt.string_literal(published_at) ~ ' as timestamp) as published_at_utc'
        ) -%}
        {%- do run_query(
            'create or replace table ' ~ schema ~ '.publication_tables using delta as select *, '
            ~ dbt.string_literal(run_id) ~ ' as run_id from values ' ~ published | join(', ')
            ~ ' as tables (table_name, row_count, table_version)'
        ) -%}
        {%- set count = run_query('select row_count from ' ~ schema ~ '.publication') -%}
        {{ print(tojson({'row_count': count.rows[0][0] | int})) }}
    {%- endif -%}
{%- endmacro %}

{#- A statement that drops the schemas of former publications. What somebody still
    reads stays under another name, for a later publication to drop.

    name: of the schema with the last one; others have it with a number behind
    returns: SQL, for PostgreSQL                                            -#}
{% macro drop_previous_schemas(name) -%}
    {%- set previous = dbt.string_literal(dbt.escape_single_quotes(name)) -%}
do $drop_previous$
declare
    former text;
begin
    for former in
        select nspname from pg_namespace
        where left(nspname, length({{ previous }})) = {{ previous }}
    loop
        begin
            execute format('drop schema %I cascade', former);
        exception when lock_not_available then
            if former = {{ previous }} then
                execute format(
                    'alter schema %I rename to %I', former,
                    former || '_' || txid_current()
                );
            end if;
        end;
    end loop;
end
$drop_previous$
{%- endmacro %}

{#- Whether the database has a schema of this name. -#}
{% macro schema_is_there(name) -%}
    {%- set found = run_query(
        'select 1 from information_schema.schemata where schema_name = '
        ~ dbt.string_literal(name)
    ) -%}
    {{ return(found.rows | length > 0) }}
{%- endmacro %}
