{{ config(pre_hook="{{ client_profiles.plan_compiled_sql() }}") }}
{#- The ideal clients of a period are what all are compared with: what they have
    more, on average, is the gap, and the criterion with the largest part of it is
    where to begin. -#}
{%- set small_group_clients = client_profiles.whole_number_var(
    'small_group_clients', 10, least=0
) -%}
with assigned_profiles as (
    select * from {{ ref('fct_client_profiles') }}
),

criterion_scores as (
    select * from {{ ref('fct_criterion_scores') }}
),

metric_history as (
    select * from {{ ref('int_metric_history') }}
),

clients as (
    select * from {{ ref(project_name, 'stg_clients') }}
),

describe_clients as (
    select
        assigned_profiles.client_id,
        assigned_profiles.scorecard,
        assigned_profiles.version,
        assigned_profiles.rules_fingerprint,
        coalesce(
            cast(clients.acquisition_channel as {{ dbt.type_string() }}),
            'unknown'
        ) as channel,
        case
            when assigned_profiles.profile = 'not_yet_eligible' then 0
            else 1
        end as has_profile,
        case when assigned_profiles.is_ideal then 1 else 0 end as is_ideal,
        case when assigned_profiles.score is null then 0 else 1 end
            as has_score,
        cast(10000 * assigned_profiles.score as bigint) as score_units,
        {{ client_profiles.revenue_metric('metric_history') }} as revenue,
        assigned_profiles.period_start
    from assigned_profiles
    left join metric_history
        on
            assigned_profiles.client_id = metric_history.client_id
            and assigned_profiles.period_start = metric_history.period_start
    left join clients
        on
            assigned_profiles.client_id
            = cast(clients.client_id as {{ dbt.type_string() }})
),

count_channels as (
    select
        describe_clients.scorecard,
        describe_clients.channel,
        max(describe_clients.version) as version,
        max(describe_clients.rules_fingerprint) as rules_fingerprint,
        sum(describe_clients.has_profile) as clients,
        sum(describe_clients.is_ideal) as ideal_clients,
        sum(1 - describe_clients.has_profile) as waiting_clients,
        sum(describe_clients.has_score) as scored_clients,
        sum(describe_clients.has_score * describe_clients.is_ideal)
            as scored_ideal_clients,
        sum(describe_clients.score_units) as score_units,
        sum(describe_clients.score_units * describe_clients.is_ideal)
            as ideal_score_units,
        sum(case
            when describe_clients.has_profile = 1
                then describe_clients.revenue
        end) as revenue,
        sum(case
            when describe_clients.is_ideal = 1 then describe_clients.revenue
        end) as ideal_revenue,
        describe_clients.period_start
    from describe_clients
    group by
        describe_clients.scorecard,
        describe_clients.channel,
        describe_clients.period_start
),

sum_channel_criteria as (
    select
        describe_clients.scorecard,
        describe_clients.channel,
        criterion_scores.criterion,
        max(criterion_scores.criterion_label) as criterion_label,
        sum(cast(10000 * criterion_scores.contribution as bigint))
            as score_units,
        sum(
            describe_clients.is_ideal
            * cast(10000 * criterion_scores.contribution as bigint)
        ) as ideal_score_units,
        describe_clients.period_start
    from criterion_scores
    inner join describe_clients
        on
            criterion_scores.client_id = describe_clients.client_id
            and criterion_scores.scorecard = describe_clients.scorecard
            and criterion_scores.period_start = describe_clients.period_start
    where describe_clients.has_score = 1
    group by
        describe_clients.scorecard,
        describe_clients.channel,
        criterion_scores.criterion,
        describe_clients.period_start
),

-- Everybody counts twice: in the portfolio, and in its channel.
group_channels as (
    {%- for dimension, group_name in {
        'portfolio': "'all'",
        'acquisition_channel': 'count_channels.channel',
    }.items() %}
    {{ 'union all' if not loop.first }}
    select
        count_channels.*,
        '{{ dimension }}' as dimension,
        {{ group_name }} as group_name
    from count_channels
    {%- endfor %}
),

count_groups as (
    select
        group_channels.scorecard,
        group_channels.dimension,
        group_channels.group_name,
        max(group_channels.version) as version,
        max(group_channels.rules_fingerprint) as rules_fingerprint,
        {%- for column in [
            'clients', 'ideal_clients', 'waiting_clients', 'scored_clients',
            'score_units', 'revenue', 'ideal_revenue',
        ] %}
        sum(group_channels.{{ column }}) as {{ column }},
        {%- endfor %}
        group_channels.period_start
    from group_channels
    group by
        group_channels.scorecard,
        group_channels.dimension,
        group_channels.group_name,
        group_channels.period_start
),

sum_ideal_clients as (
    select
        count_channels.scorecard,
        sum(count_channels.scored_ideal_clients) as scored_clients,
        sum(count_channels.ideal_score_units) as score_units,
        count_channels.period_start
    from count_channels
    group by count_channels.scorecard, count_channels.period_start
),

group_criteria as (
    select
        group_channels.scorecard,
        group_channels.dimension,
        group_channels.group_name,
        sum_channel_criteria.criterion,
        max(sum_channel_criteria.criterion_label) as criterion_label,
        sum(sum_channel_criteria.score_units) as score_units,
        group_channels.period_start
    from sum_channel_criteria
    inner join group_channels
        on
            sum_channel_criteria.scorecard = group_channels.scorecard
            and sum_channel_criteria.channel = group_channels.channel
            and sum_channel_criteria.period_start = group_channels.period_start
    group by
        group_channels.scorecard,
        group_channels.dimension,
        group_channels.group_name,
        sum_channel_criteria.criterion,
        group_channels.period_start
),

sum_ideal_criteria as (
    select
        sum_channel_criteria.scorecard,
        sum_channel_criteria.criterion,
        sum(sum_channel_criteria.ideal_score_units) as score_units,
        sum_channel_criteria.period_start
    from sum_channel_criteria
    group by
        sum_channel_criteria.scorecard,
        sum_channel_criteria.criterion,
        sum_channel_criteria.period_start
),

average_groups as (
    select
        count_groups.*,
        {%- for column, source in {
            'average_units': 'count_groups',
            'ideal_average_units': 'ideal_clients',
        }.items() %}
        {{ client_profiles.exact_ratio(
            source ~ '.score_units',
            source ~ '.scored_clients',
            input_decimals=0,
            output_decimals=0,
        ) }} as {{ column }},
        {%- endfor %}
        ideal_clients.scored_clients as scored_ideal_clients
    from count_groups
    left join sum_ideal_clients as ideal_clients
        on
            count_groups.scorecard = ideal_clients.scorecard
            and count_groups.period_start = ideal_clients.period_start
),

measure_gaps as (
    select
        group_criteria.scorecard,
        group_criteria.dimension,
        group_criteria.group_name,
        group_criteria.criterion,
        group_criteria.criterion_label,
        {{ client_profiles.exact_ratio(
            'ideal_criteria.score_units',
            'average_groups.scored_ideal_clients',
            input_decimals=0,
            output_decimals=0,
        ) }}
        - {{ client_profiles.exact_ratio(
            'group_criteria.score_units',
            'average_groups.scored_clients',
            input_decimals=0,
            output_decimals=0,
        ) }} as gap_units,
        group_criteria.period_start
    from group_criteria
    inner join average_groups
        on
            group_criteria.scorecard = average_groups.scorecard
            and group_criteria.dimension = average_groups.dimension
            and group_criteria.group_name = average_groups.group_name
            and group_criteria.period_start = average_groups.period_start
    inner join sum_ideal_criteria as ideal_criteria
        on
            group_criteria.scorecard = ideal_criteria.scorecard
            and group_criteria.criterion = ideal_criteria.criterion
            and group_criteria.period_start = ideal_criteria.period_start
),

rank_gaps as (
    select
        measure_gaps.*,
        row_number() over (
            partition by
                measure_gaps.scorecard,
                measure_gaps.dimension,
                measure_gaps.group_name,
                measure_gaps.period_start
            order by
                measure_gaps.gap_units desc,
                {{ client_profiles.byte_order('measure_gaps.criterion') }} asc
        ) as gap_place
    from measure_gaps
    where measure_gaps.gap_units > 0
),

keep_widest_gaps as (
    select * from rank_gaps
    where gap_place = 1
)

select
    groups.scorecard,
    groups.dimension,
    groups.group_name,
    groups.version,
    gaps.criterion as widest_gap_criterion,
    gaps.criterion_label as widest_gap_criterion_label,
    groups.rules_fingerprint,
    cast(groups.clients as integer) as clients,
    cast(groups.ideal_clients as integer) as ideal_clients,
    cast(groups.waiting_clients as integer) as waiting_clients,
    {{ client_profiles.exact_ratio(
        'groups.ideal_clients', 'groups.clients', input_decimals=0
    ) }} as ideal_share,
    cast(groups.revenue as decimal(28, 6)) as revenue,
    {{ client_profiles.exact_ratio(
        'coalesce(groups.ideal_revenue, 0)', 'groups.revenue'
    ) }} as ideal_share_of_revenue,
    {%- for column in ['average_units', 'ideal_average_units'] %}
    cast(0.0001 * groups.{{ column }} as decimal(7, 4))
        as {{ column | replace('units', 'score') }},
    {%- endfor %}
    cast(
        0.0001 * (groups.ideal_average_units - groups.average_units)
        as decimal(7, 4)
    ) as score_gap,
    cast(0.0001 * gaps.gap_units as decimal(7, 4)) as widest_gap,
    groups.clients < {{ small_group_clients }} as is_small_group,
    groups.period_start
from average_groups as groups
left join keep_widest_gaps as gaps
    on
        groups.scorecard = gaps.scorecard
        and groups.dimension = gaps.dimension
        and groups.group_name = gaps.group_name
        and groups.period_start = gaps.period_start
