{#- The columns that rules look at, but for the score, of a client of which
    something changes.

    usage: result of rule_usage(); client: alias of rows of int_current_scores
    points: text with {criterion} in it, the changed points, null where they stay
    metrics: text with {metric} in it, the changed value, null where it stays
    reason: expression of why the client is not eligible then, none for as it is
    returns: columns of a select list, each with a comma behind it         -#}
{% macro changed_client(usage, client, points='null', metrics='null', reason=none) -%}
    {{ reason or client ~ '.ineligibility_reason' }} as ineligibility_reason,
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
