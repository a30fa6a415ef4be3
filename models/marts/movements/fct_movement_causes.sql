{{ config(pre_hook="{{ client_profiles.plan_compiled_sql() }}") }}
{#- Clients that come and go, and those that begin or cease to meet the
    requirements, move for another reason than their score. -#}
{%- set text = dbt.type_string() -%}
with movements as (
    select * from {{ ref('fct_profile_movements') }}
),

movement_changes as (
    select * from {{ ref('int_movement_changes') }}
),

reversals as (
    select * from {{ ref('int_movement_reversals') }}
),

assigned_profiles as (
    select * from {{ ref('fct_client_profiles') }}
),

override_changes as (
    select * from {{ ref('int_override_changes') }}
),

list_members as (
    select
        movement_changes.*,
        reversals.equally_small_sets,
        row_number() over (
            partition by movement_changes.movement_id
            order by movement_changes.place
        ) as member
    from movement_changes
    inner join reversals
        on movement_changes.movement_id = reversals.movement_id
    where
        {{ client_profiles.is_in_set(
            'reversals.set_number', 'movement_changes.digit'
        ) }} = 1
),

word_members as (
    select
        list_members.*,
        case list_members.change
            when 'metric'
                then {{ client_profiles.change_in_words('list_members') }}
            when 'population'
                then
                    {{ dbt.string_literal(dbt.escape_single_quotes(
                        "other clients' values changed ("
                    )) }}
                    || list_members.criteria || ')'
            when 'rules'
                then
                    'version ' || movements.to_version
                    || ' of the rules came into force'
            when 'override'
                then case
                    when override_changes.override_profile is null
                        then
                            'the decision by hand ended ('
                            || override_changes.override_reason_before || ')'
                    else
                        'placed by hand (' || override_changes.override_reason
                        || ')'
                end
        end as words
    from list_members
    inner join movements on list_members.movement_id = movements.movement_id
    left join override_changes
        on
            list_members.client_id = override_changes.client_id
            and list_members.scorecard = override_changes.scorecard
            and list_members.period_start = override_changes.period_start
),

gather_members as (
    select
        word_members.movement_id,
        count(*) as cause_changes,
        max(word_members.changes) as changes,
        max(word_members.equally_small_sets) as equally_small_sets,
        max(word_members.change) as last_change,
        max(
            case
                when word_members.change <> 'metric' then 0
                when
                    word_members.value_before is null
                    or word_members.value_after is null
                    then 1
                else 0
            end
        ) as is_missing_data,
        {%- for change in ['population', 'rules', 'override'] %}
        max(
            case when word_members.change = '{{ change }}' then 1 else 0 end
        ) as has_{{ change }},
        {%- endfor %}
        {{ dbt.listagg(
            'word_members.metric', "', '", 'order by word_members.place'
        ) }} as cause_metrics,
        {{ dbt.listagg(
            'word_members.words', "'; '", 'order by word_members.place'
        ) }} as words,
        max(word_members.period_before) as compared_with
    from word_members
    group by word_members.movement_id
),

describe_movements as (
    select
        movements.*,
        gather_members.cause_changes,
        gather_members.changes,
        gather_members.equally_small_sets,
        gather_members.cause_metrics,
        gather_members.words,
        gather_members.has_population,
        gather_members.has_rules,
        gather_members.compared_with,
        profiles_before.ineligibility_reason as reason_before,
        assigned_profiles.ineligibility_reason as reason_after,
        assigned_profiles.tenure_months,
        case
            when assigned_profiles.computed_profile = movements.to_profile
                then assigned_profiles.computed_periods
        end as computed_periods,
        assigned_profiles.override_reason,
        override_changes.override_reason_before,
        gather_members.has_override,
        case
            when gather_members.cause_changes > 1 then 'several'
            when gather_members.is_missing_data = 1 then 'missing_data'
            when gather_members.cause_changes = 1
                then gather_members.last_change
            when assigned_profiles.assignment_source = 'override'
                then 'override'
            when
                override_changes.override_profile_before is not null
                and movements.from_profile is not null
                then 'override'
            when movements.to_profile is null then 'exit'
            when movements.from_profile is null then 'entry'
            else 'requirements'
        end as cause,
        case
            when assigned_profiles.coverage is not null
                then {{ client_profiles.readable_value(
                    'assigned_profiles.coverage', "'percent'"
                ) }}
        end as coverage
    from movements
    left join gather_members
        on movements.movement_id = gather_members.movement_id
    left join assigned_profiles
        on
            movements.client_id = assigned_profiles.client_id
            and movements.scorecard = assigned_profiles.scorecard
            and movements.period_start = assigned_profiles.period_start
    left join assigned_profiles as profiles_before
        on
            movements.client_id = profiles_before.client_id
            and movements.scorecard = profiles_before.scorecard
            and cast(
                {{ dbt.dateadd('month', -1, 'movements.period_start') }} as date
            ) = profiles_before.period_start
    left join override_changes
        on
            movements.client_id = override_changes.client_id
            and movements.scorecard = override_changes.scorecard
            and movements.period_start = override_changes.period_start
),

write_sentences as (
    select
        describe_movements.*,
        case
            when describe_movements.to_profile is null
                then
                    'Left ' || describe_movements.from_profile
                    || ': no longer a client'
            when describe_movements.words is not null
                then
                    'Moved from ' || describe_movements.from_profile || ' to '
                    || describe_movements.to_profile || ': '
                    || describe_movements.words || '; without '
                    || case describe_movements.cause_changes
                        when 1 then 'it'
                        when 2 then 'both of them'
                        else 'all of them'
                    end
                    || ' the client would still be '
                    || describe_movements.from_profile
            when describe_movements.cause = 'override'
                then coalesce(
                    'Placed in ' || describe_movements.to_profile
                    || ' by hand ('
                    || describe_movements.override_reason
                    || ')',
                    'Moved to ' || describe_movements.to_profile
                    || ': the decision by hand ended ('
                    || describe_movements.override_reason_before || ')'
                )
            when describe_movements.cause = 'entry'
                then case describe_movements.category
                    when 'returned' then 'Came back as '
                    else 'Entered as '
                end
                || describe_movements.to_profile
            when describe_movements.reason_after = 'tenure'
                then
                    'Moved from ' || describe_movements.from_profile
                    || ': not long enough with us for the rules'
            when describe_movements.reason_after is not null
                then
                    'Moved from ' || describe_movements.from_profile
                    || ': too few of its values are known ('
                    || describe_movements.coverage || ' of the weights)'
            when describe_movements.reason_before = 'tenure'
                then
                    'Got profile ' || describe_movements.to_profile || ' after '
                    || cast(describe_movements.tenure_months as {{ text }})
                    || ' months with us'
            else
                'Got profile ' || describe_movements.to_profile
                || ' when enough of its values were known ('
                || describe_movements.coverage || ' of the weights)'
        end
        || case
            when
                describe_movements.computed_periods > 1
                and describe_movements.words is not null
                and describe_movements.has_override = 0
                then
                    '; confirmed after '
                    || cast(describe_movements.computed_periods as {{ text }})
                    || ' periods'
            else ''
        end as explanation
    from describe_movements
)

select
    write_sentences.movement_id,
    write_sentences.client_id,
    write_sentences.scorecard,
    write_sentences.category,
    write_sentences.from_profile,
    write_sentences.to_profile,
    write_sentences.from_version,
    write_sentences.to_version,
    write_sentences.cause,
    write_sentences.cause_metrics,
    write_sentences.explanation,
    write_sentences.rules_fingerprint,
    cast(write_sentences.cause_changes as integer) as cause_changes,
    cast(write_sentences.changes as integer) as changes,
    cast(write_sentences.equally_small_sets as integer) as equally_small_sets,
    coalesce(write_sentences.has_population, 0) = 1 as has_population,
    coalesce(write_sentences.has_rules, 0) = 1 as has_rules,
    coalesce(write_sentences.has_override, 0) = 1
    or write_sentences.cause = 'override' as has_override,
    case
        when write_sentences.cause_changes is not null
            then write_sentences.changes <= 10
    end as is_smallest,
    write_sentences.compared_with,
    write_sentences.period_start
from write_sentences
