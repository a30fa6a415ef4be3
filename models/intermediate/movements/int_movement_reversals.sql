{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook=client_profiles.new_periods_pre_hooks(),
) }}
{#- The smallest set of changes whose reversal gives a moved client the profile
    it had. Every set is tried: the client's values, the others and the rules
    are put back as the set says, and the rules decide again. -#}
{%- set versions = client_profiles.scorecard_rules()
    | selectattr('status', 'equalto', 'approved') | list -%}
{%- set usage = client_profiles.rule_usage(versions) -%}
{%- set is_later_run = is_incremental() -%}
{%- set wanted = client_profiles.periods_to_score(
    client_profiles.first_periods_to_score(this, versions)
) if is_later_run else '1 = 1' -%}
{%- set point_criteria = usage.gate_criteria -%}
with movement_changes as (
    select * from {{ ref('int_movement_changes') }}
    where {{ wanted }}
),

movements as (
    select * from {{ ref('fct_profile_movements') }}
),

pairs as (
    select * from {{ ref('int_period_pairs') }}
    where is_movement
),

score_changes as (
    select * from {{ ref('int_score_changes') }}
),

override_changes as (
    select * from {{ ref('int_override_changes') }}
),

metric_history as (
    select * from {{ ref('int_metric_history') }}
),

assignments as (
    select * from {{ ref('int_profile_assignments') }}
),

list_digits as (
    select digits.digit from (values (0), (1)) as digits (digit)
),

list_sets as (
    select
        0
        {%- for power in range(10) %}
        + {{ 2 ** power }} * digit_{{ power }}.digit
        {%- endfor %} as set_number,
        0
        {%- for power in range(10) %}
        + digit_{{ power }}.digit
        {%- endfor %} as set_size
    from list_digits as digit_0
    cross join list_digits as digit_1
    cross join list_digits as digit_2
    cross join list_digits as digit_3
    cross join list_digits as digit_4
    cross join list_digits as digit_5
    cross join list_digits as digit_6
    cross join list_digits as digit_7
    cross join list_digits as digit_8
    cross join list_digits as digit_9
),

gather_changes as (
    select
        movement_changes.movement_id,
        movement_changes.client_id,
        movement_changes.scorecard,
        max(movement_changes.changes) as changes,
        max(movement_changes.sets) as sets,
        {%- for change in ['population', 'rules', 'override'] %}
        max(
            case
                when movement_changes.change = '{{ change }}'
                    then movement_changes.digit
            end
        ) as {{ change }}_digit,
        {%- endfor %}
        {%- for metric in usage.gate_metrics %}
        max(
            case
                when movement_changes.metric = '{{ metric | lower }}'
                    then movement_changes.digit
            end
        ) as {{ metric }}__digit,
        {%- endfor %}
        movement_changes.period_before,
        movement_changes.period_start
    from movement_changes
    group by
        movement_changes.movement_id,
        movement_changes.client_id,
        movement_changes.scorecard,
        movement_changes.period_before,
        movement_changes.period_start
),

describe_movements as (
    select
        gather_changes.*,
        movements.from_profile,
        pairs.version_before,
        assignments.version,
        assignments.score as score_after,
        assignments.tenure_months,
        assignments.confirmed_profile,
        override_changes.override_profile_before,
        {%- for metric in usage.gate_metrics %}
        metrics_before.{{ metric }} as {{ metric }}__before,
        metrics_after.{{ metric }} as {{ metric }}__after,
        {%- endfor %}
        case
            when assignments.assignment_source = 'override'
                then assignments.profile
        end as override_profile
    from gather_changes
    inner join movements
        on gather_changes.movement_id = movements.movement_id
    inner join assignments
        on
            gather_changes.client_id = assignments.client_id
            and gather_changes.scorecard = assignments.scorecard
            and gather_changes.period_start = assignments.period_start
    left join pairs
        on
            gather_changes.client_id = pairs.client_id
            and gather_changes.scorecard = pairs.scorecard
            and gather_changes.period_before = pairs.period_before
            and gather_changes.period_start = pairs.period_start
    left join override_changes
        on
            gather_changes.client_id = override_changes.client_id
            and gather_changes.scorecard = override_changes.scorecard
            and gather_changes.period_start = override_changes.period_start
    left join metric_history as metrics_before
        on
            gather_changes.client_id = metrics_before.client_id
            and gather_changes.period_before = metrics_before.period_start
    left join metric_history as metrics_after
        on
            gather_changes.client_id = metrics_after.client_id
            and gather_changes.period_start = metrics_after.period_start
),

combine as (
    select
        describe_movements.*,
        list_sets.set_number,
        list_sets.set_size
    from describe_movements
    inner join list_sets
        on describe_movements.sets > list_sets.set_number
),

put_back as {{ client_profiles.computed_once() }} (
    select
        combine.*,
        {{ client_profiles.is_in_set(
            'combine.set_number', 'combine.population_digit'
        ) }} as population_is_back,
        {{ client_profiles.is_in_set(
            'combine.set_number', 'combine.rules_digit'
        ) }} as rules_are_back,
        {{ client_profiles.is_in_set(
            'combine.set_number', 'combine.override_digit'
        ) }} as override_is_back
    from combine
    {{- client_profiles.rows_kept() }}
),

join_criteria as {{ client_profiles.computed_once() }} (
    select
        combine.movement_id,
        combine.set_number,
        score_changes.criterion,
        combine.population_is_back,
        combine.rules_are_back,
        {{ client_profiles.is_in_set(
            'combine.set_number', 'movement_changes.digit'
        ) }} as own_is_back,
        {%- for own in ['0', '1'] %}
        {%- for rules in ['0', '1'] %}
        score_changes.metric_{{ own }}{{ rules }},
        {%- for others in ['0', '1'] %}
        score_changes.points_{{ own }}{{ others }}{{ rules }},
        {%- endfor %}
        {%- endfor %}
        {%- endfor %}
        cast(
            1000000 * case
                when combine.rules_are_back = 1 then score_changes.weight_before
                else score_changes.weight_after
            end
            as bigint
        ) as weight
    from put_back as combine
    inner join score_changes
        on
            combine.client_id = score_changes.client_id
            and combine.scorecard = score_changes.scorecard
            and combine.period_before = score_changes.period_before
            and combine.period_start = score_changes.period_start
    left join movement_changes
        on
            combine.movement_id = movement_changes.movement_id
            and score_changes.metric = movement_changes.metric
),

give_points as {{ client_profiles.computed_once() }} (
    select
        join_criteria.movement_id,
        join_criteria.set_number,
        join_criteria.criterion,
        join_criteria.weight,
        cast(
            100 * case
                {%- for own in ['0', '1'] %}
                {%- for others in ['0', '1'] %}
                {%- for rules in ['0', '1'] %}
                when
                    join_criteria.own_is_back <> {{ own }}
                    and join_criteria.population_is_back <> {{ others }}
                    and join_criteria.rules_are_back <> {{ rules }}
                    then join_criteria.points_{{ own }}{{ others }}{{ rules }}
                {%- endfor %}
                {%- endfor %}
                {%- endfor %}
            end
            as bigint
        ) as points,
        case
            {%- for own in ['0', '1'] %}
            {%- for rules in ['0', '1'] %}
            when
                join_criteria.own_is_back <> {{ own }}
                and join_criteria.rules_are_back <> {{ rules }}
                and join_criteria.metric_{{ own }}{{ rules }} is not null
                then join_criteria.weight
            {%- endfor %}
            {%- endfor %}
            else 0
        end as known_weight
    from join_criteria
),

weigh_points as (
    select
        give_points.movement_id,
        give_points.set_number,
        {%- for criterion in point_criteria %}
        cast(
            0.01 * max(
                case
                    when give_points.criterion = '{{ criterion }}'
                        then give_points.points
                end
            ) as decimal(5, 2)
        ) as {{ criterion }}__points,
        {%- endfor %}
        cast(sum(give_points.known_weight) as bigint) as known_weight,
        cast(
            sum(give_points.weight * give_points.points) as bigint
        ) as weighted_points,
        cast(
            sum(
                case
                    when give_points.points is not null then give_points.weight
                end
            ) as bigint
        ) as available_weight
    from give_points
    group by give_points.movement_id, give_points.set_number
),

score_again as {{ client_profiles.computed_once() }} (
    select
        combine.movement_id,
        combine.scorecard,
        combine.period_start,
        combine.from_profile,
        combine.changes,
        combine.set_number,
        combine.set_size,
        combine.score_after,
        combine.tenure_months,
        combine.confirmed_profile,
        combine.override_digit,
        weigh_points.known_weight,
        case
            when combine.rules_are_back = 1 then combine.version_before
            else combine.version
        end as version,
        case
            when combine.override_is_back = 1
                then combine.override_profile_before
            else combine.override_profile
        end as override_profile,
        {%- for metric in usage.gate_metrics %}
        case
            when {{ client_profiles.is_in_set(
            'combine.set_number', 'combine.' ~ metric ~ '__digit'
        ) }} = 1
                then combine.{{ metric }}__before
            else combine.{{ metric }}__after
        end as metric__{{ metric | lower }},
        {%- endfor %}
        {%- for criterion in point_criteria %}
        weigh_points.{{ criterion }}__points,
        {%- endfor %}
        {{ client_profiles.weighted_score(
            'weigh_points.weighted_points', 'weigh_points.available_weight'
        ) }} as score
    from put_back as combine
    left join weigh_points
        on
            combine.movement_id = weigh_points.movement_id
            and combine.set_number = weigh_points.set_number
),

judge_again as {{ client_profiles.computed_once() }} (
    select
        score_again.*,
        case
            {%- for version in versions %}
            when
                {{ client_profiles.is_version(version, 'score_again') }}
                and (
                    score_again.tenure_months
                    < {{ version.minimum_tenure_months }}
                    or score_again.known_weight
                    < {{ version.minimum_coverage }}
                )
                then 0
            {%- endfor %}
            when score_again.known_weight = 0 then 0
            else 1
        end as is_eligible,
        {{ client_profiles.deciding_rule('score_again', versions) }} as rule
    from score_again
),

name_profiles as (
    select
        judge_again.*,
        case
            when judge_again.override_profile is not null
                then judge_again.override_profile
            -- What the rules said before still has to be confirmed.
            when judge_again.set_number = judge_again.override_digit
                then judge_again.confirmed_profile
            when judge_again.is_eligible = 0 then 'not_yet_eligible'
            else {{ client_profiles.profile_of_rule('judge_again', versions) }}
        end as profile
    from judge_again
),

rank_sets as (
    select
        name_profiles.*,
        row_number() over (
            partition by name_profiles.movement_id
            order by
                name_profiles.set_size asc,
                {{ client_profiles.is_in_set(
                    'name_profiles.set_number', 'name_profiles.override_digit'
                ) }} desc,
                coalesce(
                    abs(name_profiles.score - name_profiles.score_after), 0
                ) desc,
                name_profiles.set_number desc
        ) as place,
        min(name_profiles.set_size) over (
            partition by name_profiles.movement_id
        ) as smallest_size
    from name_profiles
    where
        name_profiles.set_number > 0
        and name_profiles.profile = name_profiles.from_profile
)

select
    rank_sets.movement_id,
    rank_sets.scorecard,
    max(rank_sets.changes) as changes,
    max(
        case when rank_sets.place = 1 then rank_sets.set_number end
    ) as set_number,
    cast(sum(
        case when rank_sets.set_size = rank_sets.smallest_size then 1 else 0 end
    ) as integer) as equally_small_sets,
    rank_sets.period_start
from rank_sets
group by
    rank_sets.movement_id,
    rank_sets.scorecard,
    rank_sets.period_start
