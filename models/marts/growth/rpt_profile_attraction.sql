{{ config(pre_hook="{{ client_profiles.plan_compiled_sql() }}") }}
{#- A client lands in the first profile that it has. Where it is later is told
    of those whose landing was seen: who had a profile in a scorecard's first
    period may have had it for long. -#}
{%- set small_group_clients = client_profiles.whole_number_var(
    'small_group_clients', 10, least=0
) -%}
with assigned_profiles as (
    select * from {{ ref('fct_client_profiles') }}
),

clients as (
    select * from {{ ref(project_name, 'stg_clients') }}
),

profiles as (
    select * from {{ ref('stg_profiles') }}
),

find_bounds as (
    select
        assigned_profiles.scorecard,
        min(assigned_profiles.period_start) as first_period,
        max(max(assigned_profiles.period_start)) over () as last_period
    from assigned_profiles
    group by assigned_profiles.scorecard
),

order_periods as (
    select
        assigned_profiles.*,
        row_number() over (
            partition by
                assigned_profiles.client_id,
                assigned_profiles.scorecard
            order by assigned_profiles.period_start
        ) as place
    from assigned_profiles
),

describe_clients as (
    select
        order_periods.client_id,
        order_periods.scorecard,
        clients.acquisition_channel,
        clients.region,
        clients.category,
        cast(
            {{ dbt.dateadd(
                'month',
                '-1 * order_periods.tenure_months',
                'order_periods.period_start'
            ) }} as date
        ) as joined_in
    from order_periods
    left join clients
        on
            order_periods.client_id
            = cast(clients.client_id as {{ dbt.type_string() }})
    where order_periods.place = 1
),

name_cohorts as (
    select
        describe_clients.*,
        cast(
            cast(extract(year from describe_clients.joined_in) as integer)
            as {{ dbt.type_string() }}
        ) || '-Q' || cast(
            cast(extract(quarter from describe_clients.joined_in) as integer)
            as {{ dbt.type_string() }}
        ) as cohort
    from describe_clients
),

group_clients as (
    {%- for dimension in [
        'acquisition_channel', 'region', 'category', 'cohort'
    ] %}
    {{ 'union all' if not loop.first }}
    select
        name_cohorts.client_id,
        name_cohorts.scorecard,
        '{{ dimension }}' as dimension,
        coalesce(
            cast(name_cohorts.{{ dimension }} as {{ dbt.type_string() }}),
            'unknown'
        ) as group_name
    from name_cohorts
    {%- endfor %}
),

find_landings as (
    select
        assigned_profiles.client_id,
        assigned_profiles.scorecard,
        min(assigned_profiles.period_start) as landed_in
    from assigned_profiles
    where assigned_profiles.profile <> 'not_yet_eligible'
    group by assigned_profiles.client_id, assigned_profiles.scorecard
),

keep_seen_landings as (
    select
        find_landings.client_id,
        find_landings.scorecard,
        find_landings.landed_in,
        {{ client_profiles.months_between(
            'find_landings.landed_in', 'find_bounds.last_period'
        ) }} as seen_periods
    from find_landings
    inner join find_bounds
        on find_landings.scorecard = find_bounds.scorecard
    where find_landings.landed_in > find_bounds.first_period
),

follow_clients as (
    select
        assigned_profiles.client_id,
        assigned_profiles.scorecard,
        assigned_profiles.profile,
        {{ client_profiles.months_between(
            'keep_seen_landings.landed_in', 'assigned_profiles.period_start'
        ) }} as periods
    from assigned_profiles
    inner join keep_seen_landings
        on
            assigned_profiles.client_id = keep_seen_landings.client_id
            and assigned_profiles.scorecard = keep_seen_landings.scorecard
            and assigned_profiles.period_start >= keep_seen_landings.landed_in
),

list_outcomes as (
    select
        follow_clients.client_id,
        follow_clients.scorecard,
        'first' as stage,
        follow_clients.profile,
        cast(null as integer) as periods
    from follow_clients
    where follow_clients.periods = 0
    {%- for periods in [6, 12] %}
    union all
    select
        keep_seen_landings.client_id,
        keep_seen_landings.scorecard,
        'after_{{ periods }}_periods' as stage,
        coalesce(follow_clients.profile, 'not_a_client') as profile,
        cast(null as integer) as periods
    from keep_seen_landings
    left join follow_clients
        on
            keep_seen_landings.client_id = follow_clients.client_id
            and keep_seen_landings.scorecard = follow_clients.scorecard
            and follow_clients.periods = {{ periods }}
    where keep_seen_landings.seen_periods >= {{ periods }}
    {%- endfor %}
    union all
    select
        assigned_profiles.client_id,
        assigned_profiles.scorecard,
        'now' as stage,
        assigned_profiles.profile,
        cast(null as integer) as periods
    from assigned_profiles
    inner join find_bounds
        on
            assigned_profiles.scorecard = find_bounds.scorecard
            and assigned_profiles.period_start = find_bounds.last_period
    union all
    select
        follow_clients.client_id,
        follow_clients.scorecard,
        'ever' as stage,
        follow_clients.profile,
        min(follow_clients.periods) as periods
    from follow_clients
    group by
        follow_clients.client_id,
        follow_clients.scorecard,
        follow_clients.profile
),

-- The profiles that a stage can find a client in.
list_stage_profiles as (
    {%- for stage in [
        'first', 'after_6_periods', 'after_12_periods', 'now', 'ever'
    ] %}
    {{ 'union all' if not loop.first }}
    select
        profiles.scorecard,
        '{{ stage }}' as stage,
        profiles.profile,
        profiles.is_ideal
    from profiles
    {%- if stage in ['first', 'ever'] %}
    where profiles.profile <> 'not_yet_eligible'
    {%- elif stage != 'now' %}
    union all
    select distinct
        profiles.scorecard,
        '{{ stage }}' as stage,
        'not_a_client' as profile,
        false as is_ideal
    from profiles
    {%- endif %}
    {%- endfor %}
),

list_groups as (
    select distinct
        group_clients.scorecard,
        group_clients.dimension,
        group_clients.group_name
    from group_clients
),

expect_rows as (
    select
        list_groups.scorecard,
        list_groups.dimension,
        list_groups.group_name,
        list_stage_profiles.stage,
        list_stage_profiles.profile,
        list_stage_profiles.is_ideal
    from list_groups
    inner join list_stage_profiles
        on list_groups.scorecard = list_stage_profiles.scorecard
),

group_outcomes as (
    select
        group_clients.dimension,
        group_clients.group_name,
        list_outcomes.*,
        row_number() over (
            partition by
                group_clients.scorecard,
                group_clients.dimension,
                group_clients.group_name,
                list_outcomes.stage,
                list_outcomes.profile
            order by
                list_outcomes.periods,
                {{ client_profiles.byte_order('list_outcomes.client_id') }}
        ) as place,
        count(*) over (
            partition by
                group_clients.scorecard,
                group_clients.dimension,
                group_clients.group_name,
                list_outcomes.stage,
                list_outcomes.profile
        ) as places
    from list_outcomes
    inner join group_clients
        on
            list_outcomes.client_id = group_clients.client_id
            and list_outcomes.scorecard = group_clients.scorecard
),

-- The median is the middle value, or the mean of the two in the middle.
count_clients as (
    select
        group_outcomes.scorecard,
        group_outcomes.dimension,
        group_outcomes.group_name,
        group_outcomes.stage,
        group_outcomes.profile,
        count(*) as clients,
        sum(
            group_outcomes.periods * case
                when 2 * group_outcomes.place = group_outcomes.places + 1 then 2
                when
                    2 * group_outcomes.place = group_outcomes.places
                    or 2 * group_outcomes.place = group_outcomes.places + 2
                    then 1
                else 0
            end
        ) as median_twice
    from group_outcomes
    group by
        group_outcomes.scorecard,
        group_outcomes.dimension,
        group_outcomes.group_name,
        group_outcomes.stage,
        group_outcomes.profile
),

count_groups as (
    select
        group_outcomes.scorecard,
        group_outcomes.dimension,
        group_outcomes.group_name,
        group_outcomes.stage,
        count(distinct group_outcomes.client_id) as clients
    from group_outcomes
    group by
        group_outcomes.scorecard,
        group_outcomes.dimension,
        group_outcomes.group_name,
        group_outcomes.stage
),

complete_rows as (
    select
        expect_rows.*,
        coalesce(count_clients.clients, 0) as clients,
        coalesce(count_groups.clients, 0) as group_clients,
        count_clients.median_twice
    from expect_rows
    left join count_clients
        on
            expect_rows.scorecard = count_clients.scorecard
            and expect_rows.dimension = count_clients.dimension
            and expect_rows.group_name = count_clients.group_name
            and expect_rows.stage = count_clients.stage
            and expect_rows.profile = count_clients.profile
    left join count_groups
        on
            expect_rows.scorecard = count_groups.scorecard
            and expect_rows.dimension = count_groups.dimension
            and expect_rows.group_name = count_groups.group_name
            and expect_rows.stage = count_groups.stage
),

-- Nothing is a share of nobody.
add_totals as {{ client_profiles.computed_once() }} (
    select
        complete_rows.*,
        {%- for column in ['clients', 'group_clients'] %}
        nullif(cast(sum(complete_rows.{{ column }}) over (
            partition by
                complete_rows.scorecard,
                complete_rows.dimension,
                complete_rows.stage,
                complete_rows.profile
        ) as bigint), 0) as all_{{ column }},
        {%- endfor %}
        nullif(complete_rows.group_clients, 0) as whole
    from complete_rows
),

find_roots as {{ client_profiles.computed_once() }} (
    select
        add_totals.*,
        {{ client_profiles.wilson_root(
            'add_totals.clients', 'add_totals.whole'
        ) }} as root
    from add_totals
)

select
    find_roots.scorecard,
    find_roots.dimension,
    find_roots.group_name,
    find_roots.stage,
    find_roots.profile,
    cast(find_roots.clients as integer) as clients,
    cast(find_roots.group_clients as integer) as group_clients,
    {{ client_profiles.exact_ratio(
        'find_roots.clients', 'find_roots.whole', input_decimals=0
    ) }} as share,
    {{ client_profiles.exact_ratio(
        'coalesce(find_roots.all_clients, 0)', 'find_roots.all_group_clients',
        input_decimals=0
    ) }} as average_share,
    {{ client_profiles.exact_ratio(
        'find_roots.clients * find_roots.all_group_clients',
        'find_roots.whole * find_roots.all_clients',
        input_decimals=0
    ) }} as lift,
    {%- for end in ['lower', 'upper'] %}
    {{ client_profiles.wilson_lift(
        end,
        'find_roots.clients',
        'find_roots.whole',
        'find_roots.root',
        'find_roots.all_clients',
        'find_roots.all_group_clients',
    ) }} as lift_{{ end }}_bound,
    {%- endfor %}
    cast(0.5 * find_roots.median_twice as decimal(9, 1)) as median_periods,
    find_roots.is_ideal,
    find_roots.group_clients < {{ small_group_clients }} as is_small_group
from find_roots
