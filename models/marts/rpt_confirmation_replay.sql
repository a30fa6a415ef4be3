{#- The rules' verdicts as they really were, confirmed in 1, 2, 3 and 4
    periods. A stay is the stretch of periods in which the rules lead to one
    profile. -#}
{%- set versions = client_profiles.scorecard_rules()
    | selectattr('status', 'equalto', 'approved') | list -%}
with profile_candidates as (
    select * from {{ ref('int_profile_candidates') }}
    where
        period_start < cast('{{ client_profiles.first_open_period() }}' as date)
),

replay as (
    {%- for needed in [1, 2, 3, 4] %}
    {{ 'union all' if not loop.first }}
    select
        profile_candidates.client_id,
        profile_candidates.scorecard,
        profile_candidates.version,
        profile_candidates.computed_profile,
        {{ needed }} as needed_periods,
        cast(null as integer) as known_periods,
        cast(null as {{ dbt.type_string() }}) as known_profile,
        profile_candidates.period_start
    from profile_candidates
    {%- endfor %}
),

confirm_profiles as (
    {{ client_profiles.confirmed_profiles(
        'replay',
        ['client_id', 'scorecard', 'needed_periods'],
        'needed_periods',
    ) }}
),

look_back as (
    select
        confirm_profiles.*,
        lag(confirm_profiles.confirmed_profile) over (
            partition by
                confirm_profiles.client_id,
                confirm_profiles.scorecard,
                confirm_profiles.needed_periods
            order by confirm_profiles.period_start
        ) as confirmed_before,
        max(confirm_profiles.period_start) over (
            partition by confirm_profiles.scorecard
        ) as last_period
    from confirm_profiles
),

sum_stays as (
    select
        look_back.client_id,
        look_back.scorecard,
        look_back.needed_periods,
        look_back.streak,
        max(
            case
                when look_back.confirmed_profile = look_back.computed_profile
                    then 1
                else 0
            end
        ) as is_assigned,
        max(
            case
                when look_back.period_start = look_back.last_period then 1
                else 0
            end
        ) as is_going_on,
        sum(
            case
                when look_back.confirmed_profile <> look_back.computed_profile
                    then 1
                else 0
            end
        ) as waiting_periods,
        sum(
            case
                when
                    look_back.is_beginning = 0
                    and look_back.confirmed_profile
                    <> look_back.confirmed_before
                    then 1
                else 0
            end
        ) as movements,
        count(*) as periods
    from look_back
    group by
        look_back.client_id,
        look_back.scorecard,
        look_back.needed_periods,
        look_back.streak
),

judge_stays as (
    select
        sum_stays.*,
        case
            when sum_stays.is_assigned = 1 and sum_stays.waiting_periods > 0
                then 'late'
            when sum_stays.is_assigned = 0 and sum_stays.is_going_on = 1
                then 'waiting'
            when sum_stays.is_assigned = 0 then 'avoided'
        end as outcome
    from sum_stays
),

sum_replays as (
    select
        judge_stays.scorecard,
        judge_stays.needed_periods,
        count(distinct judge_stays.client_id) as clients,
        sum(judge_stays.periods) as client_periods,
        sum(judge_stays.movements) as movements,
        sum(case when judge_stays.outcome = 'avoided' then 1 else 0 end)
            as flaps_avoided,
        sum(case when judge_stays.outcome = 'late' then 1 else 0 end)
            as late_movements,
        sum(
            case
                when judge_stays.outcome = 'late'
                    then judge_stays.waiting_periods
                else 0
            end
        ) as months_of_delay,
        sum(case when judge_stays.outcome = 'waiting' then 1 else 0 end)
            as still_waiting,
        sum(judge_stays.waiting_periods) as client_periods_in_another_profile
    from judge_stays
    group by judge_stays.scorecard, judge_stays.needed_periods
),

find_versions_in_force as (
    select
        profile_candidates.scorecard,
        max({{ client_profiles.confirmation_periods(versions) }})
            as needed_periods
    from profile_candidates
    where
        profile_candidates.period_start = (
            select max(last_rows.period_start)
            from profile_candidates as last_rows
        )
    group by profile_candidates.scorecard
)

select
    sum_replays.scorecard,
    sum_replays.needed_periods as confirmation_periods,
    cast(sum_replays.clients as integer) as clients,
    cast(sum_replays.client_periods as integer) as client_periods,
    cast(sum_replays.movements as integer) as movements,
    cast(
        first_value(sum_replays.movements) over (
            partition by sum_replays.scorecard
            order by sum_replays.needed_periods
        ) - sum_replays.movements as integer
    ) as movements_avoided,
    cast(sum_replays.flaps_avoided as integer) as flaps_avoided,
    cast(sum_replays.late_movements as integer) as late_movements,
    cast(sum_replays.months_of_delay as integer) as months_of_delay,
    cast(sum_replays.still_waiting as integer) as still_waiting,
    cast(sum_replays.client_periods_in_another_profile as integer)
        as client_periods_in_another_profile,
    coalesce(
        sum_replays.needed_periods = find_versions_in_force.needed_periods,
        false
    ) as is_in_force
from sum_replays
left join find_versions_in_force
    on sum_replays.scorecard = find_versions_in_force.scorecard
