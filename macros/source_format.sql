{#- What a column of a checked source may hold, by the `format` in its `meta`.

    format: one of the keys below
    returns: {
      pattern: regular expression of texts that can be read, none for any
      read_as: type they are read as, wide enough for whatever fits the pattern
      type: type that staging gives them
      maximum: the largest number, where `meta` gives no other
      says: what a text is not that does not fit
    }; an error for an unknown format                                       -#}
{% macro source_format(format) -%}
    {%- set formats = {
        'id': {'type': dbt.type_string(), 'says': 'holds characters that nobody sees'},
        'text': {'type': dbt.type_string(), 'says': 'holds characters that nobody sees'},
        'date': {
            'pattern': client_profiles.seed_pattern('date').pattern,
            'read_as': 'date', 'type': 'date',
            'says': 'is not a date as YYYY-MM-DD',
        },
        'count': {
            'pattern': '^-?[0-9]{1,15}$',
            'read_as': 'bigint', 'type': 'integer', 'maximum': 999999999,
            'says': 'is not a whole number in digits',
        },
        'amount': {
            'pattern': '^-?[0-9]{1,15}([.][0-9]{1,2})?$',
            'read_as': 'decimal(18, 2)', 'type': 'decimal(12, 2)', 'maximum': 9999999999,
            'says': 'is not a number with a decimal point and at most two decimals',
        },
        'number': {
            'pattern': '^-?[0-9]{1,12}([.][0-9]{1,6})?$',
            'read_as': 'decimal(18, 6)', 'type': 'decimal(18, 6)', 'maximum': 999999999999,
            'says': 'is not a number with a decimal point and at most six decimals',
        },
    } -%}
    {%- if format not in formats -%}
        {{ exceptions.raise_compiler_error(
            "unknown format '" ~ format ~ "' of a column of a checked source; known: "
            ~ formats.keys() | join(', ')
        ) }}
    {%- endif -%}
    {{ return(formats[format]) }}
{%- endmacro %}

{#- What is done about a defect, in the words that `meta` and the marts use. -#}
{% macro defect_consequences() -%}
    {{ return(['stops', 'row_excluded', 'value_emptied', 'value_cleaned', 'kept']) }}
{%- endmacro %}
