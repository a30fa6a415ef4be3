with population_effects as (
    select * from {{ ref('int_population_effects') }}
),

count_clients as (
    select
        population_effects.scorecard,
        population_effects.version,
        population_effects.rules_fingerprint,
        population_effects.period_start,
        count(*) as clients,
        sum(
            case
                when
                    population_effects.score_by_population
                    <> population_effects.score_before
                    then 1
                else 0
            end
        ) as scores_changed,
        sum(
            case
                when
                    population_effects.computed_profile_by_population
                    <> population_effects.computed_profile_before
                    then 1
                else 0
            end
        ) as clients_moved,
        sum(
            case
                when
                    population_effects.computed_profile_after
                    <> population_effects.computed_profile_before
                    then 1
                else 0
            end
        ) as clients_moved_in_all
    from population_effects
    group by
        population_effects.scorecard,
        population_effects.version,
        population_effects.rules_fingerprint,
        population_effects.period_start
)

select
    count_clients.scorecard,
    count_clients.version,
    count_clients.rules_fingerprint,
    cast(count_clients.clients as integer) as clients,
    cast(count_clients.scores_changed as integer) as scores_changed,
    cast(count_clients.clients_moved as integer) as clients_moved,
    cast(count_clients.clients_moved_in_all as integer)
        as clients_moved_in_all,
    cast({{ client_profiles.exact_ratio(
        'count_clients.clients_moved', 'count_clients.clients',
        input_decimals=0
    ) }} as decimal(7, 6)) as share_moved,
    count_clients.period_start
from count_clients
