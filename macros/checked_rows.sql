{#- The steps that read a checked source once and find what is wrong with every
    row of it: a list of CTEs, the last of which is `checked_rows`.

    specification: result of source_specification()
    checks: result of source_checks()
    known_in: relation of the table that `refers_to` names, none without one
    returns: SQL, to be put behind `with`. checked_rows has <column> as text, blanks
      made null, <column>__value, and check_1, check_2, … which are never null -#}
{% macro checked_rows(specification, checks, known_in=none) -%}
    {%- set relation = client_profiles.checked_relation(specification.name) -%}
    {%- set text = dbt.type_string() -%}
    {%- set names = specification.columns | map(attribute='name') | list -%}
    {%- set referring = specification.columns
        | rejectattr('refers_to', 'none') | map(attribute='name') | list -%}
    {%- set read_rows = 'compared_rows' if specification.key else 'source_rows' -%}
    {%- do client_profiles.raise_missing_columns(specification.name, relation, names) -%}
source_rows as (
    select
        {%- for name in names %}
        nullif({{ client_profiles.without_spaces(name) }}, '') as {{ name }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ relation }}
),

{%- if specification.key %}

-- All of a row as one text, in which no value can be mistaken for two.
described_rows as (
    select
        source_rows.*,
        {%- for name in names %}
        {{ '|| ' if not loop.first }}coalesce(cast(length({{ name }}) as {{ text }}) || ':' || {{ name }}, '-')
        {%- endfor %} as content
    from source_rows
),

compared_rows as (
    select
        described_rows.*,
        row_number() over (
            partition by {{ specification.key }}, content order by content
        ) as copy_number,
        min(content) over (partition by {{ specification.key }}) as first_content,
        max(content) over (partition by {{ specification.key }}) as last_content
    from described_rows
),
{%- endif %}
{%- if referring %}

known_values as (
    select distinct
        nullif({{ client_profiles.without_spaces(referring[0]) }}, '') as known_value
    from {{ known_in }}
),
{%- endif %}

typed_rows as (
    select
        {%- for column in specification.columns %}
        {%- set format = client_profiles.source_format(column.format) %}
        {%- if format.pattern %}
        case
            when
                {{ client_profiles.matches_pattern(read_rows ~ '.' ~ column.name, format.pattern) }}
                {%- if column.format == 'date' %}
                -- No engine agrees with another on the years before 1000.
                and {{ read_rows }}.{{ column.name }} >= '1'
                {%- endif %}
                then cast({{ read_rows }}.{{ column.name }} as {{ format.read_as }})
        end as {{ column.name }}__value,
        {%- endif %}
        {%- endfor %}
        {%- if referring %}
        known_values.known_value as {{ referring[0] }}__known,
        {%- endif %}
        {{ read_rows }}.*
    from {{ read_rows }}
    {%- if referring %}
    left join known_values on {{ read_rows }}.{{ referring[0] }} = known_values.known_value
    {%- endif %}
),

checked_rows as (
    select
        typed_rows.*
        {%- for check in checks %},
        coalesce({{ check.condition }}, false) as check_{{ loop.index }}
        {%- endfor %}
    from typed_rows
)
{%- endmacro %}

{#- Stops when a table or some of its columns are not there.

    name: of the table, as people know it; relation: of it; names: of columns
    returns: nothing; an error that says which columns it has instead       -#}
{% macro raise_missing_columns(name, relation, names) -%}
    {%- set existing = [] -%}
    {%- if relation.external is defined and relation.external -%}
        {#- A file, which dbt-duckdb reads in the place of a table. -#}
        {%- do existing.extend(get_columns_in_query('select * from ' ~ relation) | map('lower')) -%}
    {%- else -%}
        {%- for column in adapter.get_columns_in_relation(relation) -%}
            {%- do existing.append(column.name | lower) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if not existing -%}
        {{ exceptions.raise_compiler_error(
            name ~ " is not there: no table " ~ relation ~ "; load it, then run again"
        ) }}
    {%- endif -%}
    {%- set missing = [] -%}
    {%- for column in names if column | lower not in existing -%}
        {%- do missing.append(column) -%}
    {%- endfor -%}
    {%- if missing -%}
        {{ exceptions.raise_compiler_error(
            name ~ " has no column " ~ missing | join(', ') ~ "; its columns are "
            ~ existing | join(', ')
            ~ ". Was one renamed? Give it its name back where the table is made, then run again"
        ) }}
    {%- endif -%}
{%- endmacro %}
