{{ config(
    enabled=(
        target.type == 'duckdb'
        and var('check_against_reference', project_name == 'client_profiles')
    )
) }}
{#- The same question answered the long way: one row per client and criterion,
    bands and rules by join instead of compiled CASE expressions, last known
    values, ranks and extremes by join instead of windows. Any difference in any
    row or digit fails. It costs several times the scoring itself, so projects
    that install this one run it when they set `check_against_reference`, and
    only on DuckDB: Postgres was stopped after ten minutes, for want of
    statistics on the steps, and is compared with DuckDB row by row instead. -#}
{%- set metrics = client_profiles.metric_columns()
    | reject('equalto', 'client_id') | list -%}
{%- set key = ['client_id', 'period_start', 'scorecard', 'version'] -%}
with history as (
    select * from {{ ref('int_metric_history') }}
    where
        period_start < cast('{{ client_profiles.first_open_period() }}' as date)
),

versions as (
    select * from {{ ref('stg_scorecard_versions') }}
    where status = 'approved'
),

weights as (
    select * from {{ ref('stg_criterion_weights') }}
),

criteria as (
    select * from {{ ref('stg_criteria') }}
),

bands as (
    select * from {{ ref('stg_score_bands') }}
),

rules as (
    select * from {{ ref('stg_profile_rules') }}
),

stored as (
    select * from {{ ref('int_profile_candidates') }}
    where
        period_start < cast('{{ client_profiles.first_open_period() }}' as date)
),

unpivot_metrics as materialized (
    {%- for metric in metrics %}
    {{ 'union all' if not loop.first }}
    select
        history.client_id,
        history.period_start,
        '{{ metric }}' as metric,
        history.{{ metric }} as metric_value
    from history
    {%- endfor %}
),

expect_clients as (
    select
        history.client_id,
        history.period_start,
        history.tenure_months,
        versions.scorecard,
        versions.version,
        versions.minimum_tenure_months,
        versions.minimum_coverage
    from history
    inner join versions
        on
            history.period_start >= versions.effective_from
            and (
                versions.effective_to is null
                or history.period_start < versions.effective_to
            )
),

expect_criteria as (
    select
        expect_clients.*,
        weights.criterion,
        criteria.metric,
        weights.weight,
        weights.normalization,
        weights.missing_value_policy,
        weights.maximum_age_months
    from expect_clients
    inner join weights
        on
            expect_clients.scorecard = weights.scorecard
            and expect_clients.version = weights.version
    inner join criteria on weights.criterion = criteria.criterion
),

-- Inner joins on equal keys first: an outer join on a range would compare all
-- with all.
find_known_periods as (
    select
        expect_criteria.client_id,
        expect_criteria.period_start,
        expect_criteria.scorecard,
        expect_criteria.criterion,
        max(unpivot_metrics.period_start) as known_period
    from expect_criteria
    inner join unpivot_metrics
        on
            expect_criteria.client_id = unpivot_metrics.client_id
            and expect_criteria.metric = unpivot_metrics.metric
    where
        unpivot_metrics.metric_value is not null
        and unpivot_metrics.period_start <= expect_criteria.period_start
        and {{ client_profiles.months_between(
            'unpivot_metrics.period_start', 'expect_criteria.period_start'
        ) }} <= expect_criteria.maximum_age_months
    group by
        expect_criteria.client_id,
        expect_criteria.period_start,
        expect_criteria.scorecard,
        expect_criteria.criterion
),

keep_last_known as (
    select
        expect_criteria.*,
        unpivot_metrics.metric_value as known_value
    from expect_criteria
    left join find_known_periods
        on
            expect_criteria.client_id = find_known_periods.client_id
            and expect_criteria.period_start = find_known_periods.period_start
            and expect_criteria.scorecard = find_known_periods.scorecard
            and expect_criteria.criterion = find_known_periods.criterion
    left join unpivot_metrics
        on
            find_known_periods.client_id = unpivot_metrics.client_id
            and find_known_periods.known_period = unpivot_metrics.period_start
            and expect_criteria.metric = unpivot_metrics.metric
),

cover_clients as (
    select
        {{ key | join(', ') }},
        sum(case when known_value is not null then weight else 0 end)
            as coverage
    from keep_last_known
    group by {{ key | join(', ') }}
),

judge_requirements as materialized (
    select
        keep_last_known.*,
        cover_clients.coverage,
        case
            when
                keep_last_known.tenure_months
                < keep_last_known.minimum_tenure_months
                then 'tenure'
            when cover_clients.coverage = 0 then 'nothing_known'
            when cover_clients.coverage < keep_last_known.minimum_coverage
                then 'coverage'
        end as ineligibility_reason
    from keep_last_known
    inner join cover_clients
        on
            keep_last_known.client_id = cover_clients.client_id
            and keep_last_known.period_start = cover_clients.period_start
            and keep_last_known.scorecard = cover_clients.scorecard
),

form_population as (
    select * from judge_requirements
    where
        ineligibility_reason is null
        and known_value is not null
        and normalization <> 'none'
),

-- One row per distinct value keeps the comparison of all with all small.
count_values as (
    select
        scorecard,
        version,
        criterion,
        period_start,
        known_value,
        count(*) as client_count
    from form_population
    group by scorecard, version, criterion, period_start, known_value
),

place_values as (
    select
        mine.scorecard,
        mine.version,
        mine.criterion,
        mine.period_start,
        mine.known_value,
        sum(
            case
                when other.known_value < mine.known_value
                    then other.client_count
                else 0
            end
        ) as below,
        sum(other.client_count) as population,
        min(other.known_value) as lowest,
        max(other.known_value) as highest
    from count_values as mine
    inner join count_values as other
        on
            mine.scorecard = other.scorecard
            and mine.version = other.version
            and mine.criterion = other.criterion
            and mine.period_start = other.period_start
    group by
        mine.scorecard,
        mine.version,
        mine.criterion,
        mine.period_start,
        mine.known_value
),

locate_values as (
    select
        judge_requirements.*,
        case
            when judge_requirements.normalization = 'percent_rank'
                then place_values.below
            else
                1000000
                * cast(place_values.known_value as decimal(28, 6))
                - 1000000 * cast(place_values.lowest as decimal(28, 6))
        end as distance,
        case
            when judge_requirements.normalization = 'percent_rank'
                then place_values.population - 1
            else
                1000000
                * cast(place_values.highest as decimal(28, 6))
                - 1000000 * cast(place_values.lowest as decimal(28, 6))
        end as whole_distance
    from judge_requirements
    left join place_values
        on
            judge_requirements.scorecard = place_values.scorecard
            and judge_requirements.version = place_values.version
            and judge_requirements.criterion = place_values.criterion
            and judge_requirements.period_start = place_values.period_start
            and judge_requirements.known_value = place_values.known_value
),

normalize_values as (
    select
        locate_values.*,
        case
            when locate_values.normalization = 'none'
                then locate_values.known_value
            when locate_values.ineligibility_reason is not null then null
            when locate_values.whole_distance = 0 then 0
            else 0.000001 * cast(
                (
                    2000000 * cast(locate_values.distance as hugeint)
                    + cast(locate_values.whole_distance as hugeint)
                )
                // (2 * cast(locate_values.whole_distance as hugeint))
                as decimal(18, 0)
            )
        end as judged_value
    from locate_values
),

find_extreme_points as (
    select
        scorecard,
        version,
        criterion,
        min(points) as lowest_points,
        max(points) as highest_points
    from bands
    group by scorecard, version, criterion
),

give_points as materialized (
    select
        normalize_values.*,
        case
            when bands.points is not null then bands.points
            when normalize_values.missing_value_policy = 'neutral' then 50
            when normalize_values.missing_value_policy = 'worst'
                then find_extreme_points.lowest_points
        end as points,
        case
            when
                bands.points is not null
                or normalize_values.missing_value_policy <> 'exclude'
                then normalize_values.weight
        end as points_weight,
        coalesce(bands.points, find_extreme_points.lowest_points)
            as lowest_points,
        coalesce(bands.points, find_extreme_points.highest_points)
            as highest_points
    from normalize_values
    inner join find_extreme_points
        on
            normalize_values.scorecard = find_extreme_points.scorecard
            and normalize_values.version = find_extreme_points.version
            and normalize_values.criterion = find_extreme_points.criterion
    left join bands
        on
            normalize_values.scorecard = bands.scorecard
            and normalize_values.version = bands.version
            and normalize_values.criterion = bands.criterion
            and (
                bands.lower_bound is null
                or normalize_values.judged_value >= bands.lower_bound
            )
            and (
                bands.upper_bound is null
                or normalize_values.judged_value < bands.upper_bound
            )
            and normalize_values.judged_value is not null
),

score_clients as materialized (
    select
        {{ key | join(', ') }},
        max(ineligibility_reason) as ineligibility_reason,
        {%- for score, points, points_weight in [
            ('score', 'points', 'points_weight'),
            ('lowest_score', 'lowest_points', 'weight'),
            ('highest_score', 'highest_points', 'weight'),
        ] %}
        case
            when max(ineligibility_reason) is null
                then 0.0001 * cast(
                    (
                        2 * cast(
                            sum(weight * {{ points }}) * 10000000000 as hugeint
                        )
                        + cast(sum({{ points_weight }}) * 1000000 as hugeint)
                    )
                    // (
                        2 * cast(sum({{ points_weight }}) * 1000000 as hugeint)
                    )
                    as decimal(18, 0)
                )
        end as {{ score }},
        {%- endfor %}
        max(coverage) as coverage
    from give_points
    group by {{ key | join(', ') }}
),

list_what_rules_look_at as (
    select
        score_clients.client_id,
        score_clients.period_start,
        score_clients.scorecard,
        'score' as subject,
        '' as subject_name,
        score_clients.score as looked_at
    from score_clients
    union all
    select
        give_points.client_id,
        give_points.period_start,
        give_points.scorecard,
        'points' as subject,
        give_points.criterion as subject_name,
        give_points.points as looked_at
    from give_points
    union all
    select
        score_clients.client_id,
        score_clients.period_start,
        score_clients.scorecard,
        'metric' as subject,
        unpivot_metrics.metric as subject_name,
        unpivot_metrics.metric_value as looked_at
    from score_clients
    inner join unpivot_metrics
        on
            score_clients.client_id = unpivot_metrics.client_id
            and score_clients.period_start = unpivot_metrics.period_start
),

look_at_conditions as (
    select
        score_clients.client_id,
        score_clients.period_start,
        rules.scorecard,
        rules.version,
        rules.rule,
        rules.priority,
        rules.profile,
        rules.lower_bound,
        rules.upper_bound,
        list_what_rules_look_at.looked_at
    from score_clients
    inner join rules
        on
            score_clients.scorecard = rules.scorecard
            and score_clients.version = rules.version
    inner join list_what_rules_look_at
        on
            score_clients.client_id = list_what_rules_look_at.client_id
            and score_clients.period_start
            = list_what_rules_look_at.period_start
            and score_clients.scorecard = list_what_rules_look_at.scorecard
            and rules.subject = list_what_rules_look_at.subject
            and coalesce(rules.subject_name, '')
            = list_what_rules_look_at.subject_name
    where score_clients.ineligibility_reason is null
),

count_unmet_conditions as (
    select
        client_id,
        period_start,
        scorecard,
        version,
        rule,
        priority,
        profile,
        sum(
            case
                when lower_bound is null and upper_bound is null then 0
                when looked_at is null then 1
                when looked_at < lower_bound then 1
                when looked_at >= upper_bound then 1
                else 0
            end
        ) as unmet
    from look_at_conditions
    group by
        client_id, period_start, scorecard, version, rule, priority, profile
),

order_rules as (
    select
        count_unmet_conditions.*,
        row_number() over (
            partition by
                count_unmet_conditions.client_id,
                count_unmet_conditions.period_start,
                count_unmet_conditions.scorecard
            order by count_unmet_conditions.priority
        ) as place
    from count_unmet_conditions
    where count_unmet_conditions.unmet = 0
),

expect_profiles as (
    select
        score_clients.*,
        order_rules.rule,
        coalesce(order_rules.profile, 'not_yet_eligible') as computed_profile
    from score_clients
    left join order_rules
        on
            score_clients.client_id = order_rules.client_id
            and score_clients.period_start = order_rules.period_start
            and score_clients.scorecard = order_rules.scorecard
            and order_rules.place = 1
),

compare_with_stored as (
    select
        expect_profiles.client_id as expected_client_id,
        stored.client_id as stored_client_id,
        stored.scorecard,
        stored.period_start
    from expect_profiles
    full outer join stored
        on
            expect_profiles.client_id = stored.client_id
            and expect_profiles.scorecard = stored.scorecard
            and expect_profiles.period_start = stored.period_start
    where
        expect_profiles.client_id is null
        or stored.client_id is null
        {%- for column in [
            'version',
            'ineligibility_reason',
            'rule',
            'computed_profile',
            'score',
            'lowest_score',
            'highest_score',
            'coverage',
        ] %}
        or expect_profiles.{{ column }} is distinct from stored.{{ column }}
        {%- endfor %}
)

select * from compare_with_stored
