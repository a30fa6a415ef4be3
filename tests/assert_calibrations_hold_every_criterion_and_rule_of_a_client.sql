-- Whoever calibrates would judge a client without one of them as if the version
-- did not have it.
with clients as (
    select * from {{ ref('fct_calibration_clients') }}
),

criteria as (
    select * from {{ ref('fct_calibration_criteria') }}
),

rules as (
    select * from {{ ref('fct_calibration_rules') }}
),

weights as (
    select * from {{ ref('stg_criterion_weights') }}
),

conditions as (
    select distinct
        scorecard,
        version,
        rule
    from {{ ref('stg_profile_rules') }}
),

find_lacking_criteria as (
    select
        clients.client_id,
        clients.scorecard,
        clients.version,
        weights.criterion as lacking
    from clients
    inner join weights
        on
            clients.scorecard = weights.scorecard
            and clients.version = weights.version
    left join criteria
        on
            clients.client_id = criteria.client_id
            and clients.scorecard = criteria.scorecard
            and clients.version = criteria.version
            and weights.criterion = criteria.criterion
    where criteria.client_id is null
),

find_lacking_rules as (
    select
        clients.client_id,
        clients.scorecard,
        clients.version,
        conditions.rule as lacking
    from clients
    inner join conditions
        on
            clients.scorecard = conditions.scorecard
            and clients.version = conditions.version
    left join rules
        on
            clients.client_id = rules.client_id
            and clients.scorecard = rules.scorecard
            and clients.version = rules.version
            and conditions.rule = rules.rule
    where rules.client_id is null
)

select * from find_lacking_criteria
union all
select * from find_lacking_rules
