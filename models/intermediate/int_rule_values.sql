{{ config(materialized='table') }}
{#- Every recorded value of every rule seed as a row of its own, so that one
    comparison does for all of them. Empty until the snapshots have run. -#}
{%- set parts = [] -%}
{%- for seed in client_profiles.rule_seeds() -%}
{%- set history = ref(seed ~ '_snapshot') -%}
{%- if execute and client_profiles.snapshot_exists(history) -%}
{%- set specification = client_profiles.seed_specification(seed) -%}
{%- set names = specification.columns | map(attribute='name') | list -%}
{%- set item_key = specification.key
    | reject('in', ['scorecard', 'version']) | list -%}
{%- for column in specification.columns if column.name not in specification.key -%}
{%- set part %}
select
    '{{ seed }}' as seed,
    line.line_key,
    {{ client_profiles.line_key(item_key, 'line') if item_key else "''" }}
        as item_key,
    {{ 'line.scorecard' if 'scorecard' in names else 'cast(null as ' ~ dbt.type_string() ~ ')' }}
        as scorecard,
    {{ 'line.version' if 'version' in names else 'cast(null as ' ~ dbt.type_string() ~ ')' }}
        as version,
    {{ 'line.criterion' if 'criterion' in names else 'cast(null as ' ~ dbt.type_string() ~ ')' }}
        as criterion,
    {{ client_profiles.rule_line_subject(seed, 'line') }} as subject,
    '{{ column.name }}' as column_name,
    '{{ column.name | replace("_", " ") }}' as column_words,
    {{ loop.index }} as column_order,
    nullif({{ client_profiles.plain_text('line.' ~ column.name, column.format) }}, '')
        as value,
    cast(line.dbt_valid_from as date) as valid_from,
    cast(line.dbt_valid_to as date) as valid_to
from {{ history }} as line
{%- if 'criterion' in names %}
left join {{ ref('stg_criteria') }} as criteria
    on line.criterion = criteria.criterion
{%- endif %}
{% endset -%}
{%- do parts.append(part) -%}
{%- endfor -%}
{%- endif -%}
{%- endfor -%}
{%- if parts -%}
{{ parts | join('\nunion all\n') }}
{%- else -%}
select
    {%- for column in ['seed', 'line_key', 'item_key', 'scorecard', 'version',
        'criterion', 'subject', 'column_name', 'column_words'] %}
    cast(null as {{ dbt.type_string() }}) as {{ column }},
    {%- endfor %}
    cast(null as integer) as column_order,
    cast(null as {{ dbt.type_string() }}) as value,
    cast(null as date) as valid_from,
    cast(null as date) as valid_to
from (select 1 as nothing) as nothing
where 1 = 0
-- depends_on: {{ ref('stg_criteria') }}
{%- endif -%}
