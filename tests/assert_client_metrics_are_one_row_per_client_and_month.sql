-- What every scorecard relies on, in this project and in those that install it
-- and bring their own metrics.
with client_metrics as (
    select * from {{ ref(project_name, 'int_client_metrics') }}
),

count_rows as (
    select
        client_metrics.client_id,
        client_metrics.period_start,
        count(*) as row_count,
        min(client_metrics.tenure_months) as tenure_months
    from client_metrics
    group by client_metrics.client_id, client_metrics.period_start
)

select count_rows.*
from count_rows
where
    count_rows.client_id is null
    or count_rows.period_start is null
    or count_rows.tenure_months is null
    or count_rows.tenure_months < 0
    or count_rows.row_count > 1
    or extract(day from count_rows.period_start) <> 1
