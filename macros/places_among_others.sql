{#- A select statement that gives the place of a value among the values of other
    clients, as if it were one of theirs: "my value of March among the others'
    of April".

    members: CTE of the values that stand: client_id, scorecard, version,
      criterion, normalization, metric_value, period_start
    probes: CTE of the values to be placed: the same columns, period_start being
      the period they are placed in, and own_value: the member's value of the
      same client, which does not count; null where it has none
    keys: dict of more columns of probes to keep, with their types
    returns: client_id, scorecard, version, criterion, the keys, place from 0 to 1
      as decimal(18, 6), period_start                                      -#}
{% macro places_among_others(members, probes, keys={}) -%}
    with line_up as (
        select
            {{ members }}.client_id,
            {{ members }}.scorecard,
            {{ members }}.version,
            {{ members }}.criterion,
            {{ members }}.normalization,
            {{ members }}.metric_value,
            cast(null as decimal(18, 6)) as own_value,
            1 as is_member,
            {%- for key, type in keys.items() %}
            cast(null as {{ type }}) as {{ key }},
            {%- endfor %}
            {{ members }}.period_start
        from {{ members }}
        union all
        select
            {{ probes }}.client_id,
            {{ probes }}.scorecard,
            {{ probes }}.version,
            {{ probes }}.criterion,
            {{ probes }}.normalization,
            {{ probes }}.metric_value,
            {{ probes }}.own_value,
            0 as is_member,
            {%- for key in keys %}
            {{ probes }}.{{ key }},
            {%- endfor %}
            {{ probes }}.period_start
        from {{ probes }}
    ),

    -- A probe stands before the members of the same value, so it counts those that
    -- are below it. Two equal lowest or highest members stand for each other, so
    -- which of them comes first does not matter.
    count_members as (
        select
            line_up.*,
            cast(sum(line_up.is_member) over (
                partition by
                    line_up.scorecard,
                    line_up.version,
                    line_up.criterion,
                    line_up.period_start
                order by line_up.metric_value, line_up.is_member
                rows between unbounded preceding and current row
            ) as bigint) as members_below,
            cast(sum(line_up.is_member) over (
                partition by
                    line_up.scorecard,
                    line_up.version,
                    line_up.criterion,
                    line_up.period_start
            ) as bigint) as all_members,
            row_number() over (
                partition by
                    line_up.scorecard,
                    line_up.version,
                    line_up.criterion,
                    line_up.period_start,
                    line_up.is_member
                order by line_up.metric_value
            ) as from_lowest,
            row_number() over (
                partition by
                    line_up.scorecard,
                    line_up.version,
                    line_up.criterion,
                    line_up.period_start,
                    line_up.is_member
                order by line_up.metric_value desc
            ) as from_highest
        from line_up
    ),

    find_extremes as (
        select
            count_members.*,
            {%- for extreme, place in [
                ('lowest', 1), ('lowest', 2), ('highest', 1), ('highest', 2),
            ] %}
            max(
                case
                    when
                        count_members.is_member = 1
                        and count_members.from_{{ extreme }} = {{ place }}
                        then count_members.metric_value
                end
            ) over (
                partition by
                    count_members.scorecard,
                    count_members.version,
                    count_members.criterion,
                    count_members.period_start
            ) as {{ extreme }}_{{ place }}{{ ',' if not loop.last }}
            {%- endfor %}
        from count_members
    ),

    -- The client's own new value does not count.
    leave_out_own_values as (
        select
            find_extremes.*,
            find_extremes.members_below - case
                when find_extremes.own_value < find_extremes.metric_value then 1
                else 0
            end as below,
            find_extremes.all_members - case
                when find_extremes.own_value is not null then 1
                else 0
            end as others,
            case
                when find_extremes.own_value = find_extremes.lowest_1
                    then find_extremes.lowest_2
                else find_extremes.lowest_1
            end as lowest_other,
            case
                when find_extremes.own_value = find_extremes.highest_1
                    then find_extremes.highest_2
                else find_extremes.highest_1
            end as highest_other
        from find_extremes
        where find_extremes.is_member = 0
    ),

    stretch_range as (
        select
            leave_out_own_values.*,
            case
                when
                    leave_out_own_values.lowest_other
                    < leave_out_own_values.metric_value
                    then leave_out_own_values.lowest_other
                else leave_out_own_values.metric_value
            end as lowest,
            case
                when
                    leave_out_own_values.highest_other
                    > leave_out_own_values.metric_value
                    then leave_out_own_values.highest_other
                else leave_out_own_values.metric_value
            end as highest
        from leave_out_own_values
    )

    select
        stretch_range.client_id,
        stretch_range.scorecard,
        stretch_range.version,
        stretch_range.criterion,
        case
            when stretch_range.normalization = 'percent_rank'
                then {{ client_profiles.rank_position(
                    'stretch_range.below', 'stretch_range.others'
                ) }}
            else {{ client_profiles.range_position(
                'stretch_range.metric_value',
                'stretch_range.lowest',
                'stretch_range.highest',
            ) }}
        end as place,
        {%- for key in keys %}
        stretch_range.{{ key }},
        {%- endfor %}
        stretch_range.period_start
    from stretch_range
{%- endmacro %}
