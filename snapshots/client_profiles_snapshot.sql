{#- When each client was in which profile, and by which version of the rules.

    Dates are business dates: a record is valid from the `as_of` date of the
    run that saw it. There is one state per as-of date: running again on the
    same date replaces that date's records and leaves all earlier ones alone.
    A client that is gone is recorded as 'left', on that date too, and not by
    the clock, as dbt's own hard deletes would have it.                    -#}
{% snapshot client_profiles_snapshot %}

{{ config(
    strategy='check',
    unique_key=['client_id', 'scorecard'],
    check_cols=['profile', 'version'],
    updated_at='recorded_as_of',
    pre_hook=[
        "{{ client_profiles.snapshot_mend(this) }}",
        "{{ client_profiles.snapshot_guard_source(this, ref('client_profiles')) }}",
        "{{ client_profiles.snapshot_forget_as_of(this) }}",
        "{{ client_profiles.snapshot_reopen_as_of(this) }}",
    ],
    post_hook=[
        "{{ client_profiles.snapshot_guard_history(this) }}",
        "{{ client_profiles.snapshot_finish(this) }}",
    ],
) }}

with current_profiles as (
    select
        client_id,
        scorecard,
        profile,
        version
    from {{ ref('client_profiles') }}
),

{% if client_profiles.snapshot_exists(this) -%}
known_clients as (
    select
        client_id,
        scorecard,
        version
    from {{ this }}
    where dbt_valid_to is null
),

find_left_clients as (
    select
        known_clients.client_id,
        known_clients.scorecard,
        'left' as profile,
        known_clients.version
    from known_clients
    left join current_profiles
        on
            known_clients.client_id = current_profiles.client_id
            and known_clients.scorecard = current_profiles.scorecard
    where current_profiles.client_id is null
),

{% endif -%}
combine as (
    select * from current_profiles
    {%- if client_profiles.snapshot_exists(this) %}
    union all
    select * from find_left_clients
    {%- endif %}
)

select
    combine.client_id,
    combine.scorecard,
    combine.profile,
    combine.version,
    cast('{{ client_profiles.as_of_date() }}' as timestamp) as recorded_as_of
from combine

{% endsnapshot %}
