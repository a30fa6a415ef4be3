{#- The first period that this run may still change in a table that keeps
    history: the last `var('lookback_periods')` (default 1) of its periods, for
    data that arrived late, and everything from `var('restate_from')` on where
    that is given and on record. Earlier periods stay as they are.

    last_period: the table's last period as ISO text, none when it is empty
    returns: ISO text of a period's first day                              -#}
{% macro first_period_to_take_in(last_period) -%}
    {%- set restatement = client_profiles.recorded_restatement() -%}
    {%- if last_period is none -%}
        {{ return('0001-01-01') }}
    {%- endif -%}
    {%- set lookback = var('lookback_periods', 1) | string -%}
    {%- if not modules.re.match('^[0-9]{1,4}$', lookback) -%}
        {{ exceptions.raise_compiler_error(
            "var 'lookback_periods' is '" ~ lookback ~ "'; it must be a whole number, 0 or more"
        ) }}
    {%- endif -%}
    {%- set months = last_period[:4] | int * 12 + last_period[5:7] | int - (lookback | int) -%}
    {%- set first = '%04d-%02d-01' | format(months // 12, months % 12 + 1) -%}
    {%- if restatement is not none -%}
        {%- set first = [first, restatement.restate_from] | min -%}
    {%- endif -%}
    {{ return(first) }}
{%- endmacro %}
