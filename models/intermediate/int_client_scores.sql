{#- Weights count in millionths and points in hundredths, so the score is a
    quotient of whole numbers, rounded half up to its fourth decimal. -#}
with client_points as (
    select * from {{ ref('int_client_points') }}
),

score_clients as (
    select
        client_points.*,
        cast(
            client_points.known_weight * 0.000001 as decimal(7, 6)
        ) as coverage,
        case
            when client_points.ineligibility_reason is null
                then cast(
                    0.0001 * {{ client_profiles.integer_divide(
                        '200 * client_points.weighted_points'
                            ~ ' + client_points.available_weight',
                        'nullif(2 * client_points.available_weight, 0)'
                    ) }}
                    as decimal(7, 4)
                )
        end as score
    from client_points
)

select * from score_clients
