{#- What the history of this build has lost since it was published last. What a
    later run may change is not compared:

    records         a snapshot's records that began before the date of the last
                    publication are all there, unchanged but for their end, and
                    that too where it was before this date; where there were
                    records, there are some that are as old
    rows            all rows are there
    closed_periods  all periods are there, and the rows of those that no run may
                    change: before `lookback_periods` and what was restated since

    Columns that are new are left aside.

    last: mapping
      as_of   date of the last publication
      tables  list of mappings: schema, name, keeps, as history_tables() has them;
              file, the Parquet file of its rows (on PostgreSQL they are in the
              published schema)
    returns: list of texts, empty where nothing was lost                    -#}
{% macro history_losses(last) -%}
    {%- set losses = [] -%}
    {%- set as_of = client_profiles.date_var('as_of', last.as_of) -%}
    {%- for table in last.tables if table.keeps != 'nothing' -%}
        {%- set name = table.schema ~ '.' ~ table.name -%}
        {%- set now = adapter.get_relation(target.database, table.schema, table.name) -%}
        {%- if now is none -%}
            {%- do losses.append(name ~ ' is not there') -%}
        {%- else -%}
            {%- set before = client_profiles.published_rows(table) -%}
            {%- set names = run_query('select * from ' ~ before ~ ' as rows_before limit 0').column_names | list -%}
            {%- set kept = adapter.get_columns_in_relation(now) | map(attribute='name') | list -%}
            {%- set gone = names | reject('in', kept) | list -%}
            {%- if gone -%}
                {%- do losses.append(name ~ ' has no column ' ~ gone | join(', ') ~ ' any more') -%}
            {%- else -%}
                {%- do losses.extend(client_profiles.lost_rows(
                    name, table.keeps, before, now, names, as_of
                )) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(losses) }}
{%- endmacro %}

{#- What one table has lost.

    name: for the text; keeps, before, now: as above
    names: the columns that both have
    as_of: date of the last publication
    returns: list of texts                                                 -#}
{% macro lost_rows(name, keeps, before, now, names, as_of) -%}
    {%- set losses = [] -%}
    {%- if keeps == 'records' -%}
        {%- set day = "cast('" ~ as_of ~ "' as timestamp)" -%}
        {%- set same = names | reject('in', ['dbt_valid_to', 'dbt_updated_at']) | list -%}
        {%- set records -%}
            select
                {%- for column in same %}
                {{ adapter.quote(column) }},
                {%- endfor %}
                case when dbt_valid_to < {{ day }} then dbt_valid_to end as ended
        {%- endset -%}
        {%- set count -%}
            select count(*)
            from (
                {{ records }} from {{ before }} as rows_before where dbt_valid_from < {{ day }}
                except
                {{ records }} from {{ now }} as rows_now where dbt_valid_from < {{ day }}
            ) as lost
        {%- endset -%}
        {%- set number = run_query(count).rows[0][0] | int -%}
        {%- if number > 0 -%}
            {%- do losses.append(name ~ ': ' ~ number ~ ' record(s) from before ' ~ as_of ~ ' are gone or changed') -%}
        {%- endif -%}
        {%- set count -%}
            select
                (select count(*) from {{ before }} as rows_before),
                (select count(*) from {{ now }} as rows_now where dbt_valid_from <= {{ day }})
        {%- endset -%}
        {%- set numbers = run_query(count).rows[0] -%}
        {%- if numbers[0] > 0 and numbers[1] == 0 -%}
            {%- do losses.append(name ~ ': no record is from ' ~ as_of ~ ' or before, where there were ' ~ numbers[0]) -%}
        {%- endif -%}
    {%- elif keeps == 'rows' -%}
        {%- set number = client_profiles.count_lost(names, before, now, '1 = 1') -%}
        {%- if number > 0 -%}
            {%- do losses.append(name ~ ': ' ~ number ~ ' row(s) are gone or changed') -%}
        {%- endif -%}
    {%- else -%}
        {%- set group = names | select('in', ['scorecard']) | list -%}
        {%- set number = client_profiles.count_lost(group + ['period_start'], before, now, '1 = 1') -%}
        {%- if number > 0 -%}
            {%- do losses.append(name ~ ': ' ~ number ~ ' period(s) are gone') -%}
        {%- endif -%}
        {%- set number = client_profiles.count_lost(
            names, before, now, client_profiles.closed_since(before, group, as_of)
        ) -%}
        {%- if number > 0 -%}
            {%- do losses.append(name ~ ': ' ~ number ~ ' row(s) of closed periods are gone or changed') -%}
        {%- endif -%}
    {%- endif -%}
    {{ return(losses) }}
{%- endmacro %}

{#- How many different rows are in one relation and not in the other.

    names: columns to compare; condition: SQL on both
    returns: integer                                                       -#}
{% macro count_lost(names, before, now, condition) -%}
    {%- set columns = [] -%}
    {%- for name in names -%}
        {%- do columns.append(adapter.quote(name)) -%}
    {%- endfor -%}
    {%- set count -%}
        select count(*)
        from (
            select {{ columns | join(', ') }} from {{ before }} as rows_before
            where {{ condition }}
            except
            select {{ columns | join(', ') }} from {{ now }} as rows_now
            where {{ condition }}
        ) as lost
    {%- endset -%}
    {{ return(run_query(count).rows[0][0] | int) }}
{%- endmacro %}

{#- The rows of periods that no run since the last publication may have changed.

    before: relation with period_start and perhaps scorecard
    group: ['scorecard'] where it has one
    as_of: date of the last publication
    returns: SQL condition                                                 -#}
{% macro closed_since(before, group, as_of) -%}
    {%- set bounds = [] -%}
    {%- set restated = [] -%}
    {%- set kept = client_profiles.built_relation('int_profiles_before_restatement') -%}
    {%- if kept is not none -%}
        {%- set read_first -%}
            select cast(min(restate_from) as {{ dbt.type_string() }})
            from {{ kept }}
            where restated_on >= cast('{{ as_of }}' as date)
        {%- endset -%}
        {%- do restated.extend(run_query(read_first).columns[0].values() | reject('none') | list) -%}
    {%- endif -%}
    {%- set read_last -%}
        select
            {{ group[0] if group else "''" }} as scorecard,
            cast(max(period_start) as {{ dbt.type_string() }}) as last_period
        from {{ before }} as rows_before
        {%- if group %}
        group by {{ group[0] }}
        {%- endif %}
    {%- endset -%}
    {%- for row in run_query(read_last).rows if row[1] is not none -%}
        {%- set first = ([client_profiles.first_period_to_take_in(row[1])] + restated) | min -%}
        {%- set period = "period_start < cast('" ~ first ~ "' as date)" -%}
        {%- do bounds.append(
            '(' ~ (group[0] ~ ' = ' ~ dbt.string_literal(dbt.escape_single_quotes(row[0])) ~ ' and ' if group else '')
            ~ period ~ ')'
        ) -%}
    {%- endfor -%}
    {{ return(bounds | join(' or ') if bounds else '1 = 0') }}
{%- endmacro %}

{#- The rows of a table as they were published last, as SQL to select from. -#}
{% macro published_rows(table) -%}
    {{ return(adapter.dispatch('published_rows', 'client_profiles')(table)) }}
{%- endmacro %}

{% macro default__published_rows(table) -%}
    {{ return('read_parquet(' ~ dbt.string_literal(dbt.escape_single_quotes(table.file)) ~ ')') }}
{%- endmacro %}

{% macro postgres__published_rows(table) -%}
    {{ return(
        adapter.quote(target.schema ~ '_published') ~ '.' ~ adapter.quote(table.name)
    ) }}
{%- endmacro %}
