-- Decisions by people: profiles given by hand, closed periods scored again.
with overrides as (
    select * from {{ ref('stg_profile_overrides') }}
),

restatements as (
    select * from {{ ref('stg_restatements') }}
),

clients as (
    select * from {{ ref(project_name, 'stg_clients') }}
),

follow_overrides as (
    select
        overrides.*,
        lead(overrides.valid_from) over (
            partition by overrides.scorecard, overrides.client_id
            order by overrides.valid_from
        ) as next_valid_from
    from overrides
),

judge_overrides as (
    select
        follow_overrides.*,
        clients.client_id is null as is_unknown_client,
        case
            when clients.client_id is null
                then 'stg_clients has no such client'
            when follow_overrides.profile = 'not_yet_eligible'
                then 'nobody can be placed in not_yet_eligible by hand'
            when follow_overrides.valid_to <= follow_overrides.valid_from
                then 'the decision ends before it begins'
            when follow_overrides.valid_to > follow_overrides.next_valid_from
                then 'two decisions for one client hold at once'
        end as problem
    from follow_overrides
    left join clients
        on
            follow_overrides.client_id
            = cast(clients.client_id as {{ dbt.type_string() }})
),

find_wrong_overrides as (
    select
        'profile_overrides' as seed,
        {{ client_profiles.line_key(
            ['scorecard', 'client_id', 'valid_from'], 'judge_overrides'
        ) }} as line_key,
        case
            when judge_overrides.is_unknown_client then 'client_id'
            else 'valid_to'
        end as column_name,
        case
            when judge_overrides.is_unknown_client
                then judge_overrides.client_id
            else cast(judge_overrides.valid_to as {{ dbt.type_string() }})
        end as value,
        judge_overrides.problem,
        'correct the line, or take it away' as advice
    from judge_overrides
    where judge_overrides.problem is not null
),

find_wrong_restatements as (
    select
        'restatements' as seed,
        {{ client_profiles.line_key(['restatement'], 'restatements') }}
            as line_key,
        'restate_from' as column_name,
        cast(restatements.restate_from as {{ dbt.type_string() }}) as value,
        'the restatement begins after the day on which it is made' as problem,
        'write the first month that is to be scored again' as advice
    from restatements
    where restatements.restate_from > restatements.restated_on
),

-- A run finds its line by both dates.
find_rival_restatements as (
    select
        'restatements' as seed,
        {{ client_profiles.line_key(
            ['restate_from', 'restated_on'], 'restatements'
        ) }} as line_key,
        'restatement' as column_name,
        min(restatements.restatement) || ' and '
        || max(restatements.restatement) as value,
        'two restatements have the same dates' as problem,
        'keep one of them' as advice
    from restatements
    group by restatements.restate_from, restatements.restated_on
    having count(*) > 1
),

combine as (
    select * from find_wrong_overrides
    union all
    select * from find_wrong_restatements
    union all
    select * from find_rival_restatements
)

select * from combine
