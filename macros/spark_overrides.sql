{#- What dbt-spark 1.11.0 does in another way than the other adapters, or wrongly, for
    Spark 3.5 with Delta 3.3. Each macro says why it is there. dbt finds them by their
    names where this project is the one that runs; a project that installs it as a
    package lists it in `dispatch` (docs/spark.md).                          -#}

{#- Spark takes what does not fit for null, and dbt-spark switches that on for every
    statement. Here it is an error, as on the other engines: a score that is null
    because a number was too large would pass for a client without data. dbt-spark sets
    what stands in this mapping before every statement. With it each commit of Delta gets
    the id of the run, by which snapshot_mend knows what a run has written.

    returns: nothing; for on-run-start                                      -#}
{% macro spark_strict() -%}
    {%- if execute and target.type == 'spark' -%}
        {%- do adapter.config.credentials.server_side_parameters.update({
            'spark.sql.ansi.enabled': 'true',
            'spark.databricks.delta.commitInfo.userMetadata': 'client_profiles ' ~ invocation_id,
        }) -%}
    {%- endif -%}
{%- endmacro %}

{#- dbt-spark leaves a backslash as it is, which Spark takes for the beginning of an
    escape. -#}
{% macro spark__escape_single_quotes(expression) -%}
    {{ return(expression | replace('\\', '\\\\') | replace("'", "\\'")) }}
{%- endmacro %}

{#- dbt-spark writes texts into the statement with their quotes as they are, what is
    null as 'None' and numbers as floats. Here a seed is one statement that holds all
    values as texts; more rows than one statement takes are inserted behind it.

    seeds are made anew at every run, so their tables need no versions of Delta. -#}
{% macro spark__reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
    {%- do adapter.drop_relation(old_relation) -%}
    {{ return(client_profiles.spark__create_csv_table(model, agate_table)) }}
{%- endmacro %}

{#- A seed without rows; one with rows is made by spark__load_csv_rows. -#}
{% macro spark__create_csv_table(model, agate_table) -%}
    {%- if agate_table.rows | length == 0 -%}
        {%- call statement('empty_seed') -%}
            create table {{ this.render() }} {{ file_format_clause() }} as
            select
                {%- for column in client_profiles.spark_seed_columns(model, agate_table) %}
                cast(null as {{ column.type }}) as {{ column.name }}{{ ',' if not loop.last }}
                {%- endfor %}
            where 1 = 0
        {%- endcall -%}
    {%- endif -%}
    {{ return('') }}
{%- endmacro %}

{% macro spark__load_csv_rows(model, agate_table) -%}
    {%- set columns = client_profiles.spark_seed_columns(model, agate_table) -%}
    {%- for rows in agate_table.rows | batch(20000) -%}
        {%- set lines = [] -%}
        {%- for row in rows -%}
            {%- set values = [] -%}
            {%- for value in row.values() -%}
                {%- do values.append(
                    'null' if value is none
                    else "'" ~ client_profiles.spark__escape_single_quotes(value | string) ~ "'"
                ) -%}
            {%- endfor -%}
            {%- do lines.append('(' ~ values | join(', ') ~ ')') -%}
        {%- endfor -%}
        {%- set statement_text -%}
            {% if loop.first -%}
            create table {{ this.render() }} {{ file_format_clause() }} as
            {%- else -%}
            insert into {{ this.render() }}
            {%- endif %}
            select
                {%- for column in columns %}
                cast(column_{{ loop.index }} as {{ column.type }}) as {{ column.name }}{{ ',' if not loop.last }}
                {%- endfor %}
            from values
            {{ lines | join(',\n') }}
            as given ({% for column in columns %}column_{{ loop.index }}{{ ', ' if not loop.last }}{% endfor %})
        {%- endset -%}
        {%- do adapter.add_query(statement_text, abridge_sql_log=True) -%}
    {%- endfor -%}
    {{ return('-- the rows are not repeated here') }}
{%- endmacro %}

{% macro spark_seed_columns(model, agate_table) -%}
    {%- set given = model['config'].get('column_types', {}) -%}
    {%- set columns = [] -%}
    {%- for name in agate_table.column_names -%}
        {%- do columns.append({
            'name': adapter.quote(name),
            'type': client_profiles.spark_type(
                given.get(name, adapter.convert_type(agate_table, loop.index0))
            ),
        }) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}

{#- dbt-spark writes `cast(n - 1 * 3 as int)` for an interval of `n - 1`, and goes through
    seconds since 1970. -#}
{% macro spark__dateadd(datepart, interval, from_date_or_timestamp) -%}
    {%- set units = {
        'year': (12, 'months'), 'quarter': (3, 'months'), 'month': (1, 'months'),
        'week': (7, 'days'), 'day': (1, 'days'),
        'hour': (3600, 'secs'), 'minute': (60, 'secs'), 'second': (1, 'secs'),
    } -%}
    {%- if datepart not in units -%}
        {{ exceptions.raise_compiler_error("dateadd of '" ~ datepart ~ "' is not written for Spark") }}
    {%- endif -%}
    {%- set size, unit = units[datepart] -%}
    {%- set number = 'cast((' ~ interval ~ ') * ' ~ size ~ ' as int)' -%}
    cast({{ from_date_or_timestamp }} as timestamp) + make_interval(
        0,
        {{ number if unit == 'months' else 0 }},
        0,
        {{ number if unit == 'days' else 0 }},
        0,
        0,
        {{ number if unit == 'secs' else 0 }}
    )
{%- endmacro %}

{#- dbt-spark asserts each date several times over, and counts months by 31sts of them. -#}
{% macro spark__datediff(first_date, second_date, datepart) -%}
    {%- set first = 'cast(' ~ first_date ~ ' as date)' -%}
    {%- set second = 'cast(' ~ second_date ~ ' as date)' -%}
    {%- if datepart == 'day' -%}
        datediff({{ second }}, {{ first }})
    {%- elif datepart == 'month' -%}
        ((year({{ second }}) - year({{ first }})) * 12 + month({{ second }}) - month({{ first }}))
    {%- else -%}
        {{ exceptions.raise_compiler_error("datediff in '" ~ datepart ~ "' is not written for Spark") }}
    {%- endif -%}
{%- endmacro %}

{#- dbt-spark leaves the order to chance. `order by` one expression, ascending. -#}
{% macro spark__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
    {%- set order = (order_by_clause or 'order by ' ~ measure) | replace('order by ', '') -%}
    {%- if limit_num or ',' in order or ' desc' in order -%}
        {{ exceptions.raise_compiler_error("listagg with '" ~ order_by_clause ~ "' is not written for Spark") }}
    {%- endif -%}
    case when count({{ measure }}) > 0 then array_join(
        transform(
            array_sort(collect_list(case
                when {{ measure }} is not null
                    then struct({{ order }} as place, {{ measure }} as word)
            end)),
            each_word -> each_word.word
        ),
        {{ delimiter_text }}
    ) end
{%- endmacro %}

{#- `text` is no type of Spark, but of seeds and contracts. -#}
{% macro spark_type(name) -%}
    {{ return('string' if name == 'text' else name) }}
{%- endmacro %}

{% macro spark__get_empty_schema_sql(columns) -%}
    {%- set typed = {} -%}
    {%- for name, column in columns.items() -%}
        {%- do typed.update({name: dict(
            column, data_type=client_profiles.spark_type(column.data_type)
        )}) -%}
    {%- endfor -%}
    {{ return(default__get_empty_schema_sql(typed)) }}
{%- endmacro %}

{#- dbt-spark would add the helper columns of a key of two columns to the history. -#}
{% macro spark__create_columns(relation, columns) -%}
    {%- set added = [] -%}
    {%- for column in columns if not column.name.startswith('dbt_unique_key') -%}
        {%- do added.append(adapter.quote(column.name) ~ ' ' ~ column.data_type) -%}
    {%- endfor -%}
    {%- if added -%}
        {%- do run_query(
            'alter table ' ~ relation ~ ' add columns (' ~ added | join(', ') ~ ')'
        ) -%}
    {%- endif -%}
{%- endmacro %}

{#- dbt-spark 1.11 knows no delete+insert. `replace where` of Delta does both in one commit,
    so that a run that is killed leaves the old rows or the new ones. A merge would leave
    the rows of clients that are gone, insert_overwrite needs partitions. -#}
{% macro dbt_spark_validate_get_incremental_strategy(raw_strategy, file_format) -%}
    {%- if raw_strategy not in ['append', 'delete+insert'] or file_format != 'delta' -%}
        {{ exceptions.raise_compiler_error(
            "On Spark an incremental model is a Delta table with the strategy append or delete+insert; "
            ~ model.name ~ " has " ~ file_format ~ " and " ~ raw_strategy
        ) }}
    {%- endif -%}
    {{ return(raw_strategy) }}
{%- endmacro %}

{% macro dbt_spark_get_incremental_sql(
    strategy, source, target, existing, unique_key, incremental_predicates
) -%}
    {%- set made = adapter.get_columns_in_relation(source) | map(attribute='name') | list -%}
    {#- A column that the model no longer has stays in the table, empty from now on. -#}
    {%- set values = [] -%}
    {%- for column in adapter.get_columns_in_relation(target) -%}
        {%- do values.append(column.quoted if column.name in made
            else 'cast(null as ' ~ column.data_type ~ ') as ' ~ column.quoted) -%}
    {%- endfor -%}
    {%- set replaced = [] -%}
    {%- if strategy == 'delete+insert' -%}
        {#- Delta takes only comparisons with literals here. -#}
        {%- set keys = run_query(
            'select distinct ' ~ unique_key ~ ' from ' ~ source ~ ' order by 1'
        ) -%}
        {%- for row in keys.rows -%}
            {%- set word = "'" ~ client_profiles.spark__escape_single_quotes(row[0] | string) ~ "'" -%}
            {%- do replaced.append(word if row[0] is string else 'date ' ~ word) -%}
        {%- endfor -%}
    {%- endif -%}
    insert into {{ target }}
    {%- if replaced %}
    replace where {{ unique_key }} in ({{ replaced | join(', ') }})
    {%- endif %}
    select {{ values | join(', ') }} from {{ source }}
{%- endmacro %}

{#- dbt-spark inserts every column of the history, and fails where the query has one no
    longer. -#}
{% macro spark__snapshot_merge_sql(target, source, insert_cols) -%}
    {%- set columns = [] -%}
    {%- for column in adapter.get_columns_in_relation(target) if column.quoted in insert_cols -%}
        {%- do columns.append(column.quoted) -%}
    {%- endfor -%}
    {{ default__snapshot_merge_sql(target, source, columns) }}
{%- endmacro %}
