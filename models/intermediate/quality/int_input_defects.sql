{{ config(materialized='table') }}
{%- set stg_clients = ref(project_name, 'stg_clients') -%}
{%- set int_client_metrics = ref(project_name, 'int_client_metrics') -%}
{%- if execute -%}
{%- do client_profiles.raise_input_shape(stg_clients, int_client_metrics) -%}
{%- set text = dbt.type_string() -%}
{%- set checks = client_profiles.input_checks() -%}
{%- set repeated = client_profiles.repeated_month_check() -%}
{%- set metrics = client_profiles.metric_columns() -%}
select * from (
    with clients as (
        select
            cast(client_id as {{ text }}) as client_id,
            client_name
        from {{ stg_clients }}
    ),

    compared_rows as (
        select
            clients.client_id,
            clients.client_name,
            count(*) over (partition by clients.client_id) as same_ids,
            count(*) over (
                partition by
                    {{ client_profiles.look_alike('clients.client_id') }}
            ) as similar_ids
        from clients
    ),

    checked_rows as (
        select
            {%- for check in checks.stg_clients %}
            coalesce({{ check.condition }}, false) as check_{{ loop.index }},
            {%- endfor %}
            compared_rows.*
        from compared_rows
    )

    {{ client_profiles.list_defects(
        'stg_clients', stg_clients, checks.stg_clients,
        client_profiles.row_key(['client_id']), 'checked_rows.client_id'
    ) }}
) as defects_of_clients
union all
select * from (
    with client_metrics as (
        select
            {%- for metric in metrics if metric != 'client_id' %}
            {{ metric }},
            {%- endfor %}
            period_start,
            cast(client_id as {{ text }}) as client_id
        from {{ int_client_metrics }}
    ),

    known_ids as (
        select distinct cast(client_id as {{ text }}) as known_id
        from {{ stg_clients }}
    ),

    matched_rows as (
        select
            client_metrics.*,
            known_ids.known_id
        from client_metrics
        left join known_ids on client_metrics.client_id = known_ids.known_id
    ),

    checked_rows as (
        select
            {%- for check in checks.int_client_metrics %}
            coalesce({{ check.condition }}, false) as check_{{ loop.index }},
            {%- endfor %}
            matched_rows.*
        from matched_rows
    )

    {{ client_profiles.list_defects(
        'int_client_metrics', int_client_metrics, checks.int_client_metrics,
        client_profiles.row_key(['client_id', 'period_start']),
        'checked_rows.client_id'
    ) }}
) as defects_of_metrics
union all
select * from (
    with checked_rows as (
        select
            cast(client_id as {{ text }}) as client_id,
            period_start
        from {{ int_client_metrics }}
        group by
            client_id,
            period_start
        having count(*) > 1
    )

    select
        'int_client_metrics' as table_name,
        '{{ repeated.column }}' as column_name,
        '{{ repeated.check }}' as check_name,
        '{{ repeated.says }}' as says,
        '{{ repeated.consequence }}' as consequence,
        {{ client_profiles.shown_value('client_id') }} as client_id,
        {{ client_profiles.row_key(['client_id', 'period_start']) }}
            as row_key,
        cast(null as {{ text }}) as value,
        (select count(*) from {{ int_client_metrics }}) as rows_checked
    from checked_rows
) as defects_of_months
union all
{{ client_profiles.list_empty_table('stg_clients', stg_clients) }}
union all
{{ client_profiles.list_empty_table('int_client_metrics', int_client_metrics) }}
{%- else -%}
{{ client_profiles.list_no_defects() }}
{%- endif %}
