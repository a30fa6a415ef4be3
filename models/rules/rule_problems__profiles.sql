-- Profiles and the rules that lead to them.
{%- set metrics = client_profiles.metric_columns() %}
with scorecards as (
    select * from {{ ref('stg_scorecards') }}
),

versions as (
    select * from {{ ref('stg_scorecard_versions') }}
),

weights as (
    select * from {{ ref('stg_criterion_weights') }}
),

profiles as (
    select * from {{ ref('stg_profiles') }}
),

rules as (
    select * from {{ ref('stg_profile_rules') }}
),

count_profiles as (
    select
        scorecards.scorecard,
        sum(case when profiles.is_ideal then 1 else 0 end) as ideal_count,
        sum(
            case when profiles.profile = 'not_yet_eligible' then 1 else 0 end
        ) as not_yet_eligible_count
    from scorecards
    left join profiles on scorecards.scorecard = profiles.scorecard
    group by scorecards.scorecard
),

find_wrong_ideals as (
    select
        'profiles' as seed,
        {{ client_profiles.line_key(['scorecard'], 'count_profiles') }}
            as line_key,
        'is_ideal' as column_name,
        cast(count_profiles.ideal_count as {{ dbt.type_string() }}) as value,
        'the scorecard needs exactly one ideal profile' as problem,
        'write true on one line' as advice
    from count_profiles
    where count_profiles.ideal_count <> 1
),

find_missing_waiting_rooms as (
    select
        'profiles' as seed,
        {{ client_profiles.line_key(['scorecard'], 'count_profiles') }}
            as line_key,
        'profile' as column_name,
        cast(null as {{ dbt.type_string() }}) as value,
        'the line not_yet_eligible is missing' as problem,
        'add it, without a rank: it names the clients that do not meet the '
        || 'requirements yet' as advice
    from count_profiles
    where count_profiles.not_yet_eligible_count = 0
),

find_wrong_ranks as (
    select
        'profiles' as seed,
        {{ client_profiles.line_key(['scorecard', 'profile'], 'profiles') }}
            as line_key,
        'rank' as column_name,
        cast(profiles.rank as {{ dbt.type_string() }}) as value,
        'every profile but not_yet_eligible needs a rank' as problem,
        'write 1 for the best, 2 for the next; leave that of '
        || 'not_yet_eligible empty' as advice
    from profiles
    where (profiles.profile = 'not_yet_eligible') = (profiles.rank is not null)
),

-- Other tables say so of those who are no clients, or no longer; protocols of
-- those who come from anywhere.
find_taken_names as (
    select
        'profiles' as seed,
        {{ client_profiles.line_key(['scorecard', 'profile'], 'profiles') }}
            as line_key,
        'profile' as column_name,
        profiles.profile as value,
        case profiles.profile
            when 'entered'
                then
                    'the name is taken: it stands for those who come from '
                    || 'anywhere'
            else 'the name is taken: it stands for those who are not clients'
        end as problem,
        'give the profile another name' as advice
    from profiles
    where profiles.profile in ('not_a_client', 'left', 'entered')
),

judge_conditions as (
    select
        rules.*,
        case
            when rules.lower_bound >= rules.upper_bound
                then 'lower_bound is not below upper_bound'
            when rules.profile = 'not_yet_eligible'
                then 'no rule can lead to not_yet_eligible'
            when rules.subject = 'score' and rules.subject_name is not null
                then 'a condition on the score has no subject_name'
            when rules.subject <> 'score' and rules.subject_name is null
                then 'the condition does not say what it looks at'
            when
                rules.subject = 'points'
                and weights.criterion is null
                then 'the criterion has no weight in this version'
            when
                rules.subject = 'metric'
                and rules.subject_name not in (
                    {%- for metric in metrics %}
                    '{{ metric }}'{{ ',' if not loop.last }}
                    {%- else %}
                    ''
                    {%- endfor %}
                )
                then 'int_client_metrics has no exact number of this name'
            when
                rules.subject <> 'score'
                and rules.lower_bound is null
                and rules.upper_bound is null
                then 'the condition has no bound, so it says nothing'
        end as problem
    from rules
    left join weights
        on
            rules.scorecard = weights.scorecard
            and rules.version = weights.version
            and rules.subject_name = weights.criterion
),

find_wrong_conditions as (
    select
        'profile_rules' as seed,
        {{ client_profiles.line_key(
            ['scorecard', 'version', 'rule', 'subject', 'subject_name'],
            'judge_conditions'
        ) }} as line_key,
        case
            when judge_conditions.lower_bound >= judge_conditions.upper_bound
                then 'lower_bound, upper_bound'
            else 'subject_name'
        end as column_name,
        case
            when judge_conditions.lower_bound >= judge_conditions.upper_bound
                then
                    cast(judge_conditions.lower_bound as {{ dbt.type_string() }})
                    || ' to '
                    || cast(
                        judge_conditions.upper_bound as {{ dbt.type_string() }}
                    )
            else coalesce(
                judge_conditions.subject_name, judge_conditions.profile
            )
        end as value,
        judge_conditions.problem,
        'correct the line, or take it away' as advice
    from judge_conditions
    where judge_conditions.problem is not null
),

summarize_rules as (
    select
        rules.scorecard,
        rules.version,
        rules.rule,
        min(rules.priority) as first_priority,
        max(rules.priority) as last_priority,
        count(distinct rules.profile) as profile_count,
        max(
            case
                when
                    rules.lower_bound is not null
                    or rules.upper_bound is not null
                    then 1
                else 0
            end
        ) as is_bounded
    from rules
    group by rules.scorecard, rules.version, rules.rule
),

order_rules as (
    select
        summarize_rules.*,
        count(*) over (
            partition by
                summarize_rules.scorecard,
                summarize_rules.version,
                summarize_rules.first_priority
        ) as rules_of_priority,
        lead(summarize_rules.rule) over (
            partition by summarize_rules.scorecard, summarize_rules.version
            order by summarize_rules.first_priority, summarize_rules.rule
        ) as next_rule
    from summarize_rules
),

judge_rules as (
    select
        order_rules.*,
        case
            when
                order_rules.first_priority <> order_rules.last_priority
                or order_rules.profile_count > 1
                then 'the lines of one rule differ in priority or profile'
            when order_rules.rules_of_priority > 1
                then 'two rules have the same priority'
            when order_rules.next_rule is null and order_rules.is_bounded = 1
                then 'the last rule has bounds, so some clients match no rule'
            when
                order_rules.next_rule is not null
                and order_rules.is_bounded = 0
                then 'the rule catches every client before the next is tried'
        end as problem
    from order_rules
),

find_wrong_rules as (
    select
        'profile_rules' as seed,
        {{ client_profiles.line_key(
            ['scorecard', 'version', 'rule'], 'judge_rules'
        ) }} as line_key,
        'priority' as column_name,
        cast(judge_rules.last_priority as {{ dbt.type_string() }}) as value,
        judge_rules.problem,
        'give each rule a priority of its own and end with a rule on the '
        || 'score without bounds' as advice
    from judge_rules
    where judge_rules.problem is not null
),

find_versions_without_rules as (
    select
        'profile_rules' as seed,
        {{ client_profiles.line_key(['scorecard', 'version'], 'versions') }}
            as line_key,
        'rule' as column_name,
        cast(null as {{ dbt.type_string() }}) as value,
        'the version has no rules' as problem,
        'add its rules; the last one on the score without bounds' as advice
    from versions
    left join summarize_rules
        on
            versions.scorecard = summarize_rules.scorecard
            and versions.version = summarize_rules.version
    where summarize_rules.rule is null
),

combine as (
    select * from find_wrong_ideals
    union all
    select * from find_missing_waiting_rooms
    union all
    select * from find_wrong_ranks
    union all
    select * from find_taken_names
    union all
    select * from find_wrong_conditions
    union all
    select * from find_wrong_rules
    union all
    select * from find_versions_without_rules
)

select * from combine
