{{ config(materialized='table') }}
{#- What clients did from a profile and a score band: which band they reached at
    best in the six periods after. Each client counts once for a profile and
    band: with its first period there that has six periods behind it. All by the
    bands that are in force now, on the values as they were then; a place among
    all says something only where the version then looked at the same place. -#}
{%- set versions = client_profiles.versions_in_force() -%}
{%- set approved = client_profiles.scorecard_rules()
    | selectattr('status', 'equalto', 'approved') | list -%}
{%- set last_period = client_profiles.last_closed_period() or '2000-01-01' -%}
{%- set lower_is_better = [] -%}
{%- set read_directions -%}
    select criteria.criterion
    from {{ ref('stg_criteria') }} as criteria
    where criteria.direction = 'lower_is_better'
{%- endset -%}
{%- if execute -%}
    {%- for row in run_query(read_directions).rows -%}
        {%- do lower_is_better.append(row[0]) -%}
    {%- endfor -%}
{%- endif -%}
{%- set observed = [] -%}
{%- for version in versions -%}
    {%- for criterion in version.criteria -%}
        {%- set comparable = [] -%}
        {%- for other in approved if other.scorecard == version.scorecard -%}
            {%- for each in other.criteria
                if each.criterion == criterion.criterion
                and each.normalization == criterion.normalization -%}
                {%- do comparable.append(other.version) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- set size = criterion.bands | length -%}
        {%- set ranked = [] -%}
        {%- for band in criterion.bands -%}
            {%- do ranked.append({
                'band': size + 1 - loop.index
                    if criterion.criterion in lower_is_better else loop.index,
                'lower_bound': band.lower_bound,
            }) -%}
        {%- endfor -%}
        {%- do observed.append({
            'scorecard': version.scorecard,
            'version': version.version,
            'fingerprint': version.fingerprint,
            'criterion': criterion.criterion,
            'is_place': criterion.normalization != 'none',
            'comparable': comparable,
            'bands': ranked,
            'is_reversed': criterion.criterion in lower_is_better,
        }) -%}
    {%- endfor -%}
{%- endfor -%}
{%- set names = observed | map(attribute='criterion') | unique | sort -%}
with client_scores as (
    select * from {{ ref('int_client_scores') }}
    where status = 'approved'
),

profile_candidates as (
    select * from {{ ref('int_profile_candidates') }}
),

-- How good the band is: 1 is the worst.
rate_bands as (
    select
        client_scores.client_id,
        client_scores.scorecard,
        profile_candidates.computed_profile,
        {%- for name in names %}
        case
            {%- for each in observed if each.criterion == name %}
            when
                client_scores.scorecard = '{{ each.scorecard }}'
                {%- if each.is_place %}
                and client_scores.version
                in ('{{ each.comparable | join("', '") }}')
                {%- endif %}
                then cast({{ client_profiles.band_case(
                    'client_scores.' ~ name ~ (
                        '__value' if each.is_place else '__metric'
                    ),
                    each.bands,
                    'band',
                ) }} as integer)
            {%- endfor %}
        end as {{ name }}__rating,
        {%- endfor %}
        {{ client_profiles.months_between(
            "cast('2000-01-01' as date)", 'client_scores.period_start'
        ) }} as period_number,
        client_scores.period_start
    from client_scores
    inner join profile_candidates
        on
            client_scores.client_id = profile_candidates.client_id
            and client_scores.scorecard = profile_candidates.scorecard
            and client_scores.period_start = profile_candidates.period_start
),

look_ahead as (
    select
        rate_bands.*
        {%- for name in names %},
        max(rate_bands.{{ name }}__rating) over (
            partition by rate_bands.client_id, rate_bands.scorecard
            order by rate_bands.period_number
            range between 1 following and 6 following
        ) as {{ name }}__best
        {%- endfor %}
    from rate_bands
),

-- The first period and what was reached after it, as one number.
find_first_observations as (
    {%- for each in observed %}
    {{ 'union all' if not loop.first }}
    select
        look_ahead.scorecard,
        '{{ each.version }}' as version,
        '{{ each.fingerprint }}' as rules_fingerprint,
        look_ahead.computed_profile,
        '{{ each.criterion }}' as criterion,
        {% if each.is_reversed %}{{ each.bands | length + 1 }} - {% endif -%}
        look_ahead.{{ each.criterion }}__rating as band_number,
        min(
            1000 * look_ahead.period_number
            + coalesce(look_ahead.{{ each.criterion }}__best, 0)
        ) as first_observation,
        {{ each.bands | length + 1 if each.is_reversed else 0 }} as reversed_from
    from look_ahead
    where
        look_ahead.scorecard = '{{ each.scorecard }}'
        and look_ahead.{{ each.criterion }}__rating is not null
        and {{ client_profiles.months_between(
            'look_ahead.period_start',
            "cast('" ~ last_period ~ "' as date)",
        ) }} >= 6
    group by
        look_ahead.client_id,
        look_ahead.scorecard,
        look_ahead.computed_profile,
        look_ahead.{{ each.criterion }}__rating
    {%- else %}
    select
        rate_bands.scorecard,
        cast(null as {{ dbt.type_string() }}) as version,
        cast(null as {{ dbt.type_string() }}) as rules_fingerprint,
        rate_bands.computed_profile,
        cast(null as {{ dbt.type_string() }}) as criterion,
        0 as band_number,
        0 as first_observation,
        0 as reversed_from
    from rate_bands
    where 1 = 0
    {%- endfor %}
),

decode_observations as (
    select
        find_first_observations.*,
        find_first_observations.first_observation
        - 1000 * {{ client_profiles.integer_divide(
            'find_first_observations.first_observation', '1000'
        ) }} as best_rating
    from find_first_observations
),

find_best_bands as (
    select
        decode_observations.scorecard,
        decode_observations.version,
        decode_observations.rules_fingerprint,
        decode_observations.computed_profile,
        decode_observations.criterion,
        decode_observations.band_number,
        case
            when decode_observations.best_rating = 0 then null
            when decode_observations.reversed_from = 0
                then decode_observations.best_rating
            else
                decode_observations.reversed_from
                - decode_observations.best_rating
        end as best_band_number
    from decode_observations
),

count_clients as (
    select
        find_best_bands.scorecard,
        find_best_bands.version,
        find_best_bands.rules_fingerprint,
        find_best_bands.computed_profile,
        find_best_bands.criterion,
        find_best_bands.band_number,
        find_best_bands.best_band_number,
        count(*) as clients
    from find_best_bands
    group by
        find_best_bands.scorecard,
        find_best_bands.version,
        find_best_bands.rules_fingerprint,
        find_best_bands.computed_profile,
        find_best_bands.criterion,
        find_best_bands.band_number,
        find_best_bands.best_band_number
)

select
    count_clients.scorecard,
    count_clients.version,
    count_clients.computed_profile,
    count_clients.criterion,
    count_clients.rules_fingerprint,
    cast(count_clients.band_number as integer) as band_number,
    cast(count_clients.best_band_number as integer) as best_band_number,
    cast(count_clients.clients as integer) as clients
from count_clients
