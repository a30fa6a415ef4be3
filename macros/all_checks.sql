{#- Every check of every table: those of the checked sources, and those of
    stg_clients and int_client_metrics.

    returns: list of {table, column, check, says, consequence, metrics}; an error
      at parse time                                                         -#}
{% macro all_checks() -%}
    {%- set checks = [] -%}
    {%- for name in client_profiles.checked_sources() -%}
        {%- set specification = client_profiles.source_specification(name) -%}
        {%- for check in client_profiles.source_checks(specification) -%}
            {%- do checks.append(dict(check, table=name)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set inputs = client_profiles.input_checks() -%}
    {%- do inputs.int_client_metrics.append(client_profiles.repeated_month_check()) -%}
    {%- for name, found in inputs.items() -%}
        {%- for check in found -%}
            {%- do checks.append(dict(
                check, table=name,
                metrics=[check.column] if check.consequence == 'value_emptied' else [],
            )) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(checks) }}
{%- endmacro %}

{#- All of them as rows.

    checks: result of all_checks(), at least one
    returns: select statement with table_name, column_name, check_name, says,
      consequence and metrics, parted by spaces                             -#}
{% macro listed_checks(checks) -%}
    select
        listed_checks.table_name,
        listed_checks.column_name,
        listed_checks.check_name,
        listed_checks.says,
        listed_checks.consequence,
        listed_checks.metrics
    from (
        values
        {%- for check in checks %}
        (
            '{{ check.table }}',
            '{{ check.column }}',
            '{{ check.check }}',
            {{ dbt.string_literal(dbt.escape_single_quotes(check.says)) }},
            '{{ check.consequence }}',
            '{{ check.metrics | join(' ') }}'
        ){{ ',' if not loop.last }}
        {%- endfor %}
    ) as listed_checks (
        table_name, column_name, check_name, says, consequence, metrics
    )
{%- endmacro %}

{#- All tables that are checked.

    returns: dict of relations by name                                      -#}
{% macro checked_tables() -%}
    {%- set tables = {} -%}
    {%- for name in client_profiles.checked_sources() -%}
        {%- do tables.update({name: client_profiles.checked_relation(name)}) -%}
    {%- endfor -%}
    {%- for name in ['stg_clients', 'int_client_metrics'] -%}
        {%- do tables.update({name: ref(project_name, name)}) -%}
    {%- endfor -%}
    {{ return(tables) }}
{%- endmacro %}
