{{ config(
    materialized='table',
    pre_hook="{{ client_profiles.plan_compiled_sql() }}",
) }}
{#- A path of three levers or more where one and two do not do, one rule after
    the other: first the steps that its conditions on single metrics and points
    ask for, then those that raise the score most for their effort, until the
    rules lead to the profile. A lever that is then too much is lowered again. A
    good path, not always the easiest one. -#}
{%- set versions = client_profiles.versions_in_force() -%}
{%- set usage = client_profiles.rule_usage(versions) -%}
{%- set changes = ['points_change', 'weight_change', 'value_needed'] -%}
{%- for criterion in usage.gate_criteria -%}
{%- do changes.append(criterion ~ '__changed_points') -%}
{%- endfor -%}
{%- set lever = 'partition by list_steps.client_id, list_steps.scorecard,'
    ~ ' list_steps.path_rule, list_steps.metric' -%}
{%- set so_far -%}
            over (
                partition by
                    order_steps.client_id,
                    order_steps.scorecard,
                    order_steps.path_rule
                order by order_steps.place
                rows between unbounded preceding and current row
            )
{%- endset -%}
with current_scores as (
    select * from {{ ref('int_current_scores') }}
),

levers as (
    select * from {{ ref('int_metric_options') }}
    where effort is not null
),

targets as (
    select * from {{ ref('int_path_targets') }}
    where ineligibility_reason is null and is_in_the_rules
),

exact_paths as (
    select * from {{ ref('int_exact_paths') }}
),

rule_needs as (
    select * from {{ ref('int_rule_needs') }}
),

rules as (
    select * from {{ ref('stg_profile_rules') }}
),

list_rules as (
    select distinct
        rules.scorecard,
        rules.version,
        rules.profile,
        rules.rule,
        rules.priority
    from rules
),

find_blocked_rules as (
    select distinct
        rule_needs.client_id,
        rule_needs.scorecard,
        rule_needs.rule
    from rule_needs
    where rule_needs.least_steps is null
),

choose_rules as (
    select
        targets.client_id,
        targets.scorecard,
        targets.target_profile,
        list_rules.rule as path_rule,
        list_rules.priority
    from targets
    inner join list_rules
        on
            targets.scorecard = list_rules.scorecard
            and targets.version = list_rules.version
            and targets.target_profile = list_rules.profile
    left join exact_paths
        on
            targets.client_id = exact_paths.client_id
            and targets.scorecard = exact_paths.scorecard
            and targets.target_profile = exact_paths.target_profile
    left join find_blocked_rules
        on
            targets.client_id = find_blocked_rules.client_id
            and targets.scorecard = find_blocked_rules.scorecard
            and list_rules.rule = find_blocked_rules.rule
    where
        exact_paths.client_id is null
        and find_blocked_rules.client_id is null
),

list_steps as (
    select
        choose_rules.client_id,
        choose_rules.scorecard,
        choose_rules.target_profile,
        choose_rules.path_rule,
        choose_rules.priority,
        levers.metric,
        levers.metric_order,
        abs(levers.steps) as steps,
        levers.effort,
        levers.points_change,
        levers.weight_change,
        {%- for criterion in usage.gate_criteria %}
        levers.{{ criterion }}__changed_points,
        {%- endfor %}
        levers.value_needed,
        coalesce(rule_needs.least_steps, 0) as least_steps,
        case when abs(levers.steps) = rule_needs.least_steps then 1 else 0 end
            as is_needed
    from choose_rules
    inner join levers
        on
            choose_rules.client_id = levers.client_id
            and choose_rules.scorecard = levers.scorecard
    left join rule_needs
        on
            choose_rules.client_id = rule_needs.client_id
            and choose_rules.scorecard = rule_needs.scorecard
            and choose_rules.path_rule = rule_needs.rule
            and levers.metric = rule_needs.metric
    where abs(levers.steps) >= coalesce(rule_needs.least_steps, 0)
),

compare_with_before as (
    select
        max(
            case when list_steps.is_needed = 1 then list_steps.points_change end
        ) over ({{ lever }}) as needed_points_change,
        max(
            case when list_steps.is_needed = 1 then list_steps.effort end
        ) over ({{ lever }}) as needed_effort,
        {%- for change in changes %}
        list_steps.{{ change }} - coalesce(
            lag(list_steps.{{ change }}) over (
                {{ lever }} order by list_steps.steps
            ),
            0
        ) as {{ change }}_added,
        {%- endfor %}
        list_steps.*
    from list_steps
),

-- Whole numbers only, so that every engine sorts them alike.
rate_steps as (
    select
        compare_with_before.*,
        case
            when compare_with_before.is_needed = 1 then null
            when
                compare_with_before.points_change
                <= coalesce(compare_with_before.needed_points_change, 0)
                then 0
            else {{ client_profiles.integer_divide(
                '1000000 * (compare_with_before.points_change'
                    ~ ' - coalesce(compare_with_before.needed_points_change, 0))',
                'compare_with_before.effort'
                    ~ ' - coalesce(compare_with_before.needed_effort, 0)'
            ) }}
        end as gain_per_effort
    from compare_with_before
),

-- A step is as good as the best level that it is on the way to.
look_ahead as (
    select
        rate_steps.*,
        max(rate_steps.gain_per_effort) over (
            partition by
                rate_steps.client_id,
                rate_steps.scorecard,
                rate_steps.path_rule,
                rate_steps.metric
            order by rate_steps.steps desc
            rows between unbounded preceding and current row
        ) as best_gain_per_effort
    from rate_steps
),

order_steps as (
    select
        look_ahead.*,
        row_number() over (
            partition by
                look_ahead.client_id, look_ahead.scorecard, look_ahead.path_rule
            order by
                look_ahead.is_needed desc,
                case
                    when look_ahead.is_needed = 0
                        then look_ahead.best_gain_per_effort
                end desc,
                look_ahead.metric_order asc,
                look_ahead.steps asc
        ) as place
    from look_ahead
    where
        {{ client_profiles.rows_kept('and') -}}
        (look_ahead.is_needed = 1 or look_ahead.best_gain_per_effort > 0)
),

add_up_steps as (
    select
        order_steps.client_id,
        order_steps.scorecard,
        order_steps.target_profile,
        order_steps.path_rule,
        order_steps.priority,
        order_steps.place,
        {%- for criterion in usage.gate_criteria %}
        sum(order_steps.{{ criterion }}__changed_points_added) {{ so_far }}
            as {{ criterion }}__path_points,
        {%- endfor %}
        {%- for metric in usage.gate_metrics %}
        sum(
            case
                when order_steps.metric = '{{ metric }}'
                    then order_steps.value_needed_added
            end
        ) {{ so_far }} as {{ metric }}__path_value,
        {%- endfor %}
        cast(sum(order_steps.points_change_added) {{ so_far }} as bigint)
            as points_change,
        cast(sum(order_steps.weight_change_added) {{ so_far }} as bigint)
            as weight_change
    from order_steps
),

change_clients as {{ client_profiles.computed_once() }} (
    select
        add_up_steps.*,
        current_scores.version,
        {{ client_profiles.changed_client(
            usage, 'current_scores',
            'cast(add_up_steps.{criterion}__path_points as decimal(5, 2))',
            'add_up_steps.{metric}__path_value',
        ) }}
        {{ client_profiles.weighted_score(
            'current_scores.weighted_points + add_up_steps.points_change',
            'current_scores.available_weight + add_up_steps.weight_change',
        ) }} as score
    from add_up_steps
    inner join current_scores
        on
            add_up_steps.client_id = current_scores.client_id
            and add_up_steps.scorecard = current_scores.scorecard
),

judge_steps as (
    {{ client_profiles.judge_by_rules('change_clients', versions) }}
),

rank_landings as (
    select
        judge_steps.*,
        row_number() over (
            partition by
                judge_steps.client_id,
                judge_steps.scorecard,
                judge_steps.path_rule
            order by judge_steps.place
        ) as landing
    from judge_steps
    where
        {{ client_profiles.rows_kept('and') -}}
        judge_steps.computed_profile = judge_steps.target_profile
),

list_path_levers as (
    select
        order_steps.client_id,
        order_steps.scorecard,
        order_steps.path_rule,
        order_steps.metric,
        max(order_steps.steps) as steps
    from order_steps
    inner join rank_landings
        on
            order_steps.client_id = rank_landings.client_id
            and order_steps.scorecard = rank_landings.scorecard
            and order_steps.path_rule = rank_landings.path_rule
    where
        {{ client_profiles.rows_kept('and') -}}
        rank_landings.landing = 1
        and order_steps.place <= rank_landings.place
    group by
        order_steps.client_id,
        order_steps.scorecard,
        order_steps.path_rule,
        order_steps.metric
),

list_lower_levels as (
    select
        levers.client_id,
        levers.scorecard,
        levers.metric,
        abs(levers.steps) as steps,
        levers.effort,
        levers.points_change,
        levers.weight_change,
        {%- for criterion in usage.gate_criteria %}
        levers.{{ criterion }}__changed_points,
        {%- endfor %}
        levers.value_needed
    from levers
    union all
    select
        list_path_levers.client_id,
        list_path_levers.scorecard,
        list_path_levers.metric,
        0 as steps,
        0 as effort,
        cast(0 as bigint) as points_change,
        cast(0 as bigint) as weight_change,
        {%- for criterion in usage.gate_criteria %}
        cast(null as decimal(5, 2)) as {{ criterion }}__changed_points,
        {%- endfor %}
        cast(null as decimal(18, 6)) as value_needed
    from list_path_levers
    group by
        list_path_levers.client_id,
        list_path_levers.scorecard,
        list_path_levers.metric
),

lower_levers as (
    select
        list_path_levers.client_id,
        list_path_levers.scorecard,
        list_path_levers.path_rule,
        rank_landings.target_profile,
        list_path_levers.metric,
        levers.metric_order,
        list_lower_levels.steps,
        levers.effort - list_lower_levels.effort as effort_saved,
        {%- for criterion in usage.gate_criteria %}
        case
            when levers.{{ criterion }}__changed_points is not null
                then list_lower_levels.{{ criterion }}__changed_points
            else
                cast(
                    rank_landings.{{ criterion }}__path_points as decimal(5, 2)
                )
        end as {{ criterion }}__path_points,
        {%- endfor %}
        {%- for metric in usage.gate_metrics %}
        case
            when list_path_levers.metric = '{{ metric }}'
                then list_lower_levels.value_needed
            else rank_landings.{{ metric }}__path_value
        end as {{ metric }}__path_value,
        {%- endfor %}
        rank_landings.points_change
        - levers.points_change
        + list_lower_levels.points_change as points_change,
        rank_landings.weight_change
        - levers.weight_change
        + list_lower_levels.weight_change as weight_change
    from list_path_levers
    inner join rank_landings
        on
            list_path_levers.client_id = rank_landings.client_id
            and list_path_levers.scorecard = rank_landings.scorecard
            and list_path_levers.path_rule = rank_landings.path_rule
            and rank_landings.landing = 1
    inner join levers
        on
            list_path_levers.client_id = levers.client_id
            and list_path_levers.scorecard = levers.scorecard
            and list_path_levers.metric = levers.metric
            and list_path_levers.steps = abs(levers.steps)
    inner join list_lower_levels
        on
            list_path_levers.client_id = list_lower_levels.client_id
            and list_path_levers.scorecard = list_lower_levels.scorecard
            and list_path_levers.metric = list_lower_levels.metric
            and list_path_levers.steps > list_lower_levels.steps
),

change_clients_less as {{ client_profiles.computed_once() }} (
    select
        lower_levers.*,
        current_scores.version,
        {{ client_profiles.changed_client(
            usage, 'current_scores',
            'lower_levers.{criterion}__path_points',
            'lower_levers.{metric}__path_value',
        ) }}
        {{ client_profiles.weighted_score(
            'current_scores.weighted_points + lower_levers.points_change',
            'current_scores.available_weight + lower_levers.weight_change',
        ) }} as score
    from lower_levers
    inner join current_scores
        on
            lower_levers.client_id = current_scores.client_id
            and lower_levers.scorecard = current_scores.scorecard
),

judge_less as (
    {{ client_profiles.judge_by_rules('change_clients_less', versions) }}
),

rank_savings as (
    select
        judge_less.*,
        row_number() over (
            partition by
                judge_less.client_id, judge_less.scorecard, judge_less.path_rule
            order by
                judge_less.effort_saved desc,
                judge_less.metric_order asc,
                judge_less.steps asc
        ) as saving
    from judge_less
    where judge_less.computed_profile = judge_less.target_profile
),

apply_savings as (
    select
        list_path_levers.client_id,
        list_path_levers.scorecard,
        list_path_levers.path_rule,
        list_path_levers.metric,
        coalesce(rank_savings.steps, list_path_levers.steps) as steps
    from list_path_levers
    left join rank_savings
        on
            list_path_levers.client_id = rank_savings.client_id
            and list_path_levers.scorecard = rank_savings.scorecard
            and list_path_levers.path_rule = rank_savings.path_rule
            and list_path_levers.metric = rank_savings.metric
            and rank_savings.saving = 1
    {{- client_profiles.rows_kept() }}
),

sum_up_paths as (
    select
        apply_savings.client_id,
        apply_savings.scorecard,
        apply_savings.path_rule,
        count(*) as levers,
        sum(apply_savings.steps) as steps,
        sum(levers.effort) as effort
    from apply_savings
    inner join levers
        on
            apply_savings.client_id = levers.client_id
            and apply_savings.scorecard = levers.scorecard
            and apply_savings.metric = levers.metric
            and apply_savings.steps = abs(levers.steps)
    group by
        apply_savings.client_id,
        apply_savings.scorecard,
        apply_savings.path_rule
),

rank_rules as (
    select
        sum_up_paths.*,
        choose_rules.target_profile,
        row_number() over (
            partition by
                sum_up_paths.client_id,
                sum_up_paths.scorecard,
                choose_rules.target_profile
            order by
                sum_up_paths.effort,
                sum_up_paths.levers,
                sum_up_paths.steps,
                choose_rules.priority
        ) as place
    from sum_up_paths
    inner join choose_rules
        on
            sum_up_paths.client_id = choose_rules.client_id
            and sum_up_paths.scorecard = choose_rules.scorecard
            and sum_up_paths.path_rule = choose_rules.path_rule
)

select
    levers.client_id,
    levers.scorecard,
    levers.version,
    rank_rules.target_profile,
    levers.metric,
    levers.rules_fingerprint,
    levers.steps,
    levers.period_start
from rank_rules
inner join apply_savings
    on
        rank_rules.client_id = apply_savings.client_id
        and rank_rules.scorecard = apply_savings.scorecard
        and rank_rules.path_rule = apply_savings.path_rule
inner join levers
    on
        apply_savings.client_id = levers.client_id
        and apply_savings.scorecard = levers.scorecard
        and apply_savings.metric = levers.metric
        and apply_savings.steps = abs(levers.steps)
where rank_rules.place = 1
