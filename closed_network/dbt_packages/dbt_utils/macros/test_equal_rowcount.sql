{#
  Fails when two relations differ in their number of rows, in all or within a
  group, by the sum of the differences. As in the real package, a group that only
  one of them has counts as no difference; so does a relation without any row.
#}
{% test equal_rowcount(model, compare_model, group_by_columns=[]) %}

{{- config(fail_calc="sum(coalesce(diff_count, 0))") -}}

{#- A constant key makes one group of everything. -#}
{%- set keys = ["one_group"] + group_by_columns -%}
{%- set columns = (["1 as one_group"] + group_by_columns) | join(", ") %}

with model_counts as (

    select {{ columns }}, count(*) as row_count
    from {{ model }}
    group by {{ keys | join(", ") }}

),

compare_model_counts as (

    select {{ columns }}, count(*) as row_count
    from {{ compare_model }}
    group by {{ keys | join(", ") }}

)

select
    {%- for key in keys %}
    model_counts.{{ key }} as model_{{ key }},
    compare_model_counts.{{ key }} as compare_model_{{ key }},
    {%- endfor %}
    abs(model_counts.row_count - compare_model_counts.row_count) as diff_count
from model_counts
full outer join compare_model_counts
    on
        {%- for key in keys %}
        {{ "and " if not loop.first }}model_counts.{{ key }} = compare_model_counts.{{ key }}
        {%- endfor %}

{% endtest %}
