with source as (
    select * from {{ source('online_retail', 'lines') }}
),

-- The first nine days of December 2010 stand in both sheets.
drop_repeated_days as (
    select * from source
    where
        sheet = '2010-2011'
        or invoice_date < cast('2010-12-01' as timestamp)
),

-- A line without a customer belongs to nobody who could be scored.
keep_known_clients as (
    select * from drop_repeated_days
    where customer_id is not null
),

type_columns as (
    select
        cast(customer_id as {{ dbt.type_string() }}) as client_id,
        invoice as invoice_id,
        stock_code,
        country,
        quantity,
        {{ client_profiles.finite_decimal('price') }} as unit_price,
        invoice like 'C%' as is_cancellation,
        -- The other codes are postage, fees, samples and corrections.
        {{ client_profiles.matches_pattern('stock_code', '^[0-9]{5}') }}
            as is_product,
        invoice_date as invoiced_at
    from keep_known_clients
),

value_lines as (
    select
        client_id,
        invoice_id,
        stock_code,
        country,
        quantity,
        unit_price,
        cast(quantity * unit_price as decimal(28, 6)) as line_amount,
        is_cancellation,
        -- Free gifts (price 0) are no purchase.
        not is_cancellation and quantity > 0 and unit_price > 0 as is_purchase,
        is_product,
        invoiced_at
    from type_columns
)

select * from value_lines
