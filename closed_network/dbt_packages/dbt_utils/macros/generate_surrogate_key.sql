{#
  The md5 of the fields as text, joined by a dash. A null counts as a word of its
  own, so that it differs from an empty text, unless the variable
  `surrogate_key_treat_nulls_as_empty_strings` is true.
#}
{% macro generate_surrogate_key(field_list) %}

{%- set null_word = "_dbt_utils_surrogate_key_null_" -%}
{%- if var("surrogate_key_treat_nulls_as_empty_strings", false) -%}
    {%- set null_word = "" -%}
{%- endif -%}

{%- set pieces = [] -%}
{%- for field in field_list -%}
    {%- if not loop.first -%}{%- do pieces.append("'-'") -%}{%- endif -%}
    {%- set as_text = "cast(" ~ field ~ " as " ~ dbt.type_string() ~ ")" -%}
    {%- do pieces.append("coalesce(" ~ as_text ~ ", '" ~ null_word ~ "')") -%}
{%- endfor -%}

{{ dbt.hash(dbt.concat(pieces)) }}

{%- endmacro %}
