{#- A metric's value as people read it: 1,310.5, or 41.25 % for a share. No
    digit is lost: a value just below a band's edge must not look like the edge.

    value: decimal(18, 6) expression
    value_format: expression of what seed `criteria` says: 'number', 'percent'
    returns: SQL text expression, null for null                            -#}
{% macro readable_value(value, value_format) -%}
    {%- set text = dbt.type_string() -%}
    {%- set size = 'abs(' ~ value ~ ')' -%}
    {%- set whole = 'cast(cast(floor(' ~ size ~ ') as bigint) as ' ~ text ~ ')' -%}
    {%- set percent -%}
        {{ client_profiles.plain_text('cast(' ~ size ~ ' * 100 as decimal(20, 4))', 'number') }} || ' %'
    {%- endset -%}
    {%- set fraction -%}
        substring({{ client_profiles.plain_text('cast(' ~ size ~ ' as decimal(18, 6))', 'number') }}, length({{ whole }}) + 1)
    {%- endset -%}
    case when {{ value }} < 0 then '-' else '' end
    || case
        when {{ value_format }} = 'percent' then {{ percent }}
        {%- for digits in [9, 6, 3] %}
        when length({{ whole }}) > {{ digits }}
            then substring({{ whole }}, 1, length({{ whole }}) - {{ digits }})
                {%- for group in range(digits, 0, -3) %}
                || ',' || substring(
                    {{ whole }}, length({{ whole }}) - {{ group - 1 }}, 3
                )
                {%- endfor %}
                || {{ fraction }}
        {%- endfor %}
        else {{ whole }} || {{ fraction }}
    end
{%- endmacro %}
