{#- The columns that rules look at, of a client of which some metrics change.

    usage: result of rule_usage(); client: alias of rows of int_current_scores
    points: text with {criterion} in it, the changed points, null where they stay
    metrics: text with {metric} in it, the changed value, null where it stays
    returns: columns of a select list, each with a comma behind it         -#}
{% macro changed_client(usage, client, points='null', metrics='null') -%}
    {{ client }}.ineligibility_reason,
    {{ client }}.lowest_score,
    {{ client }}.highest_score,
    {%- for criterion in usage.gate_criteria %}
    {{ client }}.{{ criterion }}__value,
    coalesce(
        {{ points | replace('{criterion}', criterion) }},
        {{ client }}.{{ criterion }}__points
    ) as {{ criterion }}__points,
    {%- endfor %}
    {%- for metric in usage.gate_metrics %}
    coalesce(
        {{ metrics | replace('{metric}', metric) }},
        {{ client }}.metric__{{ metric }}
    ) as metric__{{ metric }},
    {%- endfor %}
{%- endmacro %}
