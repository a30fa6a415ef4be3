{#- Fails with every row in which one of these columns is empty, and says which. One
    scan for all of them, where dbt's not_null reads the table once for each.

    model: any; columns: names of its columns                               -#}
{% test filled_columns(model, columns) %}
select
    case
        {%- for column in columns %}
        when {{ column }} is null then '{{ column }}'
        {%- endfor %}
    end as empty_column,
    checked.*
from {{ model }} as checked
where
    {%- for column in columns %}
    {{ 'or ' if not loop.first }}{{ column }} is null
    {%- endfor %}
{% endtest %}
