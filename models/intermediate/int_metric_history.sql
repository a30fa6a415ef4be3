{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='period_start',
    on_schema_change='append_new_columns',
    full_refresh=false,
) }}
-- depends_on: {{ ref('int_profiles_before_restatement') }}
{{- client_profiles.raise_rule_problems() }}
{{- client_profiles.raise_input_defects() }}
{#- Closed periods keep the metrics they were scored with; late data enters only
    where first_period_to_take_in() allows it. A metric that is new has no past
    to keep, so it is filled in for the closed periods too. Nothing is taken in
    while the rules are unsound, and a restatement changes nothing before what
    it replaces is on record. -#}
{%- set types = client_profiles.metric_types() -%}
{%- set metrics = types.keys()
    | reject('equalto', 'client_id') | list -%}
{%- set is_later_run = is_incremental() -%}
{%- set first_period = client_profiles.first_period_to_take_in(
    client_profiles.last_period(this) if is_later_run else none
) -%}
{%- set kept = adapter.get_columns_in_relation(this)
    | map(attribute='name') | map('lower') | list if is_later_run
    else metrics -%}
{%- set added = metrics | reject('in', kept) | list %}
with client_metrics as (
    select * from {{ ref(project_name, 'int_client_metrics') }}
),

take_in as (
    select
        cast(client_metrics.client_id as {{ dbt.type_string() }}) as client_id,
        {%- for metric in metrics %}
        {{ client_profiles.metric_value(
            'client_metrics.' ~ metric, types[metric]
        ) }} as {{ metric }},
        {%- endfor %}
        cast(client_metrics.period_start as date) as period_start
    from client_metrics
    where
        client_metrics.period_start
        < cast('{{ client_profiles.first_open_period() }}' as date)
        and client_metrics.period_start >= cast('{{ first_period }}' as date)
){% if added %},

fill_in_added_metrics as (
    select
        history.client_id,
        {%- for metric in metrics %}
        {% if metric in added -%}
        {{ client_profiles.metric_value(
            'client_metrics.' ~ metric, types[metric]
        ) }} as {{ metric }}
        {%- else -%}
        history.{{ metric }}
        {%- endif %},
        {%- endfor %}
        history.period_start
    from {{ this }} as history
    left join client_metrics
        on
            history.client_id
            = cast(client_metrics.client_id as {{ dbt.type_string() }})
            and history.period_start = client_metrics.period_start
    where history.period_start < cast('{{ first_period }}' as date)
){% endif %}

select * from take_in
{%- if added %}
union all
select * from fill_in_added_metrics
{%- endif %}
