{#- A text without a sign at its end, or at both ends. Only that sign: a bare trim()
    takes more away on one engine than on another.

    text: text expression; sign: one sign, no single quote; side: both or trailing
    returns: SQL text expression                                            -#}
{% macro trimmed(text, sign, side='both') -%}
    {{ return(adapter.dispatch('trimmed', 'client_profiles')(text, sign, side)) }}
{%- endmacro %}

{% macro default__trimmed(text, sign, side) -%}
    trim({{ side }} '{{ sign }}' from {{ text }})
{%- endmacro %}
