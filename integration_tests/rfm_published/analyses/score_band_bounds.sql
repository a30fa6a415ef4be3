-- Where the bounds in seeds/scorecards/score_bands.csv come from: the next
-- score begins at the quantile plus 1. Recency is scored in reverse: its lowest
-- values get score 5. Run it after a build:
--   dbt show --select score_band_bounds
with client_metrics as (
    select * from {{ ref('int_client_metrics') }}
),

-- DuckDB rounds the quantile of a decimal down to the decimal's own scale.
allow_fractions as (
    select
        cast(recency_days as double) as recency,
        cast(orders as double) as frequency,
        cast(revenue as double) as monetary
    from client_metrics
),

calculate_bounds as (
    {%- for share in [0.2, 0.4, 0.6, 0.8] %}
    {{ 'union all' if not loop.first }}
    select
        {{ share }} as share,
        quantile_cont(recency, {{ share }}) + 1 as recency,
        quantile_cont(frequency, {{ share }}) + 1 as frequency,
        quantile_cont(monetary, {{ share }}) + 1 as monetary
    from allow_fractions
    {%- endfor %}
)

select * from calculate_bounds
