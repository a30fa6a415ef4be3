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
