{{ config(
    materialized='table',
    pre_hook="{{ client_profiles.plan_compiled_sql() }}",
) }}
{#- The smallest move of one edge of each criterion's score bands that leads to
    another profile. Only the two edges of the client's own band matter: the
    lower one raised above its value, or the upper one lowered to it, which puts
    it into the next band. An edge can't reach or pass the next edge. Moves are
    compared as shares of the edge. -#}
{%- set versions = client_profiles.versions_in_force() -%}
{%- set usage = client_profiles.rule_usage(versions) -%}
{%- set judged = [] -%}
{%- for version in versions -%}
    {%- for criterion in version.criteria -%}
        {%- do judged.append({'version': version, 'criterion': criterion}) -%}
    {%- endfor -%}
{%- endfor -%}
with current_scores as (
    select * from {{ ref('int_current_scores') }}
    where ineligibility_reason is null
),

bands as (
    select * from {{ ref('stg_score_bands') }}
),

list_values as (
    {%- for each in judged %}
    {{ 'union all' if not loop.first }}
    select
        current_scores.client_id,
        current_scores.scorecard,
        current_scores.version,
        '{{ each.criterion.criterion }}' as criterion,
        cast({{ each.criterion.weight }} as bigint) as weight,
        current_scores.{{ each.criterion.criterion }}__band as band,
        current_scores.{{ each.criterion.criterion }}__value as judged_value
    from current_scores
    where
        {{ client_profiles.is_version(each.version, 'current_scores') }}
        and current_scores.{{ each.criterion.criterion }}__band is not null
    {%- else %}
    select
        current_scores.client_id,
        current_scores.scorecard,
        current_scores.version,
        cast(null as {{ dbt.type_string() }}) as criterion,
        cast(0 as bigint) as weight,
        cast(null as {{ dbt.type_string() }}) as band,
        cast(null as decimal(18, 6)) as judged_value
    from current_scores
    where 1 = 0
    {%- endfor %}
),

look_at_neighbours as (
    select
        bands.*,
        lag(bands.points) over (
            partition by bands.scorecard, bands.version, bands.criterion
            order by
                case when bands.lower_bound is null then 0 else 1 end,
                bands.lower_bound
        ) as points_below,
        lead(bands.points) over (
            partition by bands.scorecard, bands.version, bands.criterion
            order by
                case when bands.lower_bound is null then 0 else 1 end,
                bands.lower_bound
        ) as points_above
    from bands
),

find_bands as (
    select
        list_values.*,
        look_at_neighbours.lower_bound,
        look_at_neighbours.upper_bound,
        look_at_neighbours.points,
        look_at_neighbours.points_below,
        look_at_neighbours.points_above
    from list_values
    inner join look_at_neighbours
        on
            list_values.scorecard = look_at_neighbours.scorecard
            and list_values.version = look_at_neighbours.version
            and list_values.criterion = look_at_neighbours.criterion
            and list_values.band = look_at_neighbours.band
),

move_edges as (
    select
        find_bands.*,
        find_bands.lower_bound as edge_now,
        cast(find_bands.judged_value + 0.000001 as decimal(18, 6))
            as edge_needed,
        find_bands.points_below as points_then
    from find_bands
    where
        find_bands.lower_bound is not null
        and (
            find_bands.upper_bound is null
            or find_bands.judged_value + 0.000001 < find_bands.upper_bound
        )
    union all
    select
        find_bands.*,
        find_bands.upper_bound as edge_now,
        find_bands.judged_value as edge_needed,
        find_bands.points_above as points_then
    from find_bands
    where
        find_bands.upper_bound is not null
        and (
            find_bands.lower_bound is null
            or find_bands.judged_value > find_bands.lower_bound
        )
),

change_clients as {{ client_profiles.computed_once() }} (
    select
        move_edges.client_id,
        move_edges.scorecard,
        move_edges.version,
        move_edges.criterion,
        current_scores.rules_fingerprint,
        current_scores.computed_profile as computed_profile_now,
        move_edges.edge_now,
        move_edges.edge_needed,
        {{ client_profiles.changed_client(
            usage, 'current_scores',
            "case when move_edges.criterion = '{criterion}'"
                ~ ' then move_edges.points_then end',
        ) }}
        {{ client_profiles.weighted_score(
            'current_scores.weighted_points + move_edges.weight'
                ~ ' * cast(100 * (move_edges.points_then - move_edges.points)'
                ~ ' as bigint)',
            'current_scores.available_weight',
        ) }} as score,
        current_scores.period_start
    from move_edges
    inner join current_scores
        on
            move_edges.client_id = current_scores.client_id
            and move_edges.scorecard = current_scores.scorecard
),

judge_edges as (
    {{ client_profiles.judge_by_rules('change_clients', versions) }}
),

measure_moves as (
    select
        judge_edges.*,
        {{ client_profiles.share_of(
            'judge_edges.edge_needed - judge_edges.edge_now',
            'judge_edges.edge_now',
        ) }} as edge_change_share
    from judge_edges
    where judge_edges.computed_profile <> judge_edges.computed_profile_now
),

rank_flips as (
    select
        measure_moves.*,
        row_number() over (
            partition by
                measure_moves.client_id,
                measure_moves.scorecard,
                measure_moves.criterion
            order by
                case
                    when measure_moves.edge_change_share is null then 1
                    else 0
                end,
                measure_moves.edge_change_share,
                abs(measure_moves.edge_needed - measure_moves.edge_now),
                measure_moves.edge_needed desc
        ) as place
    from measure_moves
)

select
    rank_flips.client_id,
    rank_flips.scorecard,
    rank_flips.version,
    rank_flips.criterion,
    rank_flips.computed_profile,
    rank_flips.rules_fingerprint,
    rank_flips.edge_now,
    rank_flips.edge_needed,
    cast(rank_flips.edge_needed - rank_flips.edge_now as decimal(19, 6))
        as edge_change,
    rank_flips.edge_change_share,
    rank_flips.period_start
from rank_flips
where rank_flips.place = 1
