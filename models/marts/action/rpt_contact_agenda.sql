{{ config(pre_hook="{{ client_profiles.plan_compiled_sql() }}") }}
{#- Contacts are known up to the end of the last complete period. A client that
    nobody is known to have spoken with is due from the beginning of its stay in
    the profile on. -#}
{%- set as_of = "cast('" ~ client_profiles.as_of_date() ~ "' as date)" -%}
with client_protocols as (
    select * from {{ ref('client_protocols') }}
    where cadence_days is not null
),

metric_history as (
    select * from {{ ref('int_metric_history') }}
),

find_contact_ages as (
    select
        client_protocols.*,
        {{ client_profiles.contact_metric('metric_history') }} as contact_age
    from client_protocols
    left join metric_history
        on
            client_protocols.client_id = metric_history.client_id
            and client_protocols.period_start = metric_history.period_start
),

date_contacts as (
    select
        find_contact_ages.*,
        cast(
            {{ dbt.dateadd(
                'day',
                '-1 * find_contact_ages.contact_age',
                dbt.last_day('find_contact_ages.period_start', 'month')
            ) }} as date
        ) as last_contact_on
    from find_contact_ages
),

find_due_days as (
    select
        date_contacts.*,
        cast(
            {{ dbt.dateadd(
                'day',
                'date_contacts.cadence_days',
                'coalesce(date_contacts.last_contact_on, '
                    ~ 'date_contacts.in_profile_since)'
            ) }} as date
        ) as due_on
    from date_contacts
)

select
    find_due_days.client_id,
    find_due_days.scorecard,
    find_due_days.department,
    find_due_days.client_name,
    find_due_days.version,
    find_due_days.profile,
    find_due_days.profile_label,
    case
        when find_due_days.last_contact_on is null then 'profile'
        else 'contact'
    end as counted_from,
    find_due_days.action,
    find_due_days.meeting_format,
    find_due_days.rules_fingerprint,
    cast(
        row_number() over (
            partition by find_due_days.scorecard, find_due_days.department
            order by
                find_due_days.due_on,
                coalesce(find_due_days.profile_rank, 999999),
                {{ client_profiles.byte_order('find_due_days.client_id') }}
        ) as integer
    ) as urgency,
    find_due_days.cadence_days,
    cast(
        case
            when find_due_days.due_on < {{ as_of }}
                then {{ dbt.datediff('find_due_days.due_on', as_of, 'day') }}
            else 0
        end as integer
    ) as days_overdue,
    find_due_days.due_on <= {{ as_of }} as is_due,
    find_due_days.last_contact_on,
    find_due_days.in_profile_since,
    find_due_days.due_on,
    find_due_days.period_start
from find_due_days
