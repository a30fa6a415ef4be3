{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook=client_profiles.new_periods_pre_hooks(),
) }}
{#- Effects are whole ten-thousandths of a point: each is rounded down, and what
    is then missing to the change of the score goes to the largest remainders,
    one each, so that they always sum to it exactly. -#}
{%- set versions = client_profiles.scorecard_rules()
    | selectattr('status', 'equalto', 'approved') | list -%}
{%- set is_later_run = is_incremental() -%}
{%- set wanted = client_profiles.periods_to_score(
    client_profiles.first_periods_to_score(this, versions)
) if is_later_run else '1 = 1' -%}
{%- set kinds = client_profiles.change_kinds() -%}
{%- set criteria = client_profiles.rule_usage(
    client_profiles.scorecard_rules()
).criteria -%}
{#- Hundred-millionths times 120 in a ten-thousandth. -#}
{%- set unit = 120 * 10000 -%}
with score_changes as (
    select * from {{ ref('int_score_changes') }}
    where is_consecutive and {{ wanted }}
),

pairs as (
    select * from {{ ref('int_period_pairs') }}
    where is_consecutive
),

same_rules as (
    select * from score_changes
    where version = version_before
),

changed_rules as (
    select * from score_changes
    where version <> version_before
),

effects_of_facts as (
    {{ client_profiles.score_effects(
        'same_rules', ['metric', 'missing_data', 'population']
    ) }}
),

effects_of_all as (
    {{ client_profiles.score_effects('changed_rules', kinds) }}
),

combine as (
    select * from effects_of_facts
    union all
    select * from effects_of_all
),

list_kinds as (
    {%- for kind in kinds %}
    {{ 'union all' if not loop.first }}
    select
        '{{ kind }}' as driver,
        {{ loop.index }} as driver_order
    {%- endfor %}
),

unpivot_kinds as (
    select
        combine.client_id,
        combine.scorecard,
        combine.criterion,
        list_kinds.driver,
        list_kinds.driver_order,
        -- The order of names differs between engines' collations.
        case combine.criterion
            {%- for criterion in criteria %}
            when '{{ criterion }}' then {{ loop.index }}
            {%- else %}
            when '' then 0
            {%- endfor %}
        end as criterion_order,
        case list_kinds.driver
            {%- for kind in kinds %}
            when '{{ kind }}' then combine.{{ kind }}_effect
            {%- endfor %}
        end as exact_effect,
        combine.period_before,
        combine.period_start
    from combine
    cross join list_kinds
),

-- Division of whole numbers rounds towards zero, so negative ones are lifted.
round_down as (
    select
        unpivot_kinds.*,
        {{ client_profiles.integer_divide(
            'unpivot_kinds.exact_effect + cast(2000000 as bigint) * ' ~ unit,
            unit
        ) }} - 2000000 as whole_effect
    from unpivot_kinds
    where unpivot_kinds.exact_effect <> 0
),

rank_remainders as (
    select
        round_down.*,
        row_number() over (
            partition by
                round_down.client_id,
                round_down.scorecard,
                round_down.period_start
            order by
                round_down.exact_effect - round_down.whole_effect * {{ unit }} desc,
                round_down.criterion_order,
                round_down.driver_order
        ) as remainder_rank,
        sum(round_down.whole_effect) over (
            partition by
                round_down.client_id,
                round_down.scorecard,
                round_down.period_start
        ) as whole_effects
    from round_down
),

compare_scores as (
    select
        rank_remainders.*,
        pairs.version_before,
        pairs.version,
        pairs.rules_fingerprint,
        pairs.score_before,
        pairs.score_after,
        rank_remainders.whole_effect
        + case
            when
                rank_remainders.remainder_rank
                <= cast(
                    10000 * (pairs.score_after - pairs.score_before) as bigint
                ) - rank_remainders.whole_effects
                then 1
            else 0
        end as rounded_effect
    from rank_remainders
    inner join pairs
        on
            rank_remainders.client_id = pairs.client_id
            and rank_remainders.scorecard = pairs.scorecard
            and rank_remainders.period_start = pairs.period_start
)

select
    compare_scores.client_id,
    compare_scores.scorecard,
    compare_scores.criterion,
    compare_scores.driver,
    compare_scores.version_before,
    compare_scores.version,
    compare_scores.rules_fingerprint,
    cast(
        0.0001 * cast(compare_scores.rounded_effect as bigint) as decimal(8, 4)
    ) as effect,
    cast(compare_scores.score_before as decimal(7, 4)) as score_before,
    cast(compare_scores.score_after as decimal(7, 4)) as score_after,
    compare_scores.period_before,
    compare_scores.period_start
from compare_scores
where compare_scores.rounded_effect <> 0
