{#- A select statement that puts beside each movement what every department of its
    scorecard does then: the line for the profile it comes from, else the one for
    any (`entered`, or `left` for a client that is gone), else the standing
    protocol of the new profile. What such a line leaves open is as in the
    standing protocol.

    movements: CTE with the columns of `keys`, scorecard, from_profile and
      to_profile, each null where the client was or is away; both the same for a
      client that did not move, which has its standing protocol
    keys: columns that name one row of it
    returns: the columns of movements, department, on_movement (of the line that
      holds, null for the standing one), action, standing_action (of the new
      profile, null for a client that is gone), meeting_format, cadence_days,
      response_hours, and is_affected: whether the movement has a line of its own,
      or the standing protocols before and after are not the same
    grain: one row per row of movements and department with protocols       -#}
{% macro protocols_of_movements(movements, keys) -%}
    {%- set protocols = ref('stg_protocols') -%}
    {%- set texts = ['action', 'meeting_format'] -%}
    {%- set numbers = ['cadence_days', 'response_hours'] -%}
    with match_lines as (
        select
            {{ movements }}.*,
            line.department,
            line.on_movement,
            case
                when
                    line.on_movement is null
                    and {{ movements }}.to_profile is null
                    then
                        'No longer a client; this ends: ' || line.action
                else line.action
            end as action,
            standing.action as standing_action,
            {%- for column in ['meeting_format'] + numbers %}
            coalesce(line.{{ column }}, standing.{{ column }}) as {{ column }},
            {%- endfor %}
            line.on_movement is not null
            or standing.action is null
            or earlier.action is null
            {%- for column in texts %}
            or coalesce(standing.{{ column }}, '')
            <> coalesce(earlier.{{ column }}, '')
            {%- endfor %}
            {%- for column in numbers %}
            or coalesce(standing.{{ column }}, 0)
            <> coalesce(earlier.{{ column }}, 0)
            {%- endfor %} as is_affected,
            row_number() over (
                partition by
                    {%- for key in keys %}
                    {{ movements }}.{{ key }},
                    {%- endfor %}
                    line.department
                order by
                    case
                        when line.on_movement is null then 3
                        when line.on_movement = {{ movements }}.from_profile
                            then 1
                        else 2
                    end
            ) as line_place
        from {{ movements }}
        inner join {{ protocols }} as line
            on
                {{ movements }}.scorecard = line.scorecard
                and coalesce({{ movements }}.to_profile, {{ movements }}.from_profile)
                = line.profile
        left join {{ protocols }} as standing
            on
                {{ movements }}.scorecard = standing.scorecard
                and {{ movements }}.to_profile = standing.profile
                and line.department = standing.department
                and standing.on_movement is null
        left join {{ protocols }} as earlier
            on
                {{ movements }}.scorecard = earlier.scorecard
                and {{ movements }}.from_profile = earlier.profile
                and line.department = earlier.department
                and earlier.on_movement is null
        where
            line.on_movement is null
            or (
                {{ movements }}.to_profile is null
                and line.on_movement = 'left'
            )
            or (
                {{ movements }}.to_profile
                <> coalesce({{ movements }}.from_profile, '')
                and line.on_movement
                in ('entered', {{ movements }}.from_profile)
            )
    )

    select match_lines.*
    from match_lines
    where match_lines.line_place = 1
{%- endmacro %}
