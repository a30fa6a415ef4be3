{#- Every check of a checked source, from what the YAML says of it. A new kind of
    check is one more entry here; a new check is one more word in the YAML.

    specification: result of source_specification()
    returns: list of {column, check, says, consequence, empties, metrics, value,
      condition}. `condition` is SQL over the columns of `typed_rows` in
      checked_rows(): <column> is the text, <column>__value what it was read as;
      `value` is what may be shown of it, none for personal data              -#}
{% macro source_checks(specification) -%}
    {%- set checks = [] -%}
    {%- set key = specification.key -%}
    {%- set whole_row = {'empties': [], 'metrics': specification.metrics, 'value': none} -%}
    {%- if key -%}
    {%- do checks.append(dict(whole_row,
        column=key, check='repeated', consequence='row_excluded', metrics=[],
        says='stands in it again, in a row that is the same; one of them counts',
        condition=key ~ ' is not null and copy_number > 1',
    )) -%}
    {%- do checks.append(dict(whole_row,
        column=key, check='contradicting', consequence=specification.if_contradicting,
        says='stands in it again, in a row that is not the same',
        condition=key ~ ' is not null and first_content <> last_content',
    )) -%}
    {%- endif -%}
    {%- for column in specification.columns -%}
        {%- set format = client_profiles.source_format(column.format) -%}
        {%- set name = column.name -%}
        {%- set value = name ~ '__value' -%}
        {%- set found = [] -%}
        {%- if column.required -%}
            {%- do found.append({
                'check': 'missing', 'says': 'is empty',
                'condition': name ~ ' is null',
            }) -%}
        {%- endif -%}
        {%- if format.pattern -%}
            {%- do found.append({
                'check': 'unreadable', 'says': format.says,
                'condition': name ~ ' is not null and ' ~ value ~ ' is null',
            }) -%}
        {%- else -%}
            {%- do found.append({
                'check': 'invisible_characters', 'says': format.says,
                'condition': client_profiles.matches_pattern(
                    name, client_profiles.invisible_characters()
                ),
                'consequence': 'value_cleaned' if column.format == 'text' else column.if_wrong,
            }) -%}
        {%- endif -%}
        {%- if column.format == 'date' -%}
            {%- do found.append({
                'check': 'too_early', 'says': 'lies before ' ~ column.earliest,
                'condition': value ~ " < cast('" ~ column.earliest ~ "' as date)",
            }) -%}
            {%- if column.future != 'allowed' -%}
                {%- do found.append({
                    'check': 'in_the_future',
                    'says': 'lies after the day from which the data are looked at',
                    'condition': value ~ " > cast('" ~ client_profiles.as_of_date() ~ "' as date)",
                    'consequence': column.future,
                }) -%}
            {%- endif -%}
        {%- elif format.maximum -%}
            {%- set maximum = column.maximum if column.maximum is not none else format.maximum -%}
            {%- if not column.may_be_negative -%}
                {%- do found.append({
                    'check': 'negative', 'says': 'is negative',
                    'condition': value ~ ' < 0',
                }) -%}
            {%- endif -%}
            {%- do found.append({
                'check': 'too_large', 'says': 'is larger than ' ~ maximum,
                'condition': 'abs(' ~ value ~ ') > ' ~ maximum,
            }) -%}
        {%- endif -%}
        {%- if column.one_of -%}
            {%- set known = [] -%}
            {%- for each in column.one_of -%}
                {%- do known.append(dbt.string_literal(dbt.escape_single_quotes(each))) -%}
            {%- endfor -%}
            {%- do found.append({
                'check': 'not_in_list',
                'says': 'is none of ' ~ column.one_of | join(', '),
                'condition': name ~ ' not in (' ~ known | join(', ') ~ ')',
            }) -%}
        {%- endif -%}
        {%- if column.refers_to is not none -%}
            {%- do found.append({
                'check': 'unknown', 'says': 'is not in ' ~ column.refers_to,
                'condition': name ~ ' is not null and ' ~ name ~ '__known is null',
            }) -%}
        {%- endif -%}
        {%- if column.at_least is not none -%}
            {%- do found.append({
                'check': 'below_' ~ column.at_least,
                'says': ('lies before ' if column.format == 'date' else 'is less than ')
                    ~ column.at_least,
                'condition': value ~ ' < ' ~ column.at_least ~ '__value',
            }) -%}
        {%- endif -%}
        {%- if column.at_most is not none -%}
            {%- do found.append({
                'check': 'above_' ~ column.at_most,
                'says': ('lies after ' if column.format == 'date' else 'is more than ')
                    ~ column.at_most,
                'condition': value ~ ' > ' ~ column.at_most ~ '__value',
            }) -%}
        {%- endif -%}
        {%- for each in found -%}
            {%- set consequence = each.consequence or column.if_wrong -%}
            {%- do checks.append(dict(each,
                column=name, consequence=consequence,
                value=none if column.personal_data else name,
                empties=column.empties if consequence == 'value_emptied' else [],
                metrics={
                    'row_excluded': specification.metrics,
                    'value_emptied': column.metrics,
                }.get(consequence, []),
            )) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(checks) }}
{%- endmacro %}
