{#- A criterion's value as its bands look at it. Positions are taken within the
    period's scored population: the clients that meet the version's
    requirements and have a value. They run from 0 to 1 in steps of a
    millionth, rounded half up; a population of one, or of equals, sits at 0.

    criterion: entry of scorecard_rules(); relation: alias with the columns
      <criterion>__metric, ineligibility_reason and period_start
    returns: SQL expression decimal(18, 6), null outside the population    -#}
{% macro normalized_value(criterion, relation) -%}
    {%- set metric = relation ~ '.' ~ criterion.criterion ~ '__metric' -%}
    {%- set counts = relation ~ '.ineligibility_reason is null and ' ~ metric ~ ' is not null' -%}
    {%- set population -%}
        partition by
                    {{ relation }}.period_start,
                    case when {{ counts }} then 1 else 0 end
    {%- endset -%}
    {%- if criterion.normalization == 'none' -%}
        {{ metric }}
    {%- elif criterion.normalization == 'percent_rank' -%}
        {%- set above -%}
            (rank() over ({{ population }} order by {{ metric }}) - 1)
        {%- endset -%}
        {%- set others -%}
            (count(*) over ({{ population }}) - 1)
        {%- endset -%}
        case
            when {{ counts }}
                then cast(0.000001 * coalesce({{ client_profiles.integer_divide(
                    '2000000 * ' ~ above ~ ' + ' ~ others,
                    'nullif(2 * ' ~ others ~ ', 0)'
                ) }}, 0) as decimal(18, 6))
        end
    {%- else -%}
        {%- set lowest = 'min(' ~ metric ~ ') over (' ~ population ~ ')' -%}
        {%- set highest = 'max(' ~ metric ~ ') over (' ~ population ~ ')' -%}
        {%- set part = metric ~ ' - ' ~ lowest -%}
        {%- set whole = highest ~ ' - ' ~ lowest -%}
        {%- set large_part = client_profiles.large_integer(part) -%}
        {%- set large_whole = client_profiles.large_integer(whole) -%}
        {#- Up to half a million the products fit into 64 bits, which is much faster. -#}
        case
            when {{ counts }} and {{ whole }} <= 500000
                then cast(0.000001 * coalesce({{ client_profiles.integer_divide(
                    '2000000 * cast(1000000 * (' ~ part ~ ') as bigint)'
                        ~ ' + cast(1000000 * (' ~ whole ~ ') as bigint)',
                    'nullif(2 * cast(1000000 * (' ~ whole ~ ') as bigint), 0)'
                ) }}, 0) as decimal(18, 6))
            when {{ counts }}
                then cast(0.000001 * coalesce(cast({{ client_profiles.large_integer_divide(
                    '2000000 * ' ~ large_part ~ ' + ' ~ large_whole,
                    'nullif(2 * ' ~ large_whole ~ ', 0)'
                ) }} as bigint), 0) as decimal(18, 6))
        end
    {%- endif -%}
{%- endmacro %}
