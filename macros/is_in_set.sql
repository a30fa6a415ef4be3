{#- Whether a set, whose number is the sum of its members' digits 1, 2, 4, 8 …, has
    a member. Division instead of bit operators, which engines spell differently.

    set_number, digit: integer expressions
    returns: SQL expression, 1 or 0; 0 where digit is null                 -#}
{% macro is_in_set(set_number, digit) -%}
    coalesce({{ client_profiles.integer_divide(set_number, digit) }} % 2, 0)
{%- endmacro %}
