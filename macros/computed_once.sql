{#- Stands between `as` and the bracket of a step whose columns are read many
    times. PostgreSQL would write the expression of a column into every place
    that reads it, and a compiled rule reads the score in hundreds of places.

    returns: SQL keyword, empty on engines that don't know it              -#}
{% macro computed_once() -%}
    {{ return(adapter.dispatch('computed_once', 'client_profiles')()) }}
{%- endmacro %}

{% macro default__computed_once() -%}
{%- endmacro %}

{% macro postgres__computed_once() -%}
    materialized
{%- endmacro %}

{#- A condition that lets every row through, for a step whose rows are read several
    times. Spark works a step out again for each of its readers, and what they read
    in it for each of those, unless something in the step could differ from time to
    time (rule InlineCTE of Spark 3.5).

    keyword: 'where' for a step without conditions, called with `{{-` so that no
      empty line stays behind; 'and' to stand before the first of its conditions
    returns: SQL, empty on engines that don't need it                      -#}
{% macro rows_kept(keyword='where') -%}
    {{ return(adapter.dispatch('rows_kept', 'client_profiles')(keyword)) }}
{%- endmacro %}

{% macro default__rows_kept(keyword) -%}
{%- endmacro %}

{% macro spark__rows_kept(keyword) -%}
    {{ 'rand() >= 0 and ' if keyword == 'and' else ' where rand() >= 0' }}
{%- endmacro %}
