{#- The metric that sums of revenue are made of: `var('revenue_metric')`, by
    default monthly_revenue.

    relation: alias of rows with the columns of int_metric_history
    returns: SQL expression decimal(18, 6); null where the default is given and
      there is no such metric; an error where another one is given and missing -#}
{% macro revenue_metric(relation) -%}
    {%- set metric = var('revenue_metric', 'monthly_revenue') -%}
    {%- set metrics = client_profiles.metric_columns() -%}
    {%- if metric in metrics -%}
        {{ relation }}.{{ metric }}
    {%- elif execute and var('revenue_metric', none) is not none -%}
        {{ exceptions.raise_compiler_error(
            "var 'revenue_metric' is '" ~ metric ~ "'; it must be an exact number of int_client_metrics: "
            ~ metrics | join(', ')
        ) }}
    {%- else -%}
        cast(null as decimal(18, 6))
    {%- endif -%}
{%- endmacro %}
