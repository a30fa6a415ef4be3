{{ config(
    materialized='table',
    pre_hook="{{ client_profiles.plan_compiled_sql() }}",
) }}
{#- What the others do to a client. Criteria that look at the client's place
    among all can change its score though nothing about the client changed. To
    see how much, its values and rules stay those of one month, and everybody
    else has the values of the next. Months in which another version comes into
    force are left out. -#}
{%- set versions = client_profiles.scorecard_rules()
    | selectattr('status', 'equalto', 'approved') | list -%}
{%- set usage = client_profiles.rule_usage(versions) -%}
{%- set placed = [] -%}
{%- for version in versions -%}
    {%- for criterion in version.criteria
        if criterion.normalization != 'none' -%}
        {%- do placed.append({'version': version, 'criterion': criterion}) -%}
    {%- endfor -%}
{%- endfor -%}
{%- set placed_names
    = placed | map(attribute='criterion.criterion') | unique | sort -%}
with client_scores as (
    select * from {{ ref('int_client_scores') }}
    where status = 'approved' and ineligibility_reason is null
),

profile_candidates as (
    select * from {{ ref('int_profile_candidates') }}
),

pair_months as (
    select
        client_scores.*,
        next_scores.period_start as next_period
    from client_scores
    inner join client_scores as next_scores
        on
            client_scores.client_id = next_scores.client_id
            and client_scores.scorecard = next_scores.scorecard
            and client_scores.version = next_scores.version
            and next_scores.period_start = cast(
                {{ dbt.dateadd('month', 1, 'client_scores.period_start') }}
                as date
            )
),

-- Only criteria that look at places, one row each.
list_members as (
    {%- for each in placed %}
    {{ 'union all' if not loop.first }}
    select
        client_scores.client_id,
        client_scores.scorecard,
        client_scores.version,
        '{{ each.criterion.criterion }}' as criterion,
        '{{ each.criterion.normalization }}' as normalization,
        client_scores.{{ each.criterion.criterion }}__metric as metric_value,
        client_scores.period_start
    from client_scores
    where
        {{ client_profiles.is_version(each.version, 'client_scores') }}
        and client_scores.{{ each.criterion.criterion }}__metric is not null
    {%- else %}
    select
        client_scores.client_id,
        client_scores.scorecard,
        client_scores.version,
        cast(null as {{ dbt.type_string() }}) as criterion,
        cast(null as {{ dbt.type_string() }}) as normalization,
        cast(null as decimal(18, 6)) as metric_value,
        client_scores.period_start
    from client_scores
    where 1 = 0
    {%- endfor %}
),

-- A client's value of one month, to be placed among the others' of the next.
find_probes as (
    select
        list_members.client_id,
        list_members.scorecard,
        list_members.version,
        list_members.criterion,
        list_members.normalization,
        list_members.metric_value,
        own_members.metric_value as own_value,
        pair_months.next_period as period_start
    from list_members
    inner join pair_months
        on
            list_members.client_id = pair_months.client_id
            and list_members.scorecard = pair_months.scorecard
            and list_members.period_start = pair_months.period_start
    left join list_members as own_members
        on
            list_members.client_id = own_members.client_id
            and list_members.scorecard = own_members.scorecard
            and list_members.version = own_members.version
            and list_members.criterion = own_members.criterion
            and pair_months.next_period = own_members.period_start
),

place_probes as (
    {{ client_profiles.places_among_others('list_members', 'find_probes') }}
),

gather_positions as (
    select
        place_probes.client_id,
        place_probes.scorecard,
        {%- for name in placed_names %}
        max(
            case
                when place_probes.criterion = '{{ name }}'
                    then place_probes.place
            end
        ) as {{ name }}__position,
        {%- endfor %}
        place_probes.period_start
    from place_probes
    group by
        place_probes.client_id,
        place_probes.scorecard,
        place_probes.period_start
),

give_points as {{ client_profiles.computed_once() }} (
    select
        pair_months.client_id,
        pair_months.scorecard,
        pair_months.version,
        pair_months.ineligibility_reason,
        pair_months.rules_fingerprint,
        pair_months.weighted_points,
        pair_months.available_weight,
        pair_months.score as score_before,
        pair_months.lowest_score,
        pair_months.highest_score,
        {%- for metric in usage.gate_metrics %}
        pair_months.metric__{{ metric }},
        {%- endfor %}
        {%- for name in usage.criteria %}
        pair_months.{{ name }}__value,
        pair_months.{{ name }}__points as {{ name }}__points_before,
        {%- if name in placed_names %}
        coalesce(
            case
                {%- for each in placed
                    if each.criterion.criterion == name %}
                when
                    {{ client_profiles.is_version(each.version, 'pair_months') }}
                    then {{ client_profiles.band_case(
                        'gather_positions.' ~ name ~ '__position',
                        each.criterion.bands,
                        'points',
                    ) }}
                {%- endfor %}
            end,
            pair_months.{{ name }}__points
        ) as {{ name }}__points,
        {%- else %}
        pair_months.{{ name }}__points,
        {%- endif %}
        {%- endfor %}
        pair_months.period_start as period_before,
        pair_months.next_period as period_start
    from pair_months
    left join gather_positions
        on
            pair_months.client_id = gather_positions.client_id
            and pair_months.scorecard = gather_positions.scorecard
            and pair_months.next_period = gather_positions.period_start
),

weigh_points as (
    select
        give_points.*,
        cast(
            give_points.weighted_points
            {%- for each in placed %}
            {%- set name = each.criterion.criterion %}
            + case
                when
                    {{ client_profiles.is_version(each.version, 'give_points') }}
                    then 100 * {{ each.criterion.weight }} * coalesce(
                        give_points.{{ name }}__points
                        - give_points.{{ name }}__points_before,
                        0
                    )
                else 0
            end
            {%- endfor %}
            as bigint
        ) as weighted_points_now
    from give_points
),

score_again as {{ client_profiles.computed_once() }} (
    select
        weigh_points.*,
        {{ client_profiles.weighted_score(
            'weigh_points.weighted_points_now',
            'weigh_points.available_weight',
        ) }} as score
    from weigh_points
),

judge_again as (
    {{ client_profiles.judge_by_rules('score_again', versions) }}
)

select
    judge_again.client_id,
    judge_again.scorecard,
    judge_again.version,
    candidates_before.computed_profile as computed_profile_before,
    judge_again.computed_profile as computed_profile_by_population,
    candidates_after.computed_profile as computed_profile_after,
    judge_again.rules_fingerprint,
    judge_again.score_before,
    judge_again.score as score_by_population,
    candidates_after.score as score_after,
    judge_again.period_start
from judge_again
inner join profile_candidates as candidates_before
    on
        judge_again.client_id = candidates_before.client_id
        and judge_again.scorecard = candidates_before.scorecard
        and judge_again.period_before = candidates_before.period_start
inner join profile_candidates as candidates_after
    on
        judge_again.client_id = candidates_after.client_id
        and judge_again.scorecard = candidates_after.scorecard
        and judge_again.period_start = candidates_after.period_start
