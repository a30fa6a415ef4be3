{#- Characters that nobody sees, as the class of a regular expression: control
    characters, breaks and joins without width, marks of direction, spaces that
    look like others. Engines write characters in different ways.

    returns: text, with its brackets                                        -#}
{% macro invisible_characters() -%}
    {{ return(adapter.dispatch('invisible_characters', 'client_profiles')()) }}
{%- endmacro %}

{% macro default__invisible_characters() -%}
    {{ return('[\\x{00}-\\x{1f}\\x{7f}-\\x{a0}\\x{ad}\\x{200b}-\\x{200f}\\x{2028}-\\x{202f}\\x{2060}-\\x{206f}\\x{feff}]') }}
{%- endmacro %}

{#- PostgreSQL has no character zero in its texts, nor in its patterns. -#}
{% macro postgres__invisible_characters() -%}
    {{ return('[\\u0001-\\u001f\\u007f-\\u00a0\\u00ad\\u200b-\\u200f\\u2028-\\u202f\\u2060-\\u206f\\ufeff]') }}
{%- endmacro %}

{#- A text with a space in the place of each of them.

    column: text expression
    returns: SQL expression                                                 -#}
{% macro visible_text(column) -%}
    {{ return(adapter.dispatch('visible_text', 'client_profiles')(column)) }}
{%- endmacro %}

{% macro default__visible_text(column) -%}
    regexp_replace({{ column }}, '{{ client_profiles.invisible_characters() }}', ' ', 'g')
{%- endmacro %}

{% macro spark__visible_text(column) -%}
    regexp_replace({{ column }}, '{{ client_profiles.invisible_characters() | replace('\\', '\\\\') }}', ' ')
{%- endmacro %}

{#- A value as text without spaces around it. Only spaces: a bare trim() takes more
    away on one engine than on another.

    column: expression
    returns: SQL text expression                                            -#}
{% macro without_spaces(column) -%}
    {{ client_profiles.trimmed('cast(' ~ column ~ ' as ' ~ dbt.type_string() ~ ')', ' ') }}
{%- endmacro %}

{#- A value of a source as it can be shown: without such characters, and cut
    where it is long. -#}
{% macro shown_value(column) -%}
    {%- set text = client_profiles.visible_text('cast(' ~ column ~ ' as ' ~ dbt.type_string() ~ ')') -%}
    case
        when length({{ text }}) > 40 then substring({{ text }}, 1, 40) || '…'
        else {{ text }}
    end
{%- endmacro %}

{#- A text by which two ids that people take for one are the same: small letters,
    and accents that are written in one way. -#}
{% macro look_alike(column) -%}
    translate(
        {{ client_profiles.composed_text(column) }},
        'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'
    )
{%- endmacro %}

{#- A text whose accents are part of their letters (Unicode's form NFC). -#}
{% macro composed_text(column) -%}
    {{ return(adapter.dispatch('composed_text', 'client_profiles')(column)) }}
{%- endmacro %}

{% macro default__composed_text(column) -%}
    {{ column }}
{%- endmacro %}

{% macro duckdb__composed_text(column) -%}
    nfc_normalize({{ column }})
{%- endmacro %}

{% macro postgres__composed_text(column) -%}
    normalize({{ column }}, nfc)
{%- endmacro %}
