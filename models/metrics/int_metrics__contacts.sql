with client_periods as (

    select * from {{ ref('int_client_periods') }}

),

contacts as (

    select * from {{ ref('stg_contacts') }}

),

counted_contacts as (

    select
        client_id,
        cast({{ dbt.date_trunc('month', 'contacted_on') }} as date)
            as period_start,
        count(*) as contact_count
    from contacts
    group by
        client_id,
        cast({{ dbt.date_trunc('month', 'contacted_on') }} as date)

),

filled_periods as (

    -- Contacts are recorded since March 2025, when the CRM was introduced.
    -- From then on no record means no contact; before, it means unknown.
    select
        client_periods.client_id,
        client_periods.period_start,
        client_periods.period_number,
        case
            when client_periods.period_start >= cast('2025-03-01' as date)
                then coalesce(counted_contacts.contact_count, 0)
        end as contact_count
    from client_periods
    left join counted_contacts
        on
            client_periods.client_id = counted_contacts.client_id
            and client_periods.period_start = counted_contacts.period_start

),

last_contacts as (

    select
        client_periods.client_id,
        client_periods.period_start,
        max(contacts.contacted_on) as contacted_on
    from client_periods
    inner join contacts
        on
            client_periods.client_id = contacts.client_id
            and client_periods.period_end >= contacts.contacted_on
    group by
        client_periods.client_id,
        client_periods.period_start

),

aged_contacts as (

    -- A contact of a time before the client left and came back counts too.
    select
        client_periods.client_id,
        client_periods.period_start,
        {{ dbt.datediff(
            'last_contacts.contacted_on', 'client_periods.period_end', 'day'
        ) }} as days_since_contact
    from client_periods
    left join last_contacts
        on
            client_periods.client_id = last_contacts.client_id
            and client_periods.period_start = last_contacts.period_start

),

windowed_contacts as (

    select
        client_id,
        period_start,
        cast(
            sum(contact_count) over last_three_months as bigint
        ) as contact_count,
        count(contact_count) over last_three_months as recorded_months
    from filled_periods
    window
        last_three_months as (
            partition by client_id
            order by period_number
            range between 2 preceding and current row
        )

),

calculated_metrics as (

    select
        windowed_contacts.client_id,
        windowed_contacts.period_start,
        {{ client_profiles.exact_ratio(
            'windowed_contacts.contact_count',
            'windowed_contacts.recorded_months',
            input_decimals=0
        ) }} as contact_frequency,
        cast(aged_contacts.days_since_contact as integer)
            as days_since_contact
    from windowed_contacts
    inner join aged_contacts
        on
            windowed_contacts.client_id = aged_contacts.client_id
            and windowed_contacts.period_start = aged_contacts.period_start

)

select * from calculated_metrics
