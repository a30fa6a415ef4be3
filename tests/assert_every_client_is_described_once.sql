-- A client that stands twice in stg_clients would be counted twice, and one
-- that is missing from it would have no name.
with clients as (
    select * from {{ ref(project_name, 'stg_clients') }}
),

client_metrics as (
    select * from {{ ref(project_name, 'int_client_metrics') }}
),

count_descriptions as (
    select
        cast(clients.client_id as {{ dbt.type_string() }}) as client_id,
        count(*) as descriptions
    from clients
    group by clients.client_id
),

list_clients as (
    select distinct
        cast(client_metrics.client_id as {{ dbt.type_string() }}) as client_id
    from client_metrics
),

find_undescribed as (
    select
        list_clients.client_id,
        0 as descriptions
    from list_clients
    left join count_descriptions
        on list_clients.client_id = count_descriptions.client_id
    where count_descriptions.client_id is null
)

select * from find_undescribed
union all
select * from count_descriptions
where descriptions > 1 or client_id is null
