{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook=client_profiles.new_periods_pre_hooks(),
) }}
{#- What changed before a movement and could have caused it: each metric, the
    other clients, the rules, the decision by hand. Up to ten changes are told
    apart; from the tenth on they share a number. -#}
{%- set versions = client_profiles.scorecard_rules()
    | selectattr('status', 'equalto', 'approved') | list -%}
{%- set usage = client_profiles.rule_usage(versions) -%}
{%- set is_later_run = is_incremental() -%}
{%- set wanted = client_profiles.periods_to_score(
    client_profiles.first_periods_to_score(this, versions)
) if is_later_run else '1 = 1' -%}
with movements as (
    select * from {{ ref('fct_profile_movements') }}
    where
        from_profile <> 'not_yet_eligible'
        and to_profile <> 'not_yet_eligible'
        and {{ wanted }}
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

metric_labels as (
    select * from {{ ref('int_metric_labels') }}
),

-- A profile that had to be confirmed is compared with the last time that the
-- rules led to the one before.
number_pairs as (
    select
        movements.movement_id,
        movements.client_id,
        movements.scorecard,
        pairs.version_before,
        pairs.version,
        pairs.period_before,
        pairs.period_start,
        row_number() over (
            partition by movements.movement_id
            order by
                case when pairs.is_consecutive then 1 else 0 end,
                pairs.period_before desc
        ) as place
    from movements
    inner join pairs
        on
            movements.client_id = pairs.client_id
            and movements.scorecard = pairs.scorecard
            and movements.period_start = pairs.period_start
),

choose_pairs as (
    select * from number_pairs
    where
        {{ client_profiles.rows_kept('and') -}}
        place = 1
),

join_criteria as (
    select
        choose_pairs.movement_id,
        score_changes.criterion,
        score_changes.criterion_label,
        score_changes.metric,
        score_changes.metric_00,
        score_changes.metric_11,
        case
            when
                {%- for rest in ['00', '01', '10', '11'] %}
                {{ 'or ' if not loop.first -}}
                coalesce(score_changes.points_0{{ rest }}, -1)
                <> coalesce(score_changes.points_1{{ rest }}, -1)
                {%- endfor %}
                then 1
            else 0
        end as is_own,
        case
            when
                {%- for own, rules in [
                    ('0', '0'), ('0', '1'), ('1', '0'), ('1', '1'),
                ] %}
                {{ 'or ' if not loop.first -}}
                coalesce(score_changes.points_{{ own }}0{{ rules }}, -1)
                <> coalesce(score_changes.points_{{ own }}1{{ rules }}, -1)
                {%- endfor %}
                then 1
            else 0
        end as is_population
    from choose_pairs
    inner join score_changes
        on
            choose_pairs.client_id = score_changes.client_id
            and choose_pairs.scorecard = score_changes.scorecard
            and choose_pairs.period_before = score_changes.period_before
            and choose_pairs.period_start = score_changes.period_start
),

find_criterion_metrics as (
    select
        join_criteria.movement_id,
        join_criteria.metric,
        cast(max(join_criteria.metric_00) as decimal(18, 6)) as value_before,
        cast(max(join_criteria.metric_11) as decimal(18, 6)) as value_after,
        1 as is_judged
    from join_criteria
    where join_criteria.is_own = 1
    group by join_criteria.movement_id, join_criteria.metric
),

find_gate_metrics as (
    {%- for version in versions %}
    {%- for metric in client_profiles.rule_usage([version]).gate_metrics %}
    select
        choose_pairs.movement_id,
        '{{ metric | lower }}' as metric,
        metrics_before.{{ metric }} as value_before,
        metrics_after.{{ metric }} as value_after,
        0 as is_judged
    from choose_pairs
    inner join metric_history as metrics_before
        on
            choose_pairs.client_id = metrics_before.client_id
            and choose_pairs.period_before = metrics_before.period_start
    inner join metric_history as metrics_after
        on
            choose_pairs.client_id = metrics_after.client_id
            and choose_pairs.period_start = metrics_after.period_start
    where
        choose_pairs.scorecard = '{{ version.scorecard }}'
        and '{{ version.version }}'
        in (choose_pairs.version, choose_pairs.version_before)
        and (
            metrics_before.{{ metric }} <> metrics_after.{{ metric }}
            or (metrics_before.{{ metric }} is null)
            <> (metrics_after.{{ metric }} is null)
        )
    union
    {%- endfor %}
    {%- endfor %}
    select
        choose_pairs.movement_id,
        cast(null as {{ dbt.type_string() }}) as metric,
        cast(null as decimal(18, 6)) as value_before,
        cast(null as decimal(18, 6)) as value_after,
        0 as is_judged
    from choose_pairs
    where 1 = 0
),

combine_metrics as (
    select * from find_criterion_metrics
    union all
    select * from find_gate_metrics
),

rank_metrics as (
    select
        combine_metrics.*,
        row_number() over (
            partition by combine_metrics.movement_id, combine_metrics.metric
            order by combine_metrics.is_judged desc
        ) as place
    from combine_metrics
),

combine_changes as (
    select
        rank_metrics.movement_id,
        'metric' as change,
        1 as change_order,
        rank_metrics.metric,
        cast(null as {{ dbt.type_string() }}) as criteria,
        rank_metrics.value_before,
        rank_metrics.value_after
    from rank_metrics
    where rank_metrics.place = 1
    union all
    select
        join_criteria.movement_id,
        'population' as change,
        2 as change_order,
        cast(null as {{ dbt.type_string() }}) as metric,
        {{ dbt.listagg(
            'join_criteria.criterion_label',
            "', '",
            'order by ' ~ client_profiles.byte_order('join_criteria.criterion'),
        ) }} as criteria,
        cast(null as decimal(18, 6)) as value_before,
        cast(null as decimal(18, 6)) as value_after
    from join_criteria
    where join_criteria.is_population = 1
    group by join_criteria.movement_id
    union all
    select
        choose_pairs.movement_id,
        'rules' as change,
        3 as change_order,
        cast(null as {{ dbt.type_string() }}) as metric,
        cast(null as {{ dbt.type_string() }}) as criteria,
        cast(null as decimal(18, 6)) as value_before,
        cast(null as decimal(18, 6)) as value_after
    from choose_pairs
    where choose_pairs.version <> choose_pairs.version_before
    union all
    select
        movements.movement_id,
        'override' as change,
        4 as change_order,
        cast(null as {{ dbt.type_string() }}) as metric,
        cast(null as {{ dbt.type_string() }}) as criteria,
        cast(null as decimal(18, 6)) as value_before,
        cast(null as decimal(18, 6)) as value_after
    from movements
    inner join override_changes
        on
            movements.client_id = override_changes.client_id
            and movements.scorecard = override_changes.scorecard
            and movements.period_start = override_changes.period_start
),

number_changes as (
    select
        combine_changes.*,
        row_number() over (
            partition by combine_changes.movement_id
            order by
                combine_changes.change_order,
                {{ client_profiles.byte_order('combine_changes.metric') }}
        ) as place,
        count(*) over (
            partition by combine_changes.movement_id
        ) as changes
    from combine_changes
),

cap_places as (
    select
        number_changes.*,
        case
            when number_changes.place < 10 then number_changes.place else 10
        end as capped_place,
        case
            when number_changes.changes < 10 then number_changes.changes
            else 10
        end as numbered_changes
    from number_changes
)

select
    movements.movement_id,
    movements.client_id,
    movements.scorecard,
    cap_places.change,
    cap_places.metric,
    coalesce(metric_labels.label, cap_places.metric) as metric_label,
    cap_places.criteria,
    metric_labels.unit,
    metric_labels.value_format,
    cast(cap_places.changes as integer) as changes,
    cast(cap_places.place as integer) as place,
    -- The first change is the highest digit of a set's number, so that of two
    -- sets of one size the first in the order of changes has the higher number.
    case cap_places.numbered_changes - cap_places.capped_place
        {%- for power in range(10) %}
        when {{ power }} then {{ 2 ** power }}
        {%- endfor %}
    end as digit,
    case cap_places.numbered_changes
        {%- for power in range(1, 11) %}
        when {{ power }} then {{ 2 ** power }}
        {%- endfor %}
    end as sets,
    cap_places.value_before,
    cap_places.value_after,
    choose_pairs.period_before,
    movements.period_start
from cap_places
inner join movements on cap_places.movement_id = movements.movement_id
left join choose_pairs on cap_places.movement_id = choose_pairs.movement_id
left join metric_labels on cap_places.metric = metric_labels.metric
