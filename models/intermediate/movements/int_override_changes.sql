{#- Decisions by hand that began, ended or changed since the client's month
    before, or the last one before it was away. -#}
with assignments as (
    select * from {{ ref('int_profile_assignments') }}
    where
        period_start < cast('{{ client_profiles.first_open_period() }}' as date)
),

-- Nothing is known of the time before a scorecard's first period.
find_first_periods as (
    select
        assignments.scorecard,
        min(assignments.period_start) as first_period
    from assignments
    group by assignments.scorecard
),

look_back as (
    select
        assignments.client_id,
        assignments.scorecard,
        assignments.version,
        assignments.rules_fingerprint,
        assignments.override_reason,
        case
            when assignments.assignment_source = 'override'
                then assignments.profile
        end as override_profile,
        {%- for column in [
            'version',
            'override_reason',
            'assignment_source',
            'profile',
            'score',
            'period_start',
        ] %}
        lag(assignments.{{ column }}) over (
            partition by assignments.client_id, assignments.scorecard
            order by assignments.period_start
        ) as {{ column }}_before,
        {%- endfor %}
        assignments.score,
        assignments.period_start
    from assignments
),

name_overrides as (
    select
        look_back.*,
        case
            when look_back.assignment_source_before = 'override'
                then look_back.profile_before
        end as override_profile_before
    from look_back
    inner join find_first_periods
        on
            look_back.scorecard = find_first_periods.scorecard
            and look_back.period_start > find_first_periods.first_period
)

select
    name_overrides.client_id,
    name_overrides.scorecard,
    name_overrides.version_before,
    name_overrides.version,
    name_overrides.rules_fingerprint,
    name_overrides.override_profile_before,
    name_overrides.override_profile,
    name_overrides.override_reason_before,
    name_overrides.override_reason,
    name_overrides.score_before,
    name_overrides.score as score_after,
    name_overrides.period_start_before as period_before,
    name_overrides.period_start
from name_overrides
where
    coalesce(name_overrides.override_profile_before, '')
    <> coalesce(name_overrides.override_profile, '')
