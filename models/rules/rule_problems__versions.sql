-- Versions: dates in order, approved ones without overlap or hole.
with scorecards as (
    select * from {{ ref('stg_scorecards') }}
),

versions as (
    select * from {{ ref('stg_scorecard_versions') }}
),

follow_approved as (
    select
        versions.*,
        lead(versions.version) over (
            partition by versions.scorecard
            order by versions.effective_from, versions.version
        ) as next_version,
        lead(versions.effective_from) over (
            partition by versions.scorecard
            order by versions.effective_from, versions.version
        ) as next_effective_from
    from versions
    where versions.status = 'approved'
),

find_backward_dates as (
    select
        versions.scorecard,
        versions.version,
        'effective_to' as column_name,
        versions.effective_to as value,
        'the version ends before it begins' as problem,
        'make effective_to later than effective_from' as advice
    from versions
    where versions.effective_to <= versions.effective_from
),

find_overlaps as (
    select
        follow_approved.scorecard,
        follow_approved.version,
        'effective_to' as column_name,
        follow_approved.effective_to as value,
        'two approved versions are in force at once: this one and version '
        || follow_approved.next_version as problem,
        'end it on the day on which version '
        || follow_approved.next_version || ' begins, '
        || cast(
            follow_approved.next_effective_from as {{ dbt.type_string() }}
        ) as advice
    from follow_approved
    where
        follow_approved.next_version is not null
        and (
            follow_approved.effective_to is null
            or follow_approved.effective_to
            > follow_approved.next_effective_from
        )
),

find_holes as (
    select
        follow_approved.scorecard,
        follow_approved.version,
        'effective_to' as column_name,
        follow_approved.effective_to as value,
        'no approved version is in force after this one ends' as problem,
        coalesce(
            'end it on the day on which version '
            || follow_approved.next_version || ' begins, '
            || cast(
                follow_approved.next_effective_from
                as {{ dbt.type_string() }}
            ),
            'leave effective_to of the last approved version empty'
        ) as advice
    from follow_approved
    where
        (
            follow_approved.next_version is null
            and follow_approved.effective_to is not null
        )
        or follow_approved.effective_to < follow_approved.next_effective_from
),

find_missing_approvals as (
    select
        versions.scorecard,
        versions.version,
        'approved_by' as column_name,
        cast(null as date) as value,
        'the version is approved, but not by whom or when' as problem,
        'fill in approved_by and approved_on' as advice
    from versions
    where
        versions.status = 'approved'
        and (versions.approved_by is null or versions.approved_on is null)
),

find_scorecards_without_version as (
    select
        scorecards.scorecard,
        '(none)' as version,
        'status' as column_name,
        cast(null as date) as value,
        'the scorecard has no approved version' as problem,
        'add a line with status approved' as advice
    from scorecards
    left join follow_approved
        on scorecards.scorecard = follow_approved.scorecard
    where follow_approved.scorecard is null
),

combine as (
    select * from find_backward_dates
    union all
    select * from find_overlaps
    union all
    select * from find_holes
    union all
    select * from find_missing_approvals
    union all
    select * from find_scorecards_without_version
)

select
    'scorecard_versions' as seed,
    {{ client_profiles.line_key(['scorecard', 'version'], 'combine') }}
        as line_key,
    combine.column_name,
    cast(combine.value as {{ dbt.type_string() }}) as value,
    combine.problem,
    combine.advice
from combine
