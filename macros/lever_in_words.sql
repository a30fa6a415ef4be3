{#- The value that a lever needs, for people. The least value below a threshold
    is said as the threshold: "below 5".

    row: alias with steps, value_needed and value_format of a row of
      int_metric_options and of its metric in int_version_metrics
    returns: SQL text expression                                           -#}
{% macro value_needed_in_words(row) -%}
    case
        when {{ row }}.steps > 0
            then {{ client_profiles.readable_value(
                row ~ '.value_needed', row ~ '.value_format'
            ) }}
        else 'below ' || {{ client_profiles.readable_value(
            'cast(' ~ row ~ '.value_needed + 0.000001 as decimal(18, 6))',
            row ~ '.value_format',
        ) }}
    end
{%- endmacro %}

{#- What to do, for people: "Raise self-service from 41 % to 60 %".

    row: alias as above, with label, unit, value_now_text and value_needed_text
    returns: SQL text expression                                           -#}
{% macro lever_in_words(row) -%}
    case when {{ row }}.steps > 0 then 'Raise ' else 'Lower ' end
    || {{ row }}.label
    || ' from '
    || {{ row }}.value_now_text
    || ' to '
    || {{ row }}.value_needed_text
    || case
        when {{ row }}.value_format = 'percent' then ''
        else ' ' || {{ row }}.unit
    end
{%- endmacro %}
