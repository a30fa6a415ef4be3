{#- The metric that says when somebody last spoke with a client:
    `var('contact_metric')`, by default days_since_contact, whole days at the end
    of the period.

    relation: alias of rows with the columns of int_metric_history
    returns: SQL expression integer; null where the default is given and there is
      no such metric; an error where another one is given and missing      -#}
{% macro contact_metric(relation) -%}
    {%- set metric = var('contact_metric', 'days_since_contact') -%}
    {%- set metrics = client_profiles.metric_columns() -%}
    {%- if metric in metrics -%}
        cast(floor({{ relation }}.{{ metric }}) as integer)
    {%- elif execute and var('contact_metric', none) is not none -%}
        {{ exceptions.raise_compiler_error(
            "var 'contact_metric' is '" ~ metric ~ "'; it must be an exact number of int_client_metrics: "
            ~ metrics | join(', ')
        ) }}
    {%- else -%}
        cast(null as integer)
    {%- endif -%}
{%- endmacro %}
