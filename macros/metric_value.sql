{#- A metric as the scoring takes it in: decimal(18, 6), and null where it can't
    be one. NaN and infinity, which PostgreSQL's numeric may hold, count as
    larger than any number, so one comparison on either side leaves out all.
    What is left out is counted in `rpt_data_quality`.

    column: expression; data_type: its type, as the database calls it
    returns: SQL expression                                                 -#}
{% macro metric_value(column, data_type) -%}
    {%- if client_profiles.always_fits(data_type) -%}
    cast({{ column }} as decimal(18, 6))
    {%- else -%}
    cast(
        case when {{ client_profiles.fits_metric(column) }} then {{ column }} end
        as decimal(18, 6)
    )
    {%- endif -%}
{%- endmacro %}

{#- Whether a number has at most twelve digits before the point. -#}
{% macro fits_metric(column) -%}
    ({{ column }} >= -999999999999 and {{ column }} <= 999999999999)
{%- endmacro %}

{#- Whether every number of a type does: then none has to be looked at. -#}
{% macro always_fits(data_type) -%}
    {%- set kind = data_type | lower -%}
    {%- set sizes = modules.re.match('^(?:numeric|decimal)\\(([0-9]+), ?([0-9]+)\\)$', kind) -%}
    {%- if sizes -%}
        {{ return((sizes.group(1) | int) - (sizes.group(2) | int) <= 12) }}
    {%- endif -%}
    {{ return(kind in ['tinyint', 'smallint', 'integer', 'int', 'utinyint', 'usmallint', 'uinteger']) }}
{%- endmacro %}
