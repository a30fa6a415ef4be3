{#- What happened to a value, for people: "Order volume rose from 480 to 1,310
    orders per month".

    row: alias with metric_label, unit, value_format, value_before, value_after
    returns: SQL text expression; null where both values are missing       -#}
{% macro change_in_words(row) -%}
    {%- set before = client_profiles.readable_value(row ~ '.value_before', row ~ '.value_format') -%}
    {%- set after = client_profiles.readable_value(row ~ '.value_after', row ~ '.value_format') -%}
    {%- set unit -%}
        case when {{ row }}.value_format = 'percent' then '' else ' ' || {{ row }}.unit end
    {%- endset -%}
    {{ row }}.metric_label
    || case
        when {{ row }}.value_before is null
            then ' became known: ' || {{ after }} || {{ unit }}
        when {{ row }}.value_after is null
            then ' became unknown; it was ' || {{ before }} || {{ unit }}
        else
            case
                when {{ row }}.value_after > {{ row }}.value_before
                    then ' rose from '
                when {{ row }}.value_after < {{ row }}.value_before
                    then ' fell from '
                else ' stayed at '
            end
            || case
                when {{ row }}.value_after <> {{ row }}.value_before
                    then {{ before }} || ' to '
                else ''
            end
            || {{ after }} || {{ unit }}
    end
{%- endmacro %}
