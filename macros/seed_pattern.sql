{#- What may stand in a seed's column, by the column's `format` (see
    seeds/scorecards/_scorecards__seeds.yml): a regular expression that every
    engine reads alike, and the advice for whoever wrote something else.

    Names have no quote, space or sign in them, so a value that fits its
    format can be put into SQL as a literal without becoming SQL.

    format: one of the keys below
    returns: {pattern, advice}; an error for an unknown format             -#}
{% macro seed_pattern(format) -%}
    {%- set patterns = {
        'name': {
            'pattern': '^[A-Za-z][A-Za-z0-9_]*$',
            'advice': 'use letters, digits and underscores, a letter first',
        },
        'column': {
            'pattern': '^[a-z][a-z0-9_]{0,49}$',
            'advice': 'use at most fifty small letters, digits and underscores, a letter first',
        },
        'version': {
            'pattern': '^[A-Za-z0-9][A-Za-z0-9_.-]*$',
            'advice': 'use letters, digits, points, dashes and underscores',
        },
        'text': {
            'pattern': '^[^ ](.*[^ ])?$',
            'advice': 'take away the spaces before and after',
        },
        'number': {
            'pattern': '^-?[0-9]{1,12}([.][0-9]{1,6})?$',
            'advice': 'write a number with a decimal point and at most six decimals',
        },
        'share': {
            'pattern': '^(0([.][0-9]{1,6})?|1([.]0{1,6})?)$',
            'advice': 'write a number from 0 to 1 with a decimal point and at most six decimals',
        },
        'points': {
            'pattern': '^([0-9]{1,2}([.][0-9]{1,2})?|100([.]0{1,2})?)$',
            'advice': 'write a number from 0 to 100 with a decimal point and at most two decimals',
        },
        'integer': {
            'pattern': '^[0-9]{1,6}$',
            'advice': 'write a whole number, 0 or more',
        },
        'positive_integer': {
            'pattern': '^[1-9][0-9]{0,5}$',
            'advice': 'write a whole number, 1 or more',
        },
        'date': {
            'pattern': '^([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)$',
            'advice': 'write a date as YYYY-MM-DD',
        },
        'month': {
            'pattern': '^[0-9]{4}-(0[1-9]|1[0-2])-01$',
            'advice': 'write the first day of a month as YYYY-MM-01',
        },
        'boolean': {
            'pattern': '^(true|false)$',
            'advice': 'write true or false',
        },
        'color': {
            'pattern': '^#[0-9A-Fa-f]{6}$',
            'advice': 'write a colour as #rrggbb',
        },
    } -%}
    {%- if format not in patterns -%}
        {{ exceptions.raise_compiler_error(
            "unknown format '" ~ format ~ "' in _scorecards__seeds.yml; known: "
            ~ patterns.keys() | join(', ')
        ) }}
    {%- endif -%}
    {{ return(patterns[format]) }}
{%- endmacro %}
