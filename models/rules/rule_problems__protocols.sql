{#- Protocols: every profile of a scorecard has a standing one for each of the
    departments that have protocols in it, and a line for a movement names one
    that there can be. A department that is no known word is a problem of its own
    line, in rule_problems__lines. -#}
{%- set departments = [] -%}
{%- if execute -%}
    {%- for column in client_profiles.seed_specification('protocols').columns
        if column.name == 'department' -%}
        {%- do departments.extend(column.one_of) -%}
    {%- endfor -%}
{%- endif -%}
with protocols as (
    select * from {{ ref('stg_protocols') }}
),

profiles as (
    select * from {{ ref('stg_profiles') }}
),

list_departments as (
    select distinct
        protocols.scorecard,
        protocols.department
    from protocols
    where
        protocols.department in (
            {%- for department in departments %}
            '{{ department }}'{{ ',' if not loop.last }}
            {%- else %}
            ''
            {%- endfor %}
        )
),

expect_standing_protocols as (
    select
        profiles.scorecard,
        profiles.profile,
        list_departments.department
    from profiles
    inner join list_departments
        on profiles.scorecard = list_departments.scorecard
),

find_missing_protocols as (
    select
        'protocols' as seed,
        {{ client_profiles.line_key(
            ['scorecard', 'profile', 'department'], 'expect_standing_protocols'
        ) }} as line_key,
        'on_movement' as column_name,
        cast(null as {{ dbt.type_string() }}) as value,
        'the profile has no standing protocol for this department' as problem,
        'add a line with an empty on_movement' as advice
    from expect_standing_protocols
    left join protocols
        on
            expect_standing_protocols.scorecard = protocols.scorecard
            and expect_standing_protocols.profile = protocols.profile
            and expect_standing_protocols.department = protocols.department
            and protocols.on_movement is null
    where protocols.profile is null
),

judge_movements as (
    select
        protocols.*,
        case
            when protocols.on_movement in ('entered', 'left') then null
            when protocols.on_movement = protocols.profile
                then 'no client moves from a profile to the same one'
            when origins.profile is null
                then
                    'on_movement is neither entered, left nor a profile of '
                    || 'the scorecard'
        end as problem
    from protocols
    left join profiles as origins
        on
            protocols.scorecard = origins.scorecard
            and protocols.on_movement = origins.profile
    where protocols.on_movement is not null
),

find_wrong_movements as (
    select
        'protocols' as seed,
        {{ client_profiles.line_key(
            ['scorecard', 'profile', 'department', 'on_movement'],
            'judge_movements'
        ) }} as line_key,
        'on_movement' as column_name,
        judge_movements.on_movement as value,
        judge_movements.problem,
        'write entered, left or the profile that the client comes from, or '
        || 'leave it empty' as advice
    from judge_movements
    where judge_movements.problem is not null
),

combine as (
    select * from find_missing_protocols
    union all
    select * from find_wrong_movements
)

select * from combine
