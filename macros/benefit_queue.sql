{#- Why a client stands in no queue for a benefit: 'no_profile', 'profile' (a
    lower one than the benefit is for) or 'score' (too low, or none).

    rank, score: expressions of the client's profile rank and score, or null
    benefit: alias of rows with the columns of int_benefits
    returns: SQL text expression; null for a client that does stand in it  -#}
{% macro benefit_ineligibility(rank, score, benefit) -%}
    case
        when {{ rank }} is null then 'no_profile'
        when {{ rank }} > {{ benefit }}.lowest_rank then 'profile'
        when coalesce({{ score }}, -1) < {{ benefit }}.minimum_score then 'score'
    end
{%- endmacro %}

{#- The order in which clients get a benefit that is too scarce for all: the
    better profile, then the higher score, then the id, so that no tie is left.
    A client that was placed by hand without a score comes last in its profile.

    rank, score, client_id: expressions
    returns: what stands behind `order by`                                 -#}
{% macro benefit_queue_order(rank, score, client_id) -%}
    {{ rank }},
    coalesce({{ score }}, -1) desc,
    {{ client_profiles.byte_order(client_id) }} asc
{%- endmacro %}
