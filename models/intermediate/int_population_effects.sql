{{ config(
    materialized='table',
    pre_hook="{{ client_profiles.avoid_nested_loops() }}",
) }}
{#- What the others do to a client. Criteria that look at the client's place among
    all can change its score though nothing about the client changed. To see how
    much, its values and rules stay those of one month, and everybody else has
    the values of the next: "by_population" is what the client would be then. Months
    in which another version comes into force are left out. -#}
{%- set versions = client_profiles.scorecard_rules()
    | selectattr('status', 'equalto', 'approved') | list -%}
{%- set placed_criteria = [] -%}
{%- for version in versions -%}
    {%- do placed_criteria.extend(
        version.criteria | rejectattr('normalization', 'equalto', 'none')
    ) -%}
{%- endfor -%}
{%- set usage = client_profiles.rule_usage(versions) -%}
{%- set placed_names
    = placed_criteria | map(attribute='criterion') | unique | sort -%}
with client_scores as (
    select * from {{ ref('int_client_scores') }}
    where status = 'approved' and ineligibility_reason is null
),

pair_months as (
    select
        client_scores.*,
        {%- for name in placed_names %}
        next_scores.{{ name }}__metric as {{ name }}__next_metric,
        {%- endfor %}
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
{%- for version in versions %}
{%- set version_step = 'version_' ~ loop.index %}
{%- set placed = version.criteria
    | rejectattr('normalization', 'equalto', 'none') | list %}
{%- for criterion in placed %}
{%- set step = version_step ~ '_' ~ criterion.criterion %}
{%- set metric = criterion.criterion ~ '__metric' %}

-- {{ version.scorecard }} {{ version.version }}: {{ criterion.criterion }}
{{ step }}_members as (
    select
        client_scores.client_id,
        client_scores.{{ metric }} as metric_value,
        client_scores.period_start
    from client_scores
    where
        {{ client_profiles.is_version(version, 'client_scores') }}
        and client_scores.{{ metric }} is not null
),

{{ step }}_probes as (
    select
        pair_months.client_id,
        pair_months.{{ metric }} as metric_value,
        pair_months.{{ criterion.criterion }}__next_metric as own_value,
        pair_months.next_period as period_start
    from pair_months
    where
        {{ client_profiles.is_version(version, 'pair_months') }}
        and pair_months.{{ metric }} is not null
),
{%- if criterion.normalization == 'percent_rank' %}

-- Probes stand before members of the same value, so they count those below.
{{ step }}_lined_up as (
    select
        client_id,
        metric_value,
        cast(null as decimal(18, 6)) as own_value,
        1 as is_member,
        period_start
    from {{ step }}_members
    union all
    select
        client_id,
        metric_value,
        own_value,
        0 as is_member,
        period_start
    from {{ step }}_probes
),

{{ step }}_counted as (
    select
        {{ step }}_lined_up.*,
        cast(sum(is_member) over (
            partition by period_start
            order by metric_value, is_member
            rows between unbounded preceding and current row
        ) as bigint) - case when own_value < metric_value then 1 else 0 end
            as below,
        cast(sum(is_member) over (partition by period_start) as bigint)
        - case when own_value is not null then 1 else 0 end as others
    from {{ step }}_lined_up
),

{{ step }}_position as (
    select
        client_id,
        {{ client_profiles.rank_position('below', 'others') }} as position,
        period_start
    from {{ step }}_counted
    where is_member = 0
),
{%- else %}

-- The lowest and the highest value of the others: the second ones where the
-- client's own is the only lowest or highest.
{{ step }}_ordered as (
    select
        {{ step }}_members.*,
        row_number() over (
            partition by period_start order by metric_value, client_id
        ) as from_lowest,
        row_number() over (
            partition by period_start order by metric_value desc, client_id
        ) as from_highest
    from {{ step }}_members
),

{{ step }}_extremes as (
    select
        period_start,
        max(case when from_lowest = 1 then client_id end) as lowest_client,
        max(case when from_highest = 1 then client_id end) as highest_client,
        max(case when from_lowest = 1 then metric_value end) as lowest_value,
        max(case when from_lowest = 2 then metric_value end) as second_lowest,
        max(case when from_highest = 1 then metric_value end) as highest_value,
        max(case when from_highest = 2 then metric_value end) as second_highest
    from {{ step }}_ordered
    where from_lowest <= 2 or from_highest <= 2
    group by period_start
),

{{ step }}_among_others as (
    select
        {{ step }}_probes.*,
        case
            when {{ step }}_extremes.lowest_client = {{ step }}_probes.client_id
                then {{ step }}_extremes.second_lowest
            else {{ step }}_extremes.lowest_value
        end as lowest_other,
        case
            when {{ step }}_extremes.highest_client = {{ step }}_probes.client_id
                then {{ step }}_extremes.second_highest
            else {{ step }}_extremes.highest_value
        end as highest_other
    from {{ step }}_probes
    left join {{ step }}_extremes
        on {{ step }}_probes.period_start = {{ step }}_extremes.period_start
),

{{ step }}_range as (
    select
        {{ step }}_among_others.*,
        case
            when lowest_other < metric_value then lowest_other
            else metric_value
        end as lowest,
        case
            when highest_other > metric_value then highest_other
            else metric_value
        end as highest
    from {{ step }}_among_others
),

{{ step }}_position as (
    select
        client_id,
        {{ client_profiles.range_position(
            'metric_value', 'lowest', 'highest'
        ) }} as position,
        period_start
    from {{ step }}_range
),
{%- endif %}
{%- endfor %}

{{ version_step }}_replaced as (
    select
        pair_months.client_id,
        pair_months.scorecard,
        pair_months.version,
        pair_months.ineligibility_reason,
        pair_months.weighted_points,
        pair_months.available_weight,
        pair_months.score as score_before,
        pair_months.lowest_score,
        pair_months.highest_score,
        {%- for metric in usage.gate_metrics %}
        pair_months.metric__{{ metric }},
        {%- endfor %}
        {%- for name in usage.criteria %}
        {%- set criterion
            = placed | selectattr('criterion', 'equalto', name) | first %}
        pair_months.{{ name }}__value,
        pair_months.{{ name }}__points as {{ name }}__points_before,
        {%- if criterion %}
        {%- set position = version_step ~ '_' ~ name ~ '_position.position' %}
        coalesce(
            {{ client_profiles.band_case(position, criterion.bands, 'points') }},
            pair_months.{{ name }}__points
        ) as {{ name }}__points,
        {%- else %}
        pair_months.{{ name }}__points,
        {%- endif %}
        {%- endfor %}
        pair_months.next_period as period_start
    from pair_months
    {%- for criterion in placed %}
    {%- set position = version_step ~ '_' ~ criterion.criterion ~ '_position' %}
    left join {{ position }}
        on
            pair_months.client_id = {{ position }}.client_id
            and pair_months.next_period = {{ position }}.period_start
    {%- endfor %}
    where {{ client_profiles.is_version(version, 'pair_months') }}
),

{{ version_step }}_weighted as (
    select
        {{ version_step }}_replaced.*,
        cast(
            weighted_points
            {%- for criterion in placed %}
            + 100 * {{ criterion.weight }} * coalesce(
                {{ criterion.criterion }}__points
                - {{ criterion.criterion }}__points_before,
                0
            )
            {%- endfor %}
            as bigint
        ) as changed_points
    from {{ version_step }}_replaced
),
{%- endfor %}

combine_versions as (
    {%- for version in versions %}
    {{ 'union all' if not loop.first }}
    select * from version_{{ loop.index }}_weighted
    {%- endfor %}
),

score_again as (
    select
        combine_versions.*,
        cast(
            0.0001 * {{ client_profiles.integer_divide(
                '200 * changed_points + available_weight',
                'nullif(2 * available_weight, 0)'
            ) }}
            as decimal(7, 4)
        ) as score
    from combine_versions
),

judge_again as (
    {{ client_profiles.judge_by_rules('score_again', versions) }}
),

profile_candidates as (
    select * from {{ ref('int_profile_candidates') }}
)

select
    judge_again.client_id,
    judge_again.scorecard,
    judge_again.version,
    before.computed_profile as computed_profile_before,
    judge_again.computed_profile as computed_profile_by_population,
    after.computed_profile as computed_profile_after,
    judge_again.score_before,
    judge_again.score as score_by_population,
    after.score as score_after,
    judge_again.period_start
from judge_again
inner join profile_candidates as before
    on
        judge_again.client_id = before.client_id
        and judge_again.scorecard = before.scorecard
        and before.period_start = cast(
            {{ dbt.dateadd('month', -1, 'judge_again.period_start') }} as date
        )
inner join profile_candidates as after
    on
        judge_again.client_id = after.client_id
        and judge_again.scorecard = after.scorecard
        and judge_again.period_start = after.period_start
