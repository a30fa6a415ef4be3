{#- What is checked of the two tables that a project brings to be scored. Like
    source_checks(), but for tables that have types already.

    returns: {stg_clients: checks, int_client_metrics: checks}, as source_checks()
      gives them; `condition` is SQL over the columns of int_input_defects   -#}
{% macro input_checks() -%}
    {%- set invisible = client_profiles.invisible_characters() -%}
    {%- set clients = [
        {
            'column': 'client_id', 'check': 'missing', 'consequence': 'stops',
            'says': 'is empty', 'value': none,
            'condition': "client_id is null or " ~ client_profiles.without_spaces('client_id') ~ " = ''",
        },
        {
            'column': 'client_id', 'check': 'repeated', 'consequence': 'stops',
            'says': 'stands in it more than once', 'value': none,
            'condition': 'client_id is not null and same_ids > 1',
        },
        {
            'column': 'client_id', 'check': 'invisible_characters', 'consequence': 'stops',
            'says': 'has spaces around it or holds characters that nobody sees', 'value': none,
            'condition': 'client_id <> ' ~ client_profiles.without_spaces('client_id') ~ ' or '
                ~ client_profiles.matches_pattern('client_id', invisible),
        },
        {
            'column': 'client_id', 'check': 'look_alike', 'consequence': 'kept',
            'says': 'differs from that of another client by capital letters or the spelling of accents alone',
            'value': none,
            'condition': 'similar_ids > same_ids',
        },
        {
            'column': 'client_name', 'check': 'invisible_characters', 'consequence': 'kept',
            'says': 'holds characters that nobody sees', 'value': none,
            'condition': client_profiles.matches_pattern('client_name', invisible),
        },
    ] -%}
    {%- set metrics = [
        {
            'column': 'client_id', 'check': 'missing', 'consequence': 'stops',
            'says': 'is empty', 'value': none,
            'condition': "client_id is null or " ~ client_profiles.without_spaces('client_id') ~ " = ''",
        },
        {
            'column': 'client_id', 'check': 'unknown', 'consequence': 'stops',
            'says': 'is not in stg_clients', 'value': none,
            'condition': "client_id is not null and known_id is null",
        },
        {
            'column': 'period_start', 'check': 'missing', 'consequence': 'stops',
            'says': 'is empty', 'value': none,
            'condition': 'period_start is null',
        },
        {
            'column': 'period_start', 'check': 'not_first_day', 'consequence': 'stops',
            'says': 'is not the first day of a month', 'value': none,
            'condition': 'extract(day from period_start) <> 1',
        },
        {
            'column': 'period_start', 'check': 'in_the_future', 'consequence': 'kept',
            'says': 'lies after the day from which the data are looked at; it is not scored before it is over',
            'value': none,
            'condition': "period_start > cast('" ~ client_profiles.as_of_date() ~ "' as date)",
        },
        {
            'column': 'tenure_months', 'check': 'missing', 'consequence': 'stops',
            'says': 'is empty', 'value': none,
            'condition': 'tenure_months is null',
        },
        {
            'column': 'tenure_months', 'check': 'negative', 'consequence': 'stops',
            'says': 'is negative', 'value': 'tenure_months',
            'condition': 'tenure_months < 0',
        },
        {
            'column': 'tenure_months', 'check': 'too_large', 'consequence': 'stops',
            'says': 'is more than a hundred years', 'value': 'tenure_months',
            'condition': 'tenure_months > 1200',
        },
    ] -%}
    {%- for metric, data_type in client_profiles.metric_types().items()
        if metric not in ['client_id', 'tenure_months'] -%}
        {%- do metrics.append({
            'column': metric, 'check': 'out_of_range', 'consequence': 'value_emptied',
            'says': 'is no number, or has more than twelve digits before the point',
            'value': metric,
            'condition': '1 = 0' if client_profiles.always_fits(data_type)
                else 'not ' ~ client_profiles.fits_metric(metric),
        }) -%}
    {%- endfor -%}
    {{ return({'stg_clients': clients, 'int_client_metrics': metrics}) }}
{%- endmacro %}

{#- What is checked of whole keys: two rows of one client and month. -#}
{% macro repeated_month_check() -%}
    {{ return({
        'column': 'period_start', 'check': 'repeated', 'consequence': 'stops',
        'says': 'stands in it more than once for this client', 'value': none,
    }) }}
{%- endmacro %}

{#- Stops when one of the two tables has not the columns that every scorecard
    needs, or has them in a type that can't be read in one way only.

    clients, metrics: relations of stg_clients and int_client_metrics
    returns: nothing; an error that lists all of it                         -#}
{% macro raise_input_shape(clients, metrics) -%}
    {%- set is_text = '^(text|string|varchar|character|char|bpchar|uuid|name|enum)' -%}
    {%- set expected = [
        (clients, 'stg_clients', [
            ('client_id', 'text'), ('client_name', 'text'),
            ('acquisition_channel', 'text'), ('region', 'text'), ('category', 'text'),
        ]),
        (metrics, 'int_client_metrics', [
            ('client_id', 'text'), ('period_start', 'date'), ('tenure_months', 'integer'),
        ]),
    ] -%}
    {%- set problems = [] -%}
    {%- for relation, name, columns in expected -%}
        {%- do client_profiles.raise_missing_columns(
            name, relation, columns | map(attribute=0) | list
        ) -%}
        {%- set types = {} -%}
        {%- for column in adapter.get_columns_in_relation(relation) -%}
            {%- do types.update({column.name | lower: column.data_type | lower}) -%}
        {%- endfor -%}
        {%- for column, kind in columns -%}
            {%- set given = types[column] -%}
            {%- set is_exact = client_profiles.is_exact_number(given) -%}
            {%- set fits = {
                'date': given == 'date',
                'integer': is_exact,
                'text': modules.re.match(is_text, given) is not none
                    or (column == 'client_id' and is_exact and 'int' in given),
            } -%}
            {%- if not fits[kind] -%}
                {%- do problems.append(
                    name ~ ': ' ~ column ~ ' is of type ' ~ given ~ ', not ' ~ kind
                    ~ '; cast it in the model'
                    ~ (', to the day where the client is' if given.startswith('timestamp') else '')
                ) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if problems -%}
        {{ exceptions.raise_compiler_error(
            problems | length ~ " problem(s) in what is to be scored; nothing was scored.\n  "
            ~ problems | join('\n  ')
        ) }}
    {%- endif -%}
{%- endmacro %}
