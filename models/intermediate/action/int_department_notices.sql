{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    full_refresh=false,
    pre_hook="{{ client_profiles.plan_compiled_sql() }}",
) }}
{#- What was said of each movement, and to whom. A movement is taken in once,
    with a row for every department, also for those it does not concern: whoever
    edits the protocols later does not reopen it. It is taken in again, as a
    correction, when late data or a restatement changed where it leads, or took
    it away.

    Only what a run looks at can be taken back. A run with an earlier as-of date
    sees fewer periods, and says nothing of the others. -#}
{{- client_profiles.raise_rule_problems() -}}
{%- set text = dbt.type_string() -%}
with movements as (
    select * from {{ ref('fct_movement_causes') }}
),

assigned_profiles as (
    select * from {{ ref('fct_client_profiles') }}
),

protocols as (
    select * from {{ ref('stg_protocols') }}
),

said as (
    {%- if is_incremental() %}
    select * from {{ this }}
    {%- else %}
    select
        {%- for column in [
            'notice_id', 'movement_id', 'client_id', 'scorecard', 'department',
            'category', 'from_profile', 'to_profile',
        ] %}
        cast(null as {{ text }}) as {{ column }},
        {%- endfor %}
        cast(null as integer) as revision,
        cast(null as boolean) as is_issued,
        cast(null as date) as period_start
    from (select 1 as nothing) as nothing
    where 1 = 0
    {%- endif %}
),

find_last_periods as (
    select
        assigned_profiles.scorecard,
        max(assigned_profiles.period_start) as last_period
    from assigned_profiles
    group by assigned_profiles.scorecard
),

rank_revisions as (
    select
        said.*,
        row_number() over (
            partition by said.movement_id
            order by said.revision desc, said.department asc
        ) as recency
    from said
),

keep_last_revisions as (
    select * from rank_revisions
    where recency = 1
),

rank_notices as (
    select
        said.*,
        row_number() over (
            partition by said.movement_id, said.department
            order by said.revision desc
        ) as recency
    from said
    where said.is_issued
),

keep_last_notices as (
    select * from rank_notices
    where recency = 1
),

find_news as (
    select
        movements.movement_id,
        movements.client_id,
        movements.scorecard,
        movements.category,
        movements.from_profile,
        movements.to_profile,
        movements.explanation,
        movements.to_version,
        movements.rules_fingerprint,
        coalesce(keep_last_revisions.revision, 0) + 1 as revision,
        movements.period_start
    from movements
    left join keep_last_revisions
        on movements.movement_id = keep_last_revisions.movement_id
    where
        keep_last_revisions.movement_id is null
        or keep_last_revisions.category = 'withdrawn'
        or coalesce(movements.from_profile, '')
        <> coalesce(keep_last_revisions.from_profile, '')
        or coalesce(movements.to_profile, '')
        <> coalesce(keep_last_revisions.to_profile, '')
),

add_protocols as (
    {{ client_profiles.protocols_of_movements('find_news', ['movement_id']) }}
),

-- Whoever was told something else hears of it, concerned or not.
address_news as (
    select
        add_protocols.*,
        keep_last_notices.notice_id as notice_before,
        add_protocols.is_affected
        or coalesce(keep_last_notices.category <> 'withdrawn', false)
            as is_issued
    from add_protocols
    left join keep_last_notices
        on
            add_protocols.movement_id = keep_last_notices.movement_id
            and add_protocols.department = keep_last_notices.department
),

find_withdrawals as (
    select
        keep_last_notices.movement_id,
        keep_last_notices.client_id,
        keep_last_notices.scorecard,
        keep_last_notices.department,
        keep_last_notices.notice_id as notice_before,
        assigned_profiles.profile,
        protocols.action,
        assigned_profiles.version,
        assigned_profiles.rules_fingerprint,
        keep_last_revisions.revision + 1 as revision,
        keep_last_notices.period_start
    from keep_last_notices
    inner join keep_last_revisions
        on keep_last_notices.movement_id = keep_last_revisions.movement_id
    inner join find_last_periods
        on
            keep_last_notices.scorecard = find_last_periods.scorecard
            and keep_last_notices.period_start <= find_last_periods.last_period
    left join movements
        on keep_last_notices.movement_id = movements.movement_id
    left join assigned_profiles
        on
            keep_last_notices.client_id = assigned_profiles.client_id
            and keep_last_notices.scorecard = assigned_profiles.scorecard
            and keep_last_notices.period_start = assigned_profiles.period_start
    left join protocols
        on
            assigned_profiles.scorecard = protocols.scorecard
            and assigned_profiles.profile = protocols.profile
            and keep_last_notices.department = protocols.department
            and protocols.on_movement is null
    where
        movements.movement_id is null
        and keep_last_notices.category <> 'withdrawn'
),

combine as (
    select
        address_news.movement_id,
        address_news.client_id,
        address_news.scorecard,
        address_news.department,
        address_news.category,
        address_news.from_profile,
        address_news.to_profile,
        case
            when address_news.is_issued then address_news.notice_before
        end as corrects_notice_id,
        case
            when address_news.notice_before is null then ''
            else 'Correction: '
        end || address_news.explanation as why,
        address_news.on_movement,
        address_news.action,
        address_news.to_version as version,
        address_news.rules_fingerprint,
        address_news.revision,
        address_news.is_issued,
        address_news.period_start
    from address_news
    union all
    select
        find_withdrawals.movement_id,
        find_withdrawals.client_id,
        find_withdrawals.scorecard,
        find_withdrawals.department,
        'withdrawn' as category,
        cast(null as {{ text }}) as from_profile,
        find_withdrawals.profile as to_profile,
        find_withdrawals.notice_before as corrects_notice_id,
        'Correction: did not move in this month; '
        || coalesce(
            'is ' || find_withdrawals.profile, 'is not a client in it'
        ) as why,
        cast(null as {{ text }}) as on_movement,
        coalesce(
            find_withdrawals.action, 'Nothing: not a client in this month'
        ) as action,
        find_withdrawals.version,
        find_withdrawals.rules_fingerprint,
        find_withdrawals.revision,
        true as is_issued,
        find_withdrawals.period_start
    from find_withdrawals
)

select
    {{ dbt_utils.generate_surrogate_key([
        'combine.movement_id',
        'combine.department',
        'combine.revision',
    ]) }} as notice_id,
    combine.movement_id,
    combine.corrects_notice_id,
    combine.client_id,
    combine.scorecard,
    combine.department,
    combine.category,
    combine.from_profile,
    combine.to_profile,
    combine.why,
    combine.on_movement,
    combine.action,
    combine.version,
    combine.rules_fingerprint,
    cast(combine.revision as integer) as revision,
    combine.is_issued,
    cast('{{ client_profiles.as_of_date() }}' as date) as issued_on,
    combine.period_start
from combine
