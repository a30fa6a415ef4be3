{#- One seed, one column at a time: is every value there that must be, has it
    the right form, is the key unique, does what it refers to exist? All of it
    follows from the description in _scorecards__seeds.yml. -#}
{%- set checks = [] -%}
{%- for seed in client_profiles.rule_seeds() -%}
{%- set relation = ref(project_name, seed) -%}
{%- if execute -%}
{%- set specification = client_profiles.seed_specification(seed) -%}
{%- set key = client_profiles.line_key(specification.key, 'line') -%}
{%- set faults = [] -%}
{%- for column in specification.columns -%}
{%- set value = 'line.' ~ column.name -%}
{%- if column.required -%}
{%- do faults.append({
    'column': column.name,
    'condition': "coalesce(" ~ value ~ ", '') = ''",
    'value': 'null',
    'problem': column.name ~ ' is empty',
    'advice': 'fill it in',
}) -%}
{%- endif -%}
{%- if column.format == 'one_of' -%}
{%- do faults.append({
    'column': column.name,
    'condition': value ~ " not in ('" ~ column.one_of | join("', '") ~ "')",
    'value': value,
    'problem': column.name ~ ' is not one of the known words',
    'advice': 'write ' ~ column.one_of | join(' or '),
}) -%}
{%- else -%}
{%- set expected = client_profiles.seed_pattern(column.format) -%}
{%- do faults.append({
    'column': column.name,
    'condition': value ~ " <> '' and not ("
        ~ client_profiles.matches_pattern(value, expected.pattern) ~ ')',
    'value': value,
    'problem': column.name ~ ' cannot be read as ' ~ column.format,
    'advice': expected.advice,
}) -%}
{%- endif -%}
{%- endfor -%}
{#- A seed is read once for all of its columns: each read is a step of its own. -#}
{%- set check %}
select
    '{{ seed }}' as seed,
    {{ key }} as line_key,
    faults.column_name,
    case faults.fault
        {%- for fault in faults %}
        when {{ loop.index }} then {{ fault.value }}
        {%- endfor %}
    end as value,
    faults.problem,
    faults.advice
from {{ relation }} as line
cross join (
    values
    {%- for fault in faults %}
    (
        {{ loop.index }},
        '{{ fault.column }}',
        '{{ fault.problem }}',
        '{{ fault.advice }}'
    ){{ ',' if not loop.last }}
    {%- endfor %}
) as faults (fault, column_name, problem, advice)
where
    case faults.fault
        {%- for fault in faults %}
        when {{ loop.index }} then {{ fault.condition }}
        {%- endfor %}
    end
{% endset -%}
{%- do checks.append(check) -%}
{%- set check %}
select
    '{{ seed }}' as seed,
    {{ key }} as line_key,
    cast(null as {{ dbt.type_string() }}) as column_name,
    cast(null as {{ dbt.type_string() }}) as value,
    cast(count(*) as {{ dbt.type_string() }})
    || ' lines have this key' as problem,
    'keep one of them' as advice
from {{ relation }} as line
group by {{ key }}
having count(*) > 1
{% endset -%}
{%- do checks.append(check) -%}
{%- for reference in specification.references -%}
{%- set check %}
select
    '{{ seed }}' as seed,
    {{ key }} as line_key,
    '{{ reference.columns | join(", ") }}' as column_name,
    {{ client_profiles.line_key(reference.columns, 'line') }} as value,
    'there is no such line in {{ reference.seed }}' as problem,
    'correct the name, or add the line to {{ reference.seed }}.csv' as advice
from {{ relation }} as line
left join {{ ref(project_name, reference.seed) }} as referred
    on
        {% for name in reference.columns -%}
        line.{{ name }} = referred.{{ name }}
        {% if not loop.last %}and {% endif %}
        {%- endfor %}
where referred.{{ reference.columns | first }} is null
{% endset -%}
{%- do checks.append(check) -%}
{%- endfor -%}
{%- set check %}
select
    '{{ seed }}' as seed,
    cast(null as {{ dbt.type_string() }}) as line_key,
    cast(null as {{ dbt.type_string() }}) as column_name,
    cast(null as {{ dbt.type_string() }}) as value,
    'the seed has no lines' as problem,
    'restore {{ seed }}.csv' as advice
from (select count(*) as line_count from {{ relation }}) as counted
where counted.line_count = 0
{% endset -%}
{%- if not specification.may_be_empty -%}
{%- do checks.append(check) -%}
{%- endif -%}
{%- endif -%}
{%- endfor -%}
{{ checks | join('\nunion all\n') if checks else 'select 1 as not_compiled_yet' }}
