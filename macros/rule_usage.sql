{#- Which criteria and metrics the scorecard versions use, each name once and
    sorted, so that the compiled SQL is the same at every run.

    versions: result of scorecard_rules()
    returns: {criteria: names, gate_criteria: those whose points rules look at,
      gate_metrics: metrics that rules look at, metrics: all metrics in use,
      carried_metrics: those whose last known value may stand in for a missing
      one, maximum_age_months: for how long at the most}                   -#}
{% macro rule_usage(versions) -%}
    {%- set criteria = [] -%}
    {%- set gate_criteria = [] -%}
    {%- set gate_metrics = [] -%}
    {%- set metrics = [] -%}
    {%- set carried_metrics = [] -%}
    {%- set ages = [0] -%}
    {%- for version in versions -%}
        {%- for criterion in version.criteria -%}
            {%- do criteria.append(criterion.criterion) -%}
            {%- do metrics.append(criterion.metric) -%}
            {%- if criterion.maximum_age_months > 0 -%}
                {%- do ages.append(criterion.maximum_age_months) -%}
                {%- do carried_metrics.append(criterion.metric) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- for rule in version.rules -%}
            {%- for condition in rule.conditions
                if condition.subject == 'metric' -%}
                {%- do gate_metrics.append(condition.subject_name) -%}
                {%- do metrics.append(condition.subject_name) -%}
            {%- endfor -%}
            {%- for condition in rule.conditions
                if condition.subject == 'points' -%}
                {%- do gate_criteria.append(condition.subject_name) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return({
        'criteria': criteria | unique | sort,
        'gate_criteria': gate_criteria | unique | sort,
        'gate_metrics': gate_metrics | unique | sort,
        'metrics': metrics | unique | sort,
        'carried_metrics': carried_metrics | unique | sort,
        'maximum_age_months': ages | max,
    }) }}
{%- endmacro %}
