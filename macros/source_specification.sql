{#- What the YAML says of a checked source: the `meta` of the table and of its
    columns. docs/data_quality.md explains the words. dbt knows it only while a
    node runs, so this is an error at parse time.

    name: as in checked_sources()
    returns: {name, key, row_key, metrics, may_be_empty, if_contradicting, columns: [{name,
      format, required, if_wrong, future, earliest, maximum, may_be_negative,
      one_of, refers_to, at_least, at_most, empties, metrics, personal_data}]};
      an error that names table and column where something is missing or unknown -#}
{% macro source_specification(name) -%}
    {%- set nodes = graph.nodes.values()
        | selectattr('resource_type', 'in', ['seed', 'model'])
        | selectattr('name', 'equalto', name) | list -%}
    {%- for node in graph.sources.values()
        if node.source_name ~ '.' ~ node.name == name -%}
        {%- do nodes.append(node) -%}
    {%- endfor -%}
    {%- set node = nodes | selectattr('package_name', 'equalto', project_name) | first
        | default({'config': {}, 'meta': {}, 'columns': {}}) -%}
    {%- set table_meta = node.config.meta or node.meta or {} -%}
    {%- set columns = [] -%}
    {%- for column in node.columns.values() -%}
        {%- set meta = column.get('config', {}).get('meta') or column.get('meta') or {} -%}
        {%- if meta.format -%}
            {%- do columns.append({
                'name': column.name,
                'format': meta.format,
                'required': meta.required or false,
                'if_wrong': meta.if_wrong or 'row_excluded',
                'future': meta.future or meta.if_wrong or 'row_excluded',
                'earliest': client_profiles.date_var(
                    'earliest of ' ~ name ~ '.' ~ column.name,
                    meta.earliest or '1900-01-01'
                ),
                'maximum': meta.maximum or none,
                'may_be_negative': meta.may_be_negative or false,
                'one_of': meta.one_of or [],
                'refers_to': meta.refers_to or none,
                'at_least': meta.at_least or none,
                'at_most': meta.at_most or none,
                'empties': meta.empties or [column.name],
                'metrics': meta.metrics or [],
                'personal_data': meta.personal_data or false,
            }) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set naming = columns | selectattr('format', 'in', ['id', 'date'])
        | map(attribute='name') | list -%}
    {%- set specification = {
        'name': name,
        'key': table_meta.key or none,
        'row_key': [table_meta.key] if table_meta.key else naming,
        'metrics': table_meta.metrics or [],
        'may_be_empty': table_meta.may_be_empty or false,
        'if_contradicting': table_meta.if_contradicting or 'row_excluded',
        'columns': columns,
    } -%}
    {%- do client_profiles.raise_source_specification(specification) -%}
    {{ return(specification) }}
{%- endmacro %}

{#- Stops when a specification names what is not there: its words become SQL. -#}
{% macro raise_source_specification(specification) -%}
    {%- set names = specification.columns | map(attribute='name') | list -%}
    {%- set problems = [] -%}
    {%- if not names -%}
        {%- do problems.append("none of its columns has a format in its meta") -%}
    {%- elif not specification.row_key or specification.row_key[0] not in names -%}
        {%- do problems.append("its meta has no key, or one that has no format") -%}
    {%- endif -%}
    {%- for column in specification.columns -%}
        {%- for mentioned in [column.at_least, column.at_most] + column.empties
            if mentioned is not none and mentioned not in names -%}
            {%- do problems.append(column.name ~ " mentions " ~ mentioned ~ ", which has no format") -%}
        {%- endfor -%}
        {%- for consequence in [column.if_wrong, column.future, specification.if_contradicting]
            if consequence not in client_profiles.defect_consequences() + ['allowed'] -%}
            {%- do problems.append(
                column.name ~ ": unknown consequence " ~ consequence ~ "; known: "
                ~ client_profiles.defect_consequences() | join(', ')
            ) -%}
        {%- endfor -%}
        {%- for name in [column.name] + column.metrics + specification.metrics
            if not modules.re.match('^[A-Za-z_][A-Za-z0-9_]*$', name) -%}
            {%- do problems.append(name ~ " is no plain name of letters, digits and underscores") -%}
        {%- endfor -%}
        {%- if column.maximum is not none and column.maximum is not number -%}
            {%- do problems.append(column.name ~ ": maximum is no number") -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if problems -%}
        {{ exceptions.raise_compiler_error(
            "the description of the checked source " ~ specification.name ~ " is not complete:\n  "
            ~ problems | unique | join('\n  ')
        ) }}
    {%- endif -%}
{%- endmacro %}
