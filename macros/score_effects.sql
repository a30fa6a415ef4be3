{#- Select statements that take the change of a score apart, as docs/movements.md
    defines it: the Shapley value of each kind of change, shared among criteria.

    Every sum is one of whole numbers: weights in millionths, points in
    hundredths, scores and effects in hundred-millionths, so that every engine
    gives the same.

    relation: CTE with the columns of int_score_changes
    kinds: those of metric, missing_data, population, band and weight that can
      differ; the others count as after
    returns: client_id, scorecard, criterion, period_before, period_start and
      <kind>_effect for all five, bigint, in hundred-millionths of a point
      times 120                                                            -#}
{% macro score_effects(relation, kinds) -%}
    {%- set pair = ['client_id', 'scorecard', 'period_before', 'period_start'] -%}
    {%- set mixtures = client_profiles.mixtures(kinds) -%}
    {#- Points don't depend on the last digit, which says whose weights count. -#}
    {%- set pointed = [] -%}
    {%- for state in mixtures if state[:4] not in pointed -%}
        {%- do pointed.append(state[:4]) -%}
    {%- endfor -%}
    with state_points as {{ client_profiles.computed_once() }} (
        select
            {{ relation }}.*,
            {%- for state in pointed %}
            {%- set rest = state[2:] %}
            cast(100 * {% if state[0] == state[1] -%}
                {{ relation }}.points_{{ state[0] }}{{ rest }}
            {%- else -%}
                case
                    when {{ relation }}.is_known_once_{{ state[3] }}
                        then {{ relation }}.points_{{ state[1] }}{{ rest }}
                    else {{ relation }}.points_{{ state[0] }}{{ rest }}
                end
            {%- endif %} as bigint) as points__{{ state }},
            {%- endfor %}
            cast(1000000 * {{ relation }}.weight_before as bigint) as weight__0,
            cast(1000000 * {{ relation }}.weight_after as bigint) as weight__1
        from {{ relation }}
        {{- client_profiles.rows_kept() }}
    ),

    sum_states as (
        select
            {%- for key in pair %}
            state_points.{{ key }},
            {%- endfor %}
            {%- for state in mixtures %}
            cast(sum(
                state_points.weight__{{ state[4] }}
                * state_points.points__{{ state[:4] }}
            ) as bigint) as points_{{ state }},
            cast(sum(
                case
                    when state_points.points__{{ state[:4] }} is not null
                        then state_points.weight__{{ state[4] }}
                end
            ) as bigint) as weight_{{ state }},
            {%- endfor %}
            {%- for kind in ['missing_data', 'band'] if kind in kinds %}
            {%- for state in mixtures
                if client_profiles.is_before(state, kind) == 'true' %}
            {%- set changed = client_profiles.with_change(state, kind) %}
            cast(sum(
                case
                    when
                        state_points.points__{{ state[:4] }} is not null
                        or state_points.points__{{ changed[:4] }} is not null
                        then state_points.weight__{{ state[4] }}
                end
            ) as bigint) as weight_{{ state }}_or_{{ changed }},
            {%- endfor %}
            {%- endfor %}
            1 as one
        from state_points
        group by
            {%- for key in pair %}
            state_points.{{ key }}{{ ',' if not loop.last }}
            {%- endfor %}
    ),

    score_states as {{ client_profiles.computed_once() }} (
        select
            sum_states.*,
            {%- for state in mixtures %}
            coalesce({{ client_profiles.integer_divide(
                '1000000 * sum_states.points_' ~ state,
                'nullif(sum_states.weight_' ~ state ~ ', 0)'
            ) }}, 0) as score_{{ state }}{{ ',' if not loop.last }}
            {%- endfor %}
        from sum_states
    )

    select
        state_points.client_id,
        state_points.scorecard,
        state_points.criterion,
        {%- for kind in client_profiles.change_kinds() %}
        {%- if kind not in kinds %}
        cast(0 as bigint) as {{ kind }}_effect,
        {%- else %}
        cast(
            {%- for state in mixtures
                if client_profiles.is_before(state, kind) == 'true' %}
            + {{ client_profiles.shapley_coefficient(state, kinds) }}
            * {{ client_profiles.criterion_gain(state, kind) }}
            {%- endfor %}
            as bigint
        ) as {{ kind }}_effect,
        {%- endif %}
        {%- endfor %}
        state_points.period_before,
        state_points.period_start
    from state_points
    inner join score_states
        on
            {%- for key in pair %}
            {{ 'and ' if not loop.first -}}
            state_points.{{ key }} = score_states.{{ key }}
            {%- endfor %}
{%- endmacro %}

{#- The kinds of change, in the order of a mixture's digits. -#}
{% macro change_kinds() -%}
    {{ return(['metric', 'missing_data', 'population', 'band', 'weight']) }}
{%- endmacro %}

{#- All mixtures of before (0) and after (1), as texts with a digit per kind; a
    kind that is not in `kinds` is as after in all of them. -#}
{% macro mixtures(kinds) -%}
    {%- set ns = namespace(states=['']) -%}
    {%- for kind in client_profiles.change_kinds() -%}
        {%- set longer = [] -%}
        {%- for state in ns.states -%}
            {%- for digit in (['0', '1'] if kind in kinds else ['1']) -%}
                {%- do longer.append(state ~ digit) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- set ns.states = longer -%}
    {%- endfor -%}
    {{ return(ns.states) }}
{%- endmacro %}

{#- 'true' where a mixture has a kind as before. -#}
{% macro is_before(state, kind) -%}
    {{ return('true' if state[client_profiles.change_kinds().index(kind)] == '0' else 'false') }}
{%- endmacro %}

{#- The mixture that differs from `state` by having a kind as after. -#}
{% macro with_change(state, kind) -%}
    {%- set digit = client_profiles.change_kinds().index(kind) -%}
    {{ return(state[:digit] ~ '1' ~ state[digit + 1:]) }}
{%- endmacro %}

{#- In how many of 120 orders of five changes exactly the ones that `state` has
    come before the one in question; 120 / n! times as many of n changes. -#}
{% macro shapley_coefficient(state, kinds) -%}
    {%- set factorials = [1, 1, 2, 6, 24, 120] -%}
    {%- set ns = namespace(made=0) -%}
    {%- for kind in kinds if client_profiles.is_before(state, kind) == 'false' -%}
        {%- set ns.made = ns.made + 1 -%}
    {%- endfor -%}
    {{ return(
        factorials[ns.made] * factorials[kinds | length - 1 - ns.made]
        * 120 // factorials[kinds | length]
    ) }}
{%- endmacro %}

{#- What a criterion gains when a kind of change is made in a mixture, as an SQL
    expression, in hundred-millionths of a point. -#}
{% macro criterion_gain(state, kind) -%}
    {%- set changed = client_profiles.with_change(state, kind) -%}
    {%- set points = 'state_points.points__' ~ state[:4] -%}
    {%- set points_changed = 'state_points.points__' ~ changed[:4] -%}
    {%- set score = 'score_states.score_' ~ state -%}
    {%- set score_changed = 'score_states.score_' ~ changed -%}
    {%- set weight = 'score_states.weight_' ~ state -%}
    {%- set weight_changed = 'score_states.weight_' ~ changed -%}
    {%- if kind == 'weight' -%}
        {%- set distance -%}
            (
                2000000 * {{ points }}
                - case
                    when {{ weight }} > 0 and {{ weight_changed }} > 0
                        then {{ score }} + {{ score_changed }}
                    else 0
                end
            )
        {%- endset -%}
        (
            coalesce({{ client_profiles.integer_divide(
                'state_points.weight__1 * ' ~ distance,
                'nullif(2 * ' ~ weight_changed ~ ', 0)'
            ) }}, 0)
            - coalesce({{ client_profiles.integer_divide(
                'state_points.weight__0 * ' ~ distance,
                'nullif(2 * ' ~ weight ~ ', 0)'
            ) }}, 0)
        )
    {%- else -%}
        {%- set counted = weight ~ '_or_' ~ changed
            if kind in ['missing_data', 'band'] else weight -%}
        case
            when
                {{ points }} is null and {{ points_changed }} is null
                then 0
            else coalesce({{ client_profiles.integer_divide(
                'state_points.weight__' ~ state[4] ~ ' * ('
                    ~ 'coalesce(1000000 * ' ~ points_changed ~ ', ' ~ score_changed ~ ')'
                    ~ ' - coalesce(1000000 * ' ~ points ~ ', ' ~ score ~ '))',
                'nullif(' ~ counted ~ ', 0)'
            ) }}, 0)
        end
    {%- endif -%}
{%- endmacro %}
