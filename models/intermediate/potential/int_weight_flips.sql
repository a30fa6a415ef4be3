{{ config(
    materialized='table',
    pre_hook="{{ client_profiles.plan_compiled_sql() }}",
) }}
{#- The smallest change of each criterion's weight that leads to another profile,
    the other weights being rescaled in proportion, so that all sum to 1 again.

    Weights are whole millionths and points whole hundredths. With the weight at
    x of 1000000 instead of w, the others count (1000000 - x) / (1000000 - w) of
    what they do. Whether the rounded score meets a bound is then a linear
    inequality in x, and so is whether enough is known. Nothing else changes
    between the numbers at which one of them turns, so only these are scored. -#}
{%- set versions = client_profiles.versions_in_force() -%}
{%- set usage = client_profiles.rule_usage(versions) -%}
{%- set weighted = [] -%}
{%- for version in versions -%}
    {%- for criterion in version.criteria if criterion.weight < 1000000 -%}
        {%- do weighted.append({'version': version, 'criterion': criterion}) -%}
    {%- endfor -%}
{%- endfor -%}
with current_scores as (
    select * from {{ ref('int_current_scores') }}
    where ineligibility_reason is null
),

score_bounds as (
    select * from {{ ref('int_score_bounds') }}
),

-- A criterion with all the weight leaves nothing to rescale.
list_weights as (
    {%- for each in weighted %}
    {{ 'union all' if not loop.first }}
    select
        current_scores.client_id,
        current_scores.scorecard,
        current_scores.version,
        '{{ each.criterion.criterion }}' as criterion,
        cast({{ each.criterion.weight }} as bigint) as weight,
        cast({{ each.version.minimum_coverage }} as bigint) as minimum_coverage,
        cast(
            100 * coalesce(
                current_scores.{{ each.criterion.criterion }}__points, 0
            ) as bigint
        ) as points,
        case
            when current_scores.{{ each.criterion.criterion }}__points is null
                then 0
            else 1
        end as has_points,
        case
            when current_scores.{{ each.criterion.criterion }}__metric is null
                then 0
            else 1
        end as is_known
    from current_scores
    where {{ client_profiles.is_version(each.version, 'current_scores') }}
    {%- else %}
    select
        current_scores.client_id,
        current_scores.scorecard,
        current_scores.version,
        cast(null as {{ dbt.type_string() }}) as criterion,
        cast(0 as bigint) as weight,
        cast(0 as bigint) as minimum_coverage,
        cast(0 as bigint) as points,
        0 as has_points,
        0 as is_known
    from current_scores
    where 1 = 0
    {%- endfor %}
),

-- What the other criteria bring, as their weights are.
set_apart as (
    select
        list_weights.*,
        1000000 - list_weights.weight as others_weight,
        current_scores.weighted_points
        - list_weights.weight * list_weights.points as others_points,
        current_scores.available_weight
        - list_weights.weight * list_weights.has_points as others_available,
        current_scores.known_weight
        - list_weights.weight * list_weights.is_known as others_known,
        cast(current_scores.score * 10000 as bigint) as score_units
    from list_weights
    inner join current_scores
        on
            list_weights.client_id = current_scores.client_id
            and list_weights.scorecard = current_scores.scorecard
),

-- Each is met where slope * x + 1000000 * start is not negative.
list_inequalities as (
    select
        set_apart.client_id,
        set_apart.scorecard,
        set_apart.criterion,
        case
            when set_apart.score_units >= score_bounds.score_units then 1
            else 0
        end as is_met,
        200 * set_apart.others_points
        - (2 * score_bounds.score_units - 1) * set_apart.others_available
            as start,
        set_apart.others_weight * (
            200 * set_apart.points
            - (2 * score_bounds.score_units - 1) * set_apart.has_points
        )
        - 200 * set_apart.others_points
        + (2 * score_bounds.score_units - 1) * set_apart.others_available
            as slope
    from set_apart
    inner join score_bounds
        on
            set_apart.scorecard = score_bounds.scorecard
            and set_apart.version = score_bounds.version
    union all
    select
        set_apart.client_id,
        set_apart.scorecard,
        set_apart.criterion,
        1 as is_met,
        1000000 * set_apart.others_known
        - set_apart.minimum_coverage * set_apart.others_weight as start,
        1000000 * (
            set_apart.others_weight * set_apart.is_known - set_apart.others_known
        ) as slope
    from set_apart
),

solve as (
    select
        list_inequalities.*,
        case
            when list_inequalities.slope > 0 and list_inequalities.start < 0
                then {{ client_profiles.integer_divide(
                    '-1000000 * list_inequalities.start'
                        ~ ' + list_inequalities.slope - 1',
                    'list_inequalities.slope'
                ) }} - list_inequalities.is_met
            when list_inequalities.slope < 0 and list_inequalities.start >= 0
                then {{ client_profiles.integer_divide(
                    '1000000 * list_inequalities.start',
                    'abs(list_inequalities.slope)'
                ) }} + list_inequalities.is_met
        end as weight_needed
    from list_inequalities
),

-- At both ends, where a criterion decides alone or not at all, nothing may be
-- known any more.
list_candidates as (
    select
        solve.client_id,
        solve.scorecard,
        solve.criterion,
        solve.weight_needed
    from solve
    where solve.weight_needed between 0 and 1000000
    {%- for end in [0, 1000000] %}
    union
    select
        set_apart.client_id,
        set_apart.scorecard,
        set_apart.criterion,
        {{ end }} as weight_needed
    from set_apart
    {%- endfor %}
),

rescale as (
    select
        set_apart.*,
        list_candidates.weight_needed,
        list_candidates.weight_needed * set_apart.others_weight
        * set_apart.points
        + (1000000 - list_candidates.weight_needed) * set_apart.others_points
            as rescaled_points,
        list_candidates.weight_needed * set_apart.others_weight
        * set_apart.has_points
        + (1000000 - list_candidates.weight_needed) * set_apart.others_available
            as rescaled_weight,
        list_candidates.weight_needed * set_apart.others_weight
        * set_apart.is_known
        + (1000000 - list_candidates.weight_needed) * set_apart.others_known
            as rescaled_known
    from list_candidates
    inner join set_apart
        on
            list_candidates.client_id = set_apart.client_id
            and list_candidates.scorecard = set_apart.scorecard
            and list_candidates.criterion = set_apart.criterion
    where list_candidates.weight_needed <> set_apart.weight
),

change_clients as {{ client_profiles.computed_once() }} (
    select
        rescale.client_id,
        rescale.scorecard,
        rescale.version,
        rescale.criterion,
        current_scores.rules_fingerprint,
        current_scores.computed_profile as computed_profile_now,
        rescale.weight,
        rescale.weight_needed,
        {{ client_profiles.changed_client(
            usage, 'current_scores',
            reason="case when rescale.rescaled_known = 0 then 'nothing_known'"
                ~ ' when rescale.rescaled_known'
                ~ ' < rescale.minimum_coverage * rescale.others_weight'
                ~ " then 'coverage' end",
        ) }}
        {{ client_profiles.weighted_score(
            'rescale.rescaled_points', 'rescale.rescaled_weight'
        ) }} as score,
        current_scores.period_start
    from rescale
    inner join current_scores
        on
            rescale.client_id = current_scores.client_id
            and rescale.scorecard = current_scores.scorecard
),

judge_weights as (
    {{ client_profiles.judge_by_rules('change_clients', versions) }}
),

rank_flips as (
    select
        judge_weights.*,
        row_number() over (
            partition by
                judge_weights.client_id,
                judge_weights.scorecard,
                judge_weights.criterion
            order by
                abs(judge_weights.weight_needed - judge_weights.weight),
                judge_weights.weight_needed desc
        ) as place
    from judge_weights
    where judge_weights.computed_profile <> judge_weights.computed_profile_now
)

select
    rank_flips.client_id,
    rank_flips.scorecard,
    rank_flips.version,
    rank_flips.criterion,
    rank_flips.computed_profile,
    rank_flips.rules_fingerprint,
    cast(0.000001 * rank_flips.weight as decimal(7, 6)) as weight_now,
    cast(0.000001 * rank_flips.weight_needed as decimal(7, 6)) as weight_needed,
    cast(
        0.000001 * (rank_flips.weight_needed - rank_flips.weight)
        as decimal(7, 6)
    ) as weight_change,
    rank_flips.period_start
from rank_flips
where rank_flips.place = 1
