{{ config(materialized='view') }}
{#- Contributions are whole ten-thousandths of a point: each is rounded down,
    and what is then missing to the score goes to the largest remainders, one
    each, so that they always sum to the score exactly. -#}
{%- set criteria = client_profiles.rule_usage(
    client_profiles.scorecard_rules()
).criteria -%}
with client_scores as (
    select * from {{ ref('int_client_scores') }}
    where status = 'approved'
),

weights as (
    select * from {{ ref('int_scored_criteria') }}
),

bands as (
    select * from {{ ref('int_scored_bands') }}
),

unpivot_criteria as (
    select
        client_scores.client_id,
        client_scores.scorecard,
        client_scores.version,
        weights.criterion,
        weights.label as criterion_label,
        weights.unit,
        weights.normalization,
        weights.missing_value_policy,
        weights.weight,
        cast(weights.weight * 1000000 as bigint) as whole_weight,
        client_scores.score,
        cast(client_scores.score * 10000 as bigint) as whole_score,
        client_scores.available_weight,
        -- The order of names differs between engines' collations.
        case weights.criterion
            {%- for criterion in criteria %}
            when '{{ criterion }}' then {{ loop.index }}
            {%- else %}
            when '' then 0
            {%- endfor %}
        end as criterion_order,
        {%- for column, type in {
            'metric': 'decimal(18, 6)',
            'age': 'integer',
            'value': 'decimal(18, 6)',
            'band': dbt.type_string(),
            'points': 'decimal(5, 2)',
        }.items() %}
        case weights.criterion
            {%- for criterion in criteria %}
            when '{{ criterion }}'
                then client_scores.{{ criterion }}__{{ column }}
            {%- else %}
            when '' then cast(null as {{ type }})
            {%- endfor %}
        end as criterion_{{ column }},
        {%- endfor %}
        client_scores.period_start
    from client_scores
    inner join weights
        on
            client_scores.scorecard = weights.scorecard
            and client_scores.version = weights.version
),

divide_score as (
    select
        unpivot_criteria.*,
        100 * coalesce(
            cast(unpivot_criteria.criterion_points * 100 as bigint)
            * unpivot_criteria.whole_weight,
            0
        ) as dividend,
        {{ client_profiles.integer_divide(
            '100 * coalesce(cast(unpivot_criteria.criterion_points * 100 as '
                ~ 'bigint) * unpivot_criteria.whole_weight, 0)',
            'nullif(unpivot_criteria.available_weight, 0)'
        ) }} as whole_contribution
    from unpivot_criteria
),

rank_remainders as (
    select
        divide_score.*,
        row_number() over (
            partition by
                divide_score.client_id,
                divide_score.scorecard,
                divide_score.period_start
            order by
                divide_score.dividend
                - divide_score.whole_contribution
                * divide_score.available_weight desc,
                divide_score.criterion_order
        ) as remainder_rank,
        divide_score.whole_score - sum(divide_score.whole_contribution) over (
            partition by
                divide_score.client_id,
                divide_score.scorecard,
                divide_score.period_start
        ) as missing_units
    from divide_score
),

round_contributions as (
    select
        rank_remainders.*,
        case
            when rank_remainders.score is not null
                then cast(
                    0.0001 * cast(
                        rank_remainders.whole_contribution
                        + case
                            when
                                rank_remainders.remainder_rank
                                <= rank_remainders.missing_units
                                then 1
                            else 0
                        end
                        as bigint
                    ) as decimal(7, 4)
                )
        end as contribution
    from rank_remainders
)

select
    round_contributions.client_id,
    round_contributions.scorecard,
    round_contributions.version,
    round_contributions.criterion,
    round_contributions.criterion_label,
    round_contributions.unit,
    round_contributions.normalization,
    round_contributions.missing_value_policy,
    round_contributions.criterion_band as band,
    bands.label as band_label,
    cast(round_contributions.criterion_metric as decimal(18, 6))
        as metric_value,
    cast(round_contributions.criterion_value as decimal(18, 6))
        as judged_value,
    round_contributions.criterion_age as value_age_months,
    cast(round_contributions.criterion_points as decimal(5, 2)) as points,
    round_contributions.weight,
    cast(round_contributions.contribution as decimal(7, 4)) as contribution,
    round_contributions.criterion_metric is null as is_missing,
    round_contributions.period_start
from round_contributions
left join bands
    on
        round_contributions.scorecard = bands.scorecard
        and round_contributions.version = bands.version
        and round_contributions.criterion = bands.criterion
        and round_contributions.criterion_band = bands.band
