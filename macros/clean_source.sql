{#- A select statement with the rows of a checked source that can be used: typed,
    blanks made null, without rows and values that the checks leave out. What is
    left out stands in `fct_data_defects` and is counted in `rpt_data_quality`;
    what nothing may be built on stops here.

    name: as in checked_sources()
    known_in: name of the checked source that a column `refers_to`
    returns: SQL, to be put in the parentheses of a CTE                     -#}
{% macro clean_source(name, known_in=none) -%}
    {%- set relation = client_profiles.checked_relation(name) -%}
    {%- set known_relation = client_profiles.checked_relation(known_in) if known_in else none -%}
    {{- client_profiles.raise_source_defects() -}}
    {%- if execute -%}
    {%- set specification = client_profiles.source_specification(name) -%}
    {%- set checks = client_profiles.source_checks(specification) -%}
    with {{ client_profiles.checked_rows(specification, checks, known_relation) }}

    select
        {%- for column in specification.columns %}
        {%- set format = client_profiles.source_format(column.format) %}
        {%- set emptied_by = [] %}
        {%- for check in checks if column.name in check.empties %}
            {%- do emptied_by.append('check_' ~ (checks.index(check) + 1)) %}
        {%- endfor %}
        {%- set value -%}
            {%- if format.pattern -%}
            cast({{ column.name }}__value as {{ format.type }})
            {%- elif column.format == 'text' -%}
            nullif({{ client_profiles.without_spaces(client_profiles.visible_text(column.name)) }}, '')
            {%- else -%}
            {{ column.name }}
            {%- endif -%}
        {%- endset %}
        {%- if emptied_by %}
        case
            when not ({{ emptied_by | join(' or ') }}) then {{ value }}
        end as {{ column.name }}
        {%- elif value == column.name %}
        {{ value }}
        {%- else %}
        {{ value }} as {{ column.name }}
        {%- endif %}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from checked_rows
    where not (
        {%- for check in checks if check.consequence in ['row_excluded', 'stops'] %}
        {{ 'or ' if not loop.first }}check_{{ checks.index(check) + 1 }}
        {%- endfor %}
    )
    {%- else -%}
    select * from {{ relation }}
    {%- endif -%}
{%- endmacro %}
