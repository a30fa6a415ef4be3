-- No customer has a hole between its first and the last complete month.
with client_metrics as (
    select * from {{ ref('int_client_metrics') }}
),

count_months as (
    select
        client_id,
        count(*) as months,
        {{ client_profiles.months_between(
            'min(period_start)', 'max(period_start)'
        ) }} + 1 as expected_months
    from client_metrics
    group by client_id
)

select * from count_months
where months <> expected_months
