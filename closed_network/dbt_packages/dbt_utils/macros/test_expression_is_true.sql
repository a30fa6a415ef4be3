{#
  Fails with the rows for which the expression is false; null is not false. On a
  column, the expression is what follows the column's name.
#}
{% test expression_is_true(model, expression, column_name=none) %}

{%- set condition = expression -%}
{%- if column_name is not none -%}
    {%- set condition = column_name ~ " " ~ expression -%}
{%- endif %}

{# Only stored failures need the whole rows. #}
select {{ "*" if should_store_failures() else "1" }}
from {{ model }}
where not ({{ condition }})

{% endtest %}
