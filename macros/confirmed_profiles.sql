{#- A select statement that adds the profile after confirmation: a new profile
    holds after the rules have led to it in `periods_needed` consecutive periods,
    a client's first one at once. It is the first one again after a month away or
    without eligibility, and a client that is not eligible has no profile at once.

    relation: CTE with the columns of `keys`, period_start, computed_profile and
      the state of an earlier run: known_profile and known_periods, both null
      but in rows that were decided then
    keys: columns that name one course of profiles, e.g. client and scorecard
    periods_needed: SQL expression of a whole number, 1 for at once
    anybody_waits: whether it is ever more than 1; without, two passes less
    returns: the columns of relation, confirmed_profile, and computed_periods:
      for how many consecutive periods the rules have led to computed_profile -#}
{% macro confirmed_profiles(relation, keys, periods_needed, anybody_waits=true) -%}
    {%- set over_course -%}
        over (
            partition by {{ keys | join(', ') }}
            order by period_start
        )
    {%- endset -%}
    {%- set over_course_so_far -%}
        over (
            partition by {{ keys | join(', ') }}
            order by period_start
            rows between unbounded preceding and current row
        )
    {%- endset -%}
    with look_back as (
        select
            {{ relation }}.*,
            lag(computed_profile) {{ over_course }} as profile_before,
            lag(period_start) {{ over_course }} as period_before,
            sum(coalesce(known_periods, 1)) {{ over_course_so_far }}
                as periods_so_far
        from {{ relation }}
    ),

    find_beginnings as (
        select
            look_back.*,
            case
                when computed_profile = 'not_yet_eligible' then 1
                when profile_before is null then 1
                when profile_before = 'not_yet_eligible' then 1
                when {{ client_profiles.months_between(
                    'period_before', 'period_start'
                ) }} > 1 then 1
                else 0
            end as is_beginning
        from look_back
    ),

    -- A streak is named by how much was counted before it: the most that had
    -- been at any change, because the count never goes back.
    name_streaks as (
        select
            find_beginnings.*,
            max(
                case
                    when is_beginning = 1 or computed_profile <> profile_before
                        then periods_so_far - coalesce(known_periods, 1)
                end
            ) {{ over_course_so_far }} as streak
        from find_beginnings
    ),

    count_periods as (
        select
            name_streaks.*,
            cast(periods_so_far - streak as integer) as computed_periods
        from name_streaks
    ){% if anybody_waits %},

    number_assignments as (
        select
            count_periods.*,
            sum(
                case
                    when is_beginning = 1 or known_profile is not null then 1
                    when computed_periods >= {{ periods_needed }} then 1
                    else 0
                end
            ) {{ over_course_so_far }} as assignment
        from count_periods
    ),

    keep_until_next as (
        select
            number_assignments.*,
            first_value(coalesce(known_profile, computed_profile)) over (
                partition by {{ keys | join(', ') }}, assignment
                order by period_start
                rows between unbounded preceding and current row
            ) as confirmed_profile
        from number_assignments
    )

    select * from keep_until_next
    {%- else %}

    select
        count_periods.*,
        coalesce(known_profile, computed_profile) as confirmed_profile
    from count_periods
    {%- endif %}
{%- endmacro %}
