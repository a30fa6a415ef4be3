{#- What stands after a restatement is what the next one that reaches the period
    found there, or else what stands now. A client may be in a period on one side
    only, so the rows come from both. -#}
with kept as (
    select * from {{ ref('int_profiles_before_restatement') }}
),

restatements as (
    select * from {{ ref('stg_restatements') }}
),

assigned_profiles as (
    select * from {{ ref('fct_client_profiles') }}
),

find_reach as (
    select
        kept.restatement,
        kept.restatement_number,
        kept.scorecard,
        kept.period_start
    from kept
    group by
        kept.restatement,
        kept.restatement_number,
        kept.scorecard,
        kept.period_start
),

find_successors as (
    select
        find_reach.*,
        lead(find_reach.restatement_number) over (
            partition by find_reach.scorecard, find_reach.period_start
            order by find_reach.restatement_number
        ) as next_number
    from find_reach
),

list_later_states as (
    select
        find_successors.restatement_number,
        kept.client_id,
        kept.scorecard,
        kept.version,
        kept.profile,
        kept.computed_profile,
        kept.rules_fingerprint,
        kept.score,
        kept.period_start
    from find_successors
    inner join kept
        on
            find_successors.next_number = kept.restatement_number
            and find_successors.scorecard = kept.scorecard
            and find_successors.period_start = kept.period_start
    union all
    select
        find_successors.restatement_number,
        assigned_profiles.client_id,
        assigned_profiles.scorecard,
        assigned_profiles.version,
        assigned_profiles.profile,
        assigned_profiles.computed_profile,
        assigned_profiles.rules_fingerprint,
        assigned_profiles.score,
        assigned_profiles.period_start
    from find_successors
    inner join assigned_profiles
        on
            find_successors.scorecard = assigned_profiles.scorecard
            and find_successors.period_start = assigned_profiles.period_start
    where find_successors.next_number is null
),

put_side_by_side as (
    select
        coalesce(kept.restatement_number, list_later_states.restatement_number)
            as restatement_number,
        coalesce(kept.client_id, list_later_states.client_id) as client_id,
        coalesce(kept.scorecard, list_later_states.scorecard) as scorecard,
        coalesce(kept.period_start, list_later_states.period_start)
            as period_start,
        kept.version as version_before,
        list_later_states.version as version_after,
        kept.profile as profile_before,
        list_later_states.profile as profile_after,
        kept.computed_profile as computed_profile_before,
        list_later_states.computed_profile as computed_profile_after,
        kept.rules_fingerprint as rules_fingerprint_before,
        list_later_states.rules_fingerprint as rules_fingerprint_after,
        kept.score as score_before,
        list_later_states.score as score_after
    from kept
    full outer join list_later_states
        on
            kept.restatement_number = list_later_states.restatement_number
            and kept.client_id = list_later_states.client_id
            and kept.scorecard = list_later_states.scorecard
            and kept.period_start = list_later_states.period_start
),

name_restatements as (
    select
        find_reach.restatement_number,
        max(find_reach.restatement) as restatement
    from find_reach
    group by find_reach.restatement_number
)

select
    name_restatements.restatement,
    put_side_by_side.client_id,
    put_side_by_side.scorecard,
    restatements.requested_by,
    restatements.approved_by,
    restatements.reason,
    put_side_by_side.version_before,
    put_side_by_side.version_after,
    put_side_by_side.profile_before,
    put_side_by_side.profile_after,
    put_side_by_side.computed_profile_before,
    put_side_by_side.computed_profile_after,
    put_side_by_side.score_before,
    put_side_by_side.score_after,
    put_side_by_side.restatement_number,
    coalesce(put_side_by_side.profile_before, '')
    <> coalesce(put_side_by_side.profile_after, '') as is_profile_changed,
    coalesce(put_side_by_side.score_before, -1)
    <> coalesce(put_side_by_side.score_after, -1) as is_score_changed,
    coalesce(put_side_by_side.rules_fingerprint_before, '')
    <> coalesce(put_side_by_side.rules_fingerprint_after, '')
        as is_scored_by_other_rules,
    put_side_by_side.period_start,
    restatements.restated_on
from put_side_by_side
inner join name_restatements
    on
        put_side_by_side.restatement_number
        = name_restatements.restatement_number
left join restatements
    on name_restatements.restatement = restatements.restatement
