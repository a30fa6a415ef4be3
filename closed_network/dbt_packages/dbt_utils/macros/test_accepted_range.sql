{#
  Fails with the rows whose value lies outside the range. Each bound is optional
  and may be a number or any SQL expression; nulls are accepted.
#}
{% test accepted_range(
    model, column_name, min_value=none, max_value=none, inclusive=true
) %}

{%- set equal = "" if inclusive else "=" -%}
{%- set outside = [] -%}
{%- if min_value is not none -%}
    {%- do outside.append(column_name ~ " <" ~ equal ~ " " ~ min_value) -%}
{%- endif -%}
{%- if max_value is not none -%}
    {%- do outside.append(column_name ~ " >" ~ equal ~ " " ~ max_value) -%}
{%- endif %}

select *
from {{ model }}
where {{ outside | join(" or ") if outside else "1 = 0" }}

{% endtest %}
