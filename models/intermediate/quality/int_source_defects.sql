{{ config(materialized='table') }}
{%- set names = client_profiles.checked_sources() -%}
{%- set relations = {} -%}
{%- for name in names -%}
{%- do relations.update({name: client_profiles.checked_relation(name)}) -%}
{%- endfor -%}
{%- for name in names if execute %}
{%- set specification = client_profiles.source_specification(name) %}
{%- set checks = client_profiles.source_checks(specification) %}
{%- set columns = specification.columns | map(attribute='name') | list %}
{%- set known_in = specification.columns
    | map(attribute='refers_to') | reject('none') | first %}
{%- set client_id = 'checked_rows.client_id' if 'client_id' in columns
    else 'null' %}
select * from (
    with {{ client_profiles.checked_rows(
        specification, checks, relations.get(known_in)
    ) }}

    {{ client_profiles.list_defects(
        name, relations[name], checks,
        client_profiles.row_key(specification.row_key), client_id
    ) }}
) as defects_{{ loop.index }}
union all
{%- if not specification.may_be_empty %}
{{ client_profiles.list_empty_table(name, relations[name]) }}
union all
{%- endif %}
{%- endfor %}
{{ client_profiles.list_no_defects() }}
