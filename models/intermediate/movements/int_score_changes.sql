{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook=client_profiles.new_periods_pre_hooks(),
) }}
{#- The points of every criterion in all mixtures of two compared periods: the
    client's own value, the other clients and the rules, each as before (0) or
    as after (1). `points_010` is the value before, among the others as they are
    after, by the rules before. docs/movements.md says what is made of it. -#}
{%- set versions = client_profiles.scorecard_rules()
    | selectattr('status', 'equalto', 'approved') | list -%}
{%- set is_later_run = is_incremental() -%}
{%- set wanted = client_profiles.periods_to_score(
    client_profiles.first_periods_to_score(this, versions)
) if is_later_run else '1 = 1' -%}
{%- set pairs = ref('int_period_pairs') -%}
{%- set usage = client_profiles.rule_usage(client_profiles.scorecard_rules()) -%}
{%- set crossed = client_profiles.crossed_versions(pairs, versions, wanted) -%}
{%- set first_period = client_profiles.first_compared_period(pairs, wanted) -%}
{%- set mixtures = ['000', '001', '010', '011', '100', '101', '110', '111'] -%}
{%- set criteria = usage.criteria -%}
{%- set placed = [] -%}
{%- for version in versions -%}
    {%- for criterion in version.criteria
        if criterion.normalization != 'none' -%}
        {%- do placed.append({'version': version, 'criterion': criterion}) -%}
    {%- endfor -%}
{%- endfor -%}
{%- set placed_names
    = placed | map(attribute='criterion.criterion') | unique | sort -%}
{#- Own value and rules, and the row of points that has both. -#}
{%- set corners = {
    '00': 'points_before',
    '01': 'before_by_new_rules',
    '10': 'after_by_old_rules',
    '11': 'points_after',
} -%}
with pairs as (
    select * from {{ pairs }}
    where {{ wanted }}
),

scored_criteria as (
    select * from {{ ref('int_scored_criteria') }}
),

criteria as (
    select * from {{ ref('stg_criteria') }}
),

client_points as (
    select * from {{ ref('int_client_points') }}
    where
        status = 'approved'
        {%- if first_period is not none %}
        and period_start >= cast('{{ first_period }}' as date)
        {%- endif %}
),

-- A month's values by the rules of the month that it is compared with, where
-- the two are not the same.
score_crossed_periods as (
    {%- if crossed %}
    {{ client_profiles.points_by_version(
        crossed, usage, ref('int_metric_history')
    ) }}
    {%- else %}
    -- depends_on: {{ ref('int_metric_history') }}
    select * from client_points
    where 1 = 0
    {%- endif %}
),

crossed_points as (
    select * from score_crossed_periods
    {{- client_profiles.rows_kept() }}
),

-- Periods are only crossed where the versions differ, so the last two joins need
-- no condition on it, which would make engines compare every row with every row.
-- Own values and points that are the same before and after have no effect, and
-- matter only where a profile changed nevertheless. A value that changed can keep
-- its place only because the others moved too.
join_corners as (
    select
        pairs.client_id,
        pairs.scorecard,
        pairs.version_before,
        pairs.version,
        pairs.rules_fingerprint,
        {%- for name in criteria %}
        {%- for own_rules, points in corners.items() %}
        {%- for column in ['metric', 'value', 'points'] %}
        {%- if own_rules[0] == own_rules[1] %}
        {{ points }}.{{ name }}__{{ column }}
            as {{ name }}__{{ column }}_{{ own_rules }},
        {%- else %}
        case
            when pairs.version_before = pairs.version
                then {{ corners[own_rules[0] * 2] }}.{{ name }}__{{ column }}
            else {{ points }}.{{ name }}__{{ column }}
        end as {{ name }}__{{ column }}_{{ own_rules }},
        {%- endif %}
        {%- endfor %}
        {%- endfor %}
        {%- endfor %}
        pairs.is_consecutive,
        pairs.period_before,
        pairs.period_start
    from pairs
    {%- for points, version, period in [
        ('points_before', 'version_before', 'period_before'),
        ('points_after', 'version', 'period_start'),
    ] %}
    inner join client_points as {{ points }}
        on
            pairs.client_id = {{ points }}.client_id
            and pairs.scorecard = {{ points }}.scorecard
            and pairs.{{ period }} = {{ points }}.period_start
    {%- endfor %}
    {%- for points, version, period in [
        ('before_by_new_rules', 'version', 'period_before'),
        ('after_by_old_rules', 'version_before', 'period_start'),
    ] %}
    left join crossed_points as {{ points }}
        on
            pairs.client_id = {{ points }}.client_id
            and pairs.scorecard = {{ points }}.scorecard
            and pairs.{{ version }} = {{ points }}.version
            and pairs.{{ period }} = {{ points }}.period_start
    {%- endfor %}
    where
        pairs.version <> pairs.version_before
        or pairs.is_movement
        {%- for name in criteria %}
        {%- for column in (
            ['metric', 'points'] if name in placed_names else ['points']
        ) %}
        or points_before.{{ name }}__{{ column }}
        <> points_after.{{ name }}__{{ column }}
        {%- endfor %}
        or (points_before.{{ name }}__metric is null)
        <> (points_after.{{ name }}__metric is null)
        {%- endfor %}
),

list_version_pairs as (
    select distinct
        pairs.scorecard,
        pairs.version_before,
        pairs.version
    from pairs
),

list_criteria as (
    select
        list_version_pairs.scorecard,
        list_version_pairs.version_before,
        list_version_pairs.version,
        scored_criteria.criterion,
        {%- for side, version in [
            ('before', 'version_before'), ('after', 'version'),
        ] %}
        max(
            case
                when
                    scored_criteria.version
                    = list_version_pairs.{{ version }}
                    then scored_criteria.weight
            end
        ) as weight_{{ side }},
        max(
            case
                when
                    scored_criteria.version
                    = list_version_pairs.{{ version }}
                    then scored_criteria.normalization
            end
        ) as normalization_{{ side }}{{ ',' if not loop.last }}
        {%- endfor %}
    from list_version_pairs
    inner join scored_criteria
        on
            list_version_pairs.scorecard = scored_criteria.scorecard
            and (
                list_version_pairs.version = scored_criteria.version
                or list_version_pairs.version_before = scored_criteria.version
            )
    group by
        list_version_pairs.scorecard,
        list_version_pairs.version_before,
        list_version_pairs.version,
        scored_criteria.criterion
),

unpivot_criteria as (
    select
        join_corners.client_id,
        join_corners.scorecard,
        join_corners.version_before,
        join_corners.version,
        join_corners.rules_fingerprint,
        list_criteria.criterion,
        list_criteria.weight_before,
        list_criteria.weight_after,
        list_criteria.normalization_before,
        list_criteria.normalization_after,
        {%- for own_rules in corners %}
        {%- for column, type in {
            'metric': 'decimal(18, 6)',
            'value': 'decimal(18, 6)',
            'points': 'decimal(5, 2)',
        }.items() %}
        case list_criteria.criterion
            {%- for name in criteria %}
            when '{{ name }}'
                then join_corners.{{ name }}__{{ column }}_{{ own_rules }}
            {%- else %}
            when '' then cast(null as {{ type }})
            {%- endfor %}
        end as {{ column }}_{{ own_rules }},
        {%- endfor %}
        {%- endfor %}
        join_corners.is_consecutive,
        join_corners.period_before,
        join_corners.period_start
    from join_corners
    inner join list_criteria
        on
            join_corners.scorecard = list_criteria.scorecard
            and join_corners.version_before = list_criteria.version_before
            and join_corners.version = list_criteria.version
),

-- A criterion that only one version has is judged as that version says.
fill_in_versions as (
    select
        unpivot_criteria.client_id,
        unpivot_criteria.scorecard,
        unpivot_criteria.version_before,
        unpivot_criteria.version,
        unpivot_criteria.rules_fingerprint,
        unpivot_criteria.criterion,
        unpivot_criteria.weight_before,
        unpivot_criteria.weight_after,
        {%- for side, other in [('before', 'after'), ('after', 'before')] %}
        {%- set rules = '0' if side == 'before' else '1' %}
        case
            when unpivot_criteria.weight_{{ side }} is not null
                then unpivot_criteria.normalization_{{ side }}
            else unpivot_criteria.normalization_{{ other }}
        end as normalization_{{ rules }},
        case
            when unpivot_criteria.weight_{{ side }} is not null
                then unpivot_criteria.version{{
                    '_before' if side == 'before'
                }}
            else unpivot_criteria.version{{ '_before' if side == 'after' }}
        end as version_{{ rules }},
        {%- endfor %}
        {%- for own in ['0', '1'] %}
        {%- for side, rules, other in [
            ('before', '0', '1'), ('after', '1', '0'),
        ] %}
        {%- for column in ['metric', 'value', 'points'] %}
        case
            when unpivot_criteria.weight_{{ side }} is not null
                then unpivot_criteria.{{ column }}_{{ own }}{{ rules }}
            else unpivot_criteria.{{ column }}_{{ own }}{{ other }}
        end as {{ column }}_{{ own }}{{ rules }},
        {%- endfor %}
        {%- endfor %}
        {%- endfor %}
        unpivot_criteria.is_consecutive,
        unpivot_criteria.period_before,
        unpivot_criteria.period_start
    from unpivot_criteria
    {{- client_profiles.rows_kept() }}
),

list_members as (
    {%- for source in ['client_points', 'crossed_points'] %}
    {%- set is_first = loop.first %}
    {%- for each in placed %}
    {{ 'union all' if not (is_first and loop.first) }}
    select
        {{ source }}.client_id,
        {{ source }}.scorecard,
        {{ source }}.version,
        '{{ each.criterion.criterion }}' as criterion,
        '{{ each.criterion.normalization }}' as normalization,
        {{ source }}.{{ each.criterion.criterion }}__metric as metric_value,
        {{ source }}.period_start
    from {{ source }}
    where
        {{ client_profiles.is_version(each.version, source) }}
        and {{ source }}.ineligibility_reason is null
        and {{ source }}.{{ each.criterion.criterion }}__metric is not null
    {%- endfor %}
    {%- endfor %}
    {%- if not placed %}
    select
        client_points.client_id,
        client_points.scorecard,
        client_points.version,
        cast(null as {{ dbt.type_string() }}) as criterion,
        cast(null as {{ dbt.type_string() }}) as normalization,
        cast(null as decimal(18, 6)) as metric_value,
        client_points.period_start
    from client_points
    where 1 = 0
    {%- endif %}
),

-- The engine has placed the value of a period among the others of the same
-- period, if the client was eligible; every other mixture is found here.
find_probes as (
    {%- for mixture in mixtures %}
    {%- set own = mixture[0] %}
    {%- set others = mixture[1] %}
    {%- set rules = mixture[2] %}
    {{ 'union all' if not loop.first }}
    select
        fill_in_versions.client_id,
        fill_in_versions.scorecard,
        fill_in_versions.version_{{ rules }} as version,
        fill_in_versions.criterion,
        fill_in_versions.normalization_{{ rules }} as normalization,
        '{{ mixture }}' as mixture,
        fill_in_versions.metric_{{ own }}{{ rules }} as metric_value,
        fill_in_versions.period_before as pair_from,
        fill_in_versions.period_start as pair_to,
        fill_in_versions.period_{{ 'before' if others == '0' else 'start' }}
            as period_start
    from fill_in_versions
    where
        fill_in_versions.normalization_{{ rules }} <> 'none'
        and fill_in_versions.metric_{{ own }}{{ rules }} is not null
        {%- if own == others %}
        and fill_in_versions.value_{{ own }}{{ rules }} is null
        {%- endif %}
        {%- if rules == '0' %}
        and fill_in_versions.version_before <> fill_in_versions.version
        {%- endif %}
    {%- endfor %}
),

find_own_values as (
    select
        find_probes.*,
        list_members.metric_value as own_value
    from find_probes
    left join list_members
        on
            find_probes.client_id = list_members.client_id
            and find_probes.scorecard = list_members.scorecard
            and find_probes.version = list_members.version
            and find_probes.criterion = list_members.criterion
            and find_probes.period_start = list_members.period_start
),

place_probes as (
    {{ client_profiles.places_among_others(
        'list_members',
        'find_own_values',
        {'mixture': dbt.type_string(), 'pair_from': 'date', 'pair_to': 'date'},
    ) }}
),

judge_places as (
    select
        place_probes.*,
        case
            {%- for each in placed %}
            when
                {{ client_profiles.is_version(each.version, 'place_probes') }}
                and place_probes.criterion = '{{ each.criterion.criterion }}'
                then {{ client_profiles.band_case(
                    'place_probes.place', each.criterion.bands, 'points'
                ) }}
            {%- else %}
            when 1 = 0 then cast(null as decimal(5, 2))
            {%- endfor %}
        end as points
    from place_probes
),

gather_places as (
    select
        judge_places.client_id,
        judge_places.scorecard,
        judge_places.criterion,
        {%- for mixture in mixtures %}
        {%- for column in ['place', 'points'] %}
        max(
            case
                when judge_places.mixture = '{{ mixture }}'
                    then judge_places.{{ column }}
            end
        ) as {{ column }}_{{ mixture }},
        {%- endfor %}
        {%- endfor %}
        judge_places.pair_from,
        judge_places.pair_to
    from judge_places
    group by
        judge_places.client_id,
        judge_places.scorecard,
        judge_places.criterion,
        judge_places.pair_from,
        judge_places.pair_to
)

select
    fill_in_versions.client_id,
    fill_in_versions.scorecard,
    fill_in_versions.version_before,
    fill_in_versions.version,
    fill_in_versions.rules_fingerprint,
    fill_in_versions.criterion,
    criteria.label as criterion_label,
    criteria.unit,
    criteria.value_format,
    criteria.metric,
    {%- for own_rules in corners %}
    cast(fill_in_versions.metric_{{ own_rules }} as decimal(18, 6))
        as metric_{{ own_rules }},
    {%- endfor %}
    {%- for mixture in mixtures %}
    {%- set own_rules = mixture[0] ~ mixture[2] %}
    cast(
        coalesce(
            gather_places.points_{{ mixture }},
            {%- if mixture[2] == '0' %}
            case
                when fill_in_versions.version_before = fill_in_versions.version
                    then gather_places.points_{{ mixture[:2] }}1
            end,
            {%- endif %}
            fill_in_versions.points_{{ own_rules }}
        ) as decimal(5, 2)
    ) as points_{{ mixture }},
    {%- endfor %}
    {#- Where the others move, the client's value of now is looked at, by the rules
        of now, as far as there are both. -#}
    {%- for side, others in [('before', '0'), ('after', '1')] %}
    cast(
        case
            {%- for rules in ['1', '0'] %}
            {%- for own in ['1', '0'] %}
            when
                fill_in_versions.normalization_{{ rules }} <> 'none'
                and fill_in_versions.metric_{{ own }}{{ rules }} is not null
                then {% if own == others -%}
                    coalesce(
                        gather_places.place_{{ own }}{{ others }}{{ rules }},
                        fill_in_versions.value_{{ own }}{{ rules }}
                    )
                {%- else -%}
                    gather_places.place_{{ own }}{{ others }}{{ rules }}
                {%- endif %}
            {%- endfor %}
            {%- endfor %}
        end as decimal(18, 6)
    ) as place_{{ side }},
    cast(coalesce(fill_in_versions.weight_{{ side }}, 0) as decimal(7, 6))
        as weight_{{ side }},
    {%- endfor %}
    {%- for rules in ['0', '1'] %}
    (fill_in_versions.metric_0{{ rules }} is null)
    <> (fill_in_versions.metric_1{{ rules }} is null)
        as is_known_once_{{ rules }},
    {%- endfor %}
    fill_in_versions.is_consecutive,
    fill_in_versions.period_before,
    fill_in_versions.period_start
from fill_in_versions
inner join criteria on fill_in_versions.criterion = criteria.criterion
left join gather_places
    on
        fill_in_versions.client_id = gather_places.client_id
        and fill_in_versions.scorecard = gather_places.scorecard
        and fill_in_versions.criterion = gather_places.criterion
        and fill_in_versions.period_before = gather_places.pair_from
        and fill_in_versions.period_start = gather_places.pair_to
