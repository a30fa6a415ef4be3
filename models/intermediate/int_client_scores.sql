{#- What the score could be at the least and at the most, if the missing values
    were known, has no excluded criteria: all weights together are a million. -#}
with client_points as (
    select * from {{ ref('int_client_points') }}
),

score_clients as (
    select
        client_points.*,
        {%- for score, points, weight in [
            ('score', 'weighted_points', 'client_points.available_weight'),
            ('lowest_score', 'lowest_weighted_points', '1000000'),
            ('highest_score', 'highest_weighted_points', '1000000'),
        ] %}
        case
            when client_points.ineligibility_reason is null
                then {{ client_profiles.weighted_score(
                    'client_points.' ~ points, weight
                ) }}
        end as {{ score }},
        {%- endfor %}
        cast(
            client_points.known_weight * 0.000001 as decimal(7, 6)
        ) as coverage
    from client_points
)

select * from score_clients
