{{ config(
    materialized='table',
    pre_hook="{{ client_profiles.plan_compiled_sql() }}",
) }}
{#- What one metric alone would change. All numbers at which something changes
    for a client, edges of score bands and bounds of rules, part a metric's
    values into levels; crossing one of them is a step. Edges of criteria that
    look at places among all are turned into values of the metric first, with
    the other clients' values as they are. -#}
{%- set versions = client_profiles.versions_in_force() -%}
{%- set usage = client_profiles.rule_usage(versions) -%}
{#- Below every value: where the lowest band begins. -#}
{%- set least = "cast('-999999999999.999999' as decimal(18, 6))" -%}
with current_scores as (
    select * from {{ ref('int_current_scores') }}
    where ineligibility_reason is null
),

version_metrics as (
    select * from {{ ref('int_version_metrics') }}
),

weights as (
    select * from {{ ref('stg_criterion_weights') }}
),

bands as (
    select * from {{ ref('stg_score_bands') }}
),

criteria as (
    select * from {{ ref('stg_criteria') }}
),

rules as (
    select * from {{ ref('stg_profile_rules') }}
),

-- One row for each criterion that looks at a metric, and one where rules do. A
-- carried value is the same for all that still accept it.
list_values as (
    {%- set parts = [] %}
    {%- for version in versions %}
    {%- set gates = client_profiles.rule_usage([version]).gate_metrics %}
    {%- for metric in client_profiles.rule_usage([version]).metrics %}
    {%- set known = ['current_scores.metric__' ~ metric] if metric in gates else [] %}
    {%- set names = version.criteria | selectattr('metric', 'equalto', metric)
        | map(attribute='criterion') | list %}
    {%- for name in names %}
    {%- do known.append('current_scores.' ~ name ~ '__metric') %}
    {%- endfor %}
    {%- for name in names + ([''] if metric in gates else []) %}
    {%- do parts.append({
        'version': version, 'metric': metric, 'criterion': name, 'known': known,
    }) %}
    {%- endfor %}
    {%- endfor %}
    {%- endfor %}
    {%- for part in parts %}
    {{ 'union all' if not loop.first }}
    select
        current_scores.client_id,
        current_scores.scorecard,
        current_scores.version,
        '{{ part.metric }}' as metric,
        '{{ part.criterion }}' as criterion,
        coalesce({{ part.known | join(', ') }}) as value_now,
        {%- if part.criterion %}
        case
            when current_scores.{{ part.criterion }}__metric is null then 0
            else 1
        end as is_member,
        cast(100 * current_scores.{{ part.criterion }}__points as bigint)
            as points_now
        {%- else %}
        1 as is_member,
        cast(null as bigint) as points_now
        {%- endif %}
    from current_scores
    where
        {{ client_profiles.rows_kept('and') if loop.first -}}
        {{ client_profiles.is_version(part.version, 'current_scores') }}
        and coalesce({{ part.known | join(', ') }}) is not null
    {%- else %}
    select
        current_scores.client_id,
        current_scores.scorecard,
        current_scores.version,
        cast(null as {{ dbt.type_string() }}) as metric,
        cast(null as {{ dbt.type_string() }}) as criterion,
        cast(null as decimal(18, 6)) as value_now,
        1 as is_member,
        cast(null as bigint) as points_now
    from current_scores
    where 1 = 0
    {%- endfor %}
),

-- The lowest band begins nowhere.
list_edges as (
    select
        bands.scorecard,
        bands.version,
        lower(criteria.metric) as metric,
        bands.criterion,
        weights.normalization,
        bands.lower_bound,
        cast(weights.weight * 1000000 as bigint) as weight,
        cast(bands.points * 100 as bigint) as points,
        lag(cast(bands.points * 100 as bigint)) over (
            partition by bands.scorecard, bands.version, bands.criterion
            order by
                case when bands.lower_bound is null then 0 else 1 end,
                bands.lower_bound
        ) as points_below
    from bands
    inner join weights
        on
            bands.scorecard = weights.scorecard
            and bands.version = weights.version
            and bands.criterion = weights.criterion
    inner join criteria on bands.criterion = criteria.criterion
    {%- for bound in ['lower_bound', 'upper_bound', 'cast(null as decimal(18, 6))'] %}
    union
    select
        rules.scorecard,
        rules.version,
        lower(rules.subject_name) as metric,
        '' as criterion,
        'none' as normalization,
        {{ bound if loop.last else 'rules.' ~ bound }} as lower_bound,
        cast(0 as bigint) as weight,
        cast(0 as bigint) as points,
        cast(0 as bigint) as points_below
    from rules
    where
        rules.subject = 'metric'
        {{- '' if loop.last else ' and rules.' ~ bound ~ ' is not null' }}
    {%- endfor %}
),

line_up as (
    select
        list_values.scorecard,
        list_values.version,
        list_values.criterion,
        list_values.value_now,
        row_number() over (
            partition by list_values.scorecard, list_values.criterion
            order by list_values.value_now
        ) as place,
        row_number() over (
            partition by list_values.scorecard, list_values.criterion
            order by list_values.value_now desc
        ) as place_from_highest,
        count(*) over (
            partition by list_values.scorecard, list_values.criterion
            order by list_values.value_now
        ) as members_up_to,
        count(*) over (
            partition by list_values.scorecard, list_values.criterion
        ) as members
    from list_values
    inner join weights
        on
            list_values.scorecard = weights.scorecard
            and list_values.version = weights.version
            and list_values.criterion = weights.criterion
    where
        {{ client_profiles.rows_kept('and') -}}
        list_values.is_member = 1
        and weights.normalization <> 'none'
),

describe_populations as (
    select
        line_up.scorecard,
        line_up.criterion,
        max(line_up.members) as members,
        {%- for extreme, column in [
            ('lowest', 'place'), ('highest', 'place_from_highest'),
        ] %}
        {%- for place in [1, 2] %}
        max(
            case when line_up.{{ column }} = {{ place }} then line_up.value_now end
        ) as {{ extreme }}_{{ place }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from line_up
    group by line_up.scorecard, line_up.criterion
),

-- A client that has no value yet has one other more.
say_who_looks as (
    select
        list_edges.*,
        members.is_member,
        describe_populations.lowest_1,
        describe_populations.lowest_2,
        describe_populations.highest_1,
        describe_populations.highest_2,
        coalesce(describe_populations.members, 0) - members.is_member as others,
        case
            when list_edges.normalization <> 'none'
                then cast(list_edges.lower_bound * 1000000 as bigint)
        end as position_needed
    from list_edges
    cross join (
        select 1 as is_member
        union all
        select 0 as is_member
    ) as members
    left join describe_populations
        on
            list_edges.scorecard = describe_populations.scorecard
            and list_edges.criterion = describe_populations.criterion
),

-- How many others have to be below for the rounded position to reach the edge.
count_others_needed as (
    select
        say_who_looks.*,
        case
            when
                say_who_looks.normalization = 'percent_rank'
                and say_who_looks.position_needed > 0
                then {{ client_profiles.integer_divide(
                    'say_who_looks.others'
                        ~ ' * (2 * say_who_looks.position_needed - 1) + 1999999',
                    '2000000'
                ) }}
        end as others_needed
    from say_who_looks
),

-- With the client itself in the line, the value of the others at a place is that
-- of the place itself or of the next one.
find_places as (
    select
        count_others_needed.*,
        at_place.value_now as value_at_place,
        at_place.members_up_to as members_up_to_place,
        at_next.value_now as value_at_next,
        at_next.members_up_to as members_up_to_next
    from count_others_needed
    left join line_up as at_place
        on
            count_others_needed.scorecard = at_place.scorecard
            and count_others_needed.criterion = at_place.criterion
            and count_others_needed.others_needed = at_place.place
    left join line_up as at_next
        on
            count_others_needed.scorecard = at_next.scorecard
            and count_others_needed.criterion = at_next.criterion
            and count_others_needed.others_needed + 1 = at_next.place
),

look_at_others as (
    select
        list_values.client_id,
        list_values.scorecard,
        list_values.version,
        list_values.metric,
        list_values.criterion,
        list_values.value_now,
        list_values.points_now,
        find_places.normalization,
        find_places.lower_bound,
        find_places.position_needed,
        find_places.others,
        find_places.weight,
        find_places.points,
        find_places.points_below,
        case
            when
                find_places.is_member = 0
                or list_values.value_now > find_places.value_at_place
                then find_places.value_at_place
            else find_places.value_at_next
        end as value_to_pass,
        case
            when
                find_places.is_member = 0
                or list_values.value_now > find_places.value_at_place
                then find_places.members_up_to_place
            else find_places.members_up_to_next - 1
        end as others_passed,
        case
            when
                find_places.is_member = 1
                and list_values.value_now = find_places.lowest_1
                then find_places.lowest_2
            else find_places.lowest_1
        end as lowest_other,
        case
            when
                find_places.is_member = 1
                and list_values.value_now = find_places.highest_1
                then find_places.highest_2
            else find_places.highest_1
        end as highest_other
    from list_values
    inner join find_places
        on
            list_values.scorecard = find_places.scorecard
            and list_values.version = find_places.version
            and list_values.metric = find_places.metric
            and list_values.criterion = find_places.criterion
            and list_values.is_member = find_places.is_member
    where
        coalesce(find_places.position_needed, 0) <= 0
        or (
            find_places.others > 0
            and find_places.position_needed <= 1000000
        )
),

{%- set range -%}
    look_at_others.highest_other - look_at_others.lowest_other
{%- endset %}
{%- set part_needed -%}
    {{ client_profiles.large_integer_divide(
        client_profiles.large_integer(range)
            ~ ' * (2 * look_at_others.position_needed - 1) + 1999999',
        '2000000'
    ) }}
{%- endset %}

-- The least value that reaches the edge. Where all others are equal, the next
-- higher value is the highest already.
find_thresholds as (
    select
        look_at_others.*,
        cast(case
            when look_at_others.normalization = 'none'
                then look_at_others.lower_bound
            when coalesce(look_at_others.position_needed, 0) <= 0 then null
            when look_at_others.normalization = 'percent_rank'
                then look_at_others.value_to_pass + 0.000001
            else look_at_others.lowest_other + 0.000001 * case
                when {{ range }} = 0 then 1
                else cast({{ part_needed }} as bigint)
            end
        end as decimal(18, 6)) as threshold
    from look_at_others
    {{- client_profiles.rows_kept() }}
),

confirm_positions as (
    select
        find_thresholds.*,
        case find_thresholds.normalization
            when 'percent_rank'
                then {{ client_profiles.rank_position(
                    'find_thresholds.others_passed', 'find_thresholds.others'
                ) }}
            when 'min_max'
                then {{ client_profiles.range_position(
                    'find_thresholds.threshold',
                    'find_thresholds.lowest_other',
                    'case when find_thresholds.highest_other'
                        ~ ' > find_thresholds.threshold'
                        ~ ' then find_thresholds.highest_other'
                        ~ ' else find_thresholds.threshold end',
                ) }}
        end as position
    from find_thresholds
    where
        find_thresholds.normalization <> 'none'
        and find_thresholds.position_needed > 0
),

keep_reached as (
    {%- for step in ['find_thresholds', 'confirm_positions'] %}
    {{ 'union all' if not loop.first }}
    select
        {%- for column in [
            'client_id', 'scorecard', 'version', 'metric', 'criterion',
            'value_now', 'points_now', 'weight', 'points', 'points_below',
        ] %}
        {{ step }}.{{ column }},
        {%- endfor %}
        coalesce({{ step }}.threshold, {{ least }}) as threshold
    from {{ step }}
    where
        {%- if loop.first %}
        find_thresholds.normalization = 'none'
        or coalesce(find_thresholds.position_needed, 0) <= 0
        {%- else %}
        confirm_positions.position >= confirm_positions.lower_bound
        {%- endif %}
    {%- endfor %}
),

{%- set up_to_here -%}
            over (
                partition by
                    keep_reached.client_id,
                    keep_reached.scorecard,
                    keep_reached.metric
                order by keep_reached.threshold
            )
{%- endset %}
-- Sums over all thresholds up to a level: what it means for the points.
number_levels as (
    select
        keep_reached.client_id,
        keep_reached.scorecard,
        keep_reached.version,
        keep_reached.metric,
        keep_reached.value_now,
        keep_reached.threshold,
        version_metrics.least_value,
        version_metrics.effort,
        version_metrics.direction,
        version_metrics.metric_order,
        lead(keep_reached.threshold) {{ up_to_here }} as next_threshold,
        dense_rank() {{ up_to_here }} as level,
        sum(keep_reached.weight * (
            keep_reached.points
            - coalesce(keep_reached.points_below, keep_reached.points_now, 0)
        )) {{ up_to_here }} as points_change,
        sum(case
            when
                keep_reached.points_below is null
                and keep_reached.points_now is null
                then keep_reached.weight
            else 0
        end) {{ up_to_here }} as weight_change,
        {%- for criterion in usage.gate_criteria %}
        sum(case
            when keep_reached.criterion = '{{ criterion }}'
                then
                    keep_reached.points
                    - coalesce(keep_reached.points_below, 0)
        end) {{ up_to_here }} as {{ criterion }}__points,
        {%- endfor %}
        sum(case
            when keep_reached.criterion = version_metrics.criterion then 1
            else 0
        end) {{ up_to_here }} as band_number
    from keep_reached
    inner join version_metrics
        on
            keep_reached.scorecard = version_metrics.scorecard
            and keep_reached.metric = version_metrics.metric
),

{%- set same_metric -%}
        over (
            partition by
                number_levels.client_id,
                number_levels.scorecard,
                number_levels.metric
        )
{%- endset %}

find_own_levels as (
    select
        number_levels.*,
        max(case
            when number_levels.threshold <= number_levels.value_now
                then number_levels.level
        end) {{ same_metric }} as own_level,
        max(case
            when number_levels.threshold <= number_levels.value_now
                then number_levels.band_number
        end) {{ same_metric }} as own_band_number
    from number_levels
    where
        number_levels.next_threshold is null
        or number_levels.next_threshold > number_levels.threshold
),

take_steps as (
    select
        find_own_levels.*,
        cast(find_own_levels.level - find_own_levels.own_level as integer)
            as steps,
        cast(case
            when find_own_levels.level > find_own_levels.own_level
                then find_own_levels.threshold
            else find_own_levels.next_threshold - 0.000001
        end as decimal(18, 6)) as value_needed
    from find_own_levels
    where find_own_levels.level <> find_own_levels.own_level
),

change_clients as {{ client_profiles.computed_once() }} (
    select
        take_steps.client_id,
        take_steps.scorecard,
        take_steps.version,
        take_steps.metric,
        take_steps.metric_order,
        current_scores.rules_fingerprint,
        current_scores.computed_profile as computed_profile_now,
        current_scores.computed_rank as computed_rank_now,
        take_steps.steps,
        case
            when
                (take_steps.direction = 'higher_is_better')
                = (take_steps.steps > 0)
                then take_steps.effort * abs(take_steps.steps)
        end as effort,
        take_steps.value_now,
        take_steps.value_needed,
        cast(take_steps.points_change as bigint) as points_change,
        cast(take_steps.weight_change as bigint) as weight_change,
        {%- for criterion in usage.gate_criteria %}
        cast(0.01 * take_steps.{{ criterion }}__points as decimal(5, 2))
            as {{ criterion }}__changed_points,
        {%- endfor %}
        cast(take_steps.own_band_number as integer) as band_number_now,
        cast(take_steps.band_number as integer) as band_number,
        {{ client_profiles.changed_client(
            usage, 'current_scores',
            points='cast(0.01 * take_steps.{criterion}__points'
                ~ ' as decimal(5, 2))',
            metrics="case when take_steps.metric = '{metric}'"
                ~ ' then take_steps.value_needed end',
        ) }}
        {{ client_profiles.weighted_score(
            'current_scores.weighted_points + cast(take_steps.points_change'
                ~ ' as bigint)',
            'current_scores.available_weight + cast(take_steps.weight_change'
                ~ ' as bigint)',
        ) }} as score,
        current_scores.period_start
    from take_steps
    inner join current_scores
        on
            take_steps.client_id = current_scores.client_id
            and take_steps.scorecard = current_scores.scorecard
    where
        take_steps.least_value is null
        or take_steps.value_needed >= take_steps.least_value
),

judge_changes as (
    {{ client_profiles.judge_by_rules('change_clients', versions) }}
)

select
    judge_changes.client_id,
    judge_changes.scorecard,
    judge_changes.version,
    judge_changes.metric,
    judge_changes.computed_profile_now,
    judge_changes.computed_profile,
    judge_changes.rules_fingerprint,
    judge_changes.metric_order,
    judge_changes.computed_rank_now,
    judge_changes.steps,
    judge_changes.effort,
    judge_changes.band_number_now,
    judge_changes.band_number,
    judge_changes.points_change,
    judge_changes.weight_change,
    {%- for criterion in usage.gate_criteria %}
    judge_changes.{{ criterion }}__changed_points,
    {%- endfor %}
    judge_changes.value_now,
    judge_changes.value_needed,
    judge_changes.score,
    judge_changes.period_start
from judge_changes
