{#- A criterion's value as its bands look at it. Positions are taken within the
    period's scored population: the clients that meet the version's
    requirements and have a value.

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
                then {{ client_profiles.rank_position(above, others) }}
        end
    {%- else -%}
        {%- set lowest = 'min(' ~ metric ~ ') over (' ~ population ~ ')' -%}
        {%- set highest = 'max(' ~ metric ~ ') over (' ~ population ~ ')' -%}
        case
            when {{ counts }}
                then {{ client_profiles.range_position(metric, lowest, highest) }}
        end
    {%- endif -%}
{%- endmacro %}
