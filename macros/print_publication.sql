{#- Prints what publication() returns, as one JSON object: publish/publish.py reads
    it.

    last: the history of the last publication, as history_losses() takes it; the
      object has its result as `history_losses` -#}
{% macro print_publication(last=none) -%}
    {%- if execute -%}
        {%- set said = client_profiles.publication() -%}
        {%- do said.update({
            'history_losses':
                client_profiles.history_losses(last) if last is not none else [],
        }) -%}
        {{ print(tojson(said)) }}
    {%- endif -%}
{%- endmacro %}

{#- What a publication needs to know of the project and its target.

    returns: mapping
      engine        target.type
      build_path    the DuckDB file, none on other engines
      published_schema  where readers find it, on engines without files
      as_of         the day from which the data are looked at
      rules_fingerprint  hash of all approved versions of all scorecards
      tables        what people read, the marts and the snapshots: schema, name,
                    kind (mart or snapshot), description, columns (name,
                    description, is_personal_data)
      history       what history_tables() returns                          -#}
{% macro publication() -%}
    {%- set versions = [] -%}
    {%- for version in client_profiles.scorecard_rules()
        if version.status == 'approved' -%}
        {%- do versions.append(
            version.scorecard ~ ' ' ~ version.version ~ ' ' ~ version.fingerprint
        ) -%}
    {%- endfor -%}
    {%- set tables = [] -%}
    {%- for node in graph.nodes.values() | sort(attribute='name')
        if node.package_name == 'client_profiles'
        and node.config.enabled
        and (
            node.resource_type == 'snapshot'
            or (node.resource_type == 'model' and 'marts' in node.fqn)
        ) -%}
        {%- do tables.append(client_profiles.published_table(node)) -%}
    {%- endfor -%}
    {{ return({
        'engine': target.type,
        'build_path': target.path if target.type == 'duckdb' else none,
        'published_schema': target.schema ~ '_published',
        'as_of': client_profiles.as_of_date(),
        'rules_fingerprint': local_md5(versions | sort | join('\n')),
        'tables': tables,
        'history': client_profiles.history_tables(),
    }) }}
{%- endmacro %}

{#- What is to be said of a published table.

    node: of the graph
    returns: mapping, as above                                             -#}
{% macro published_table(node) -%}
    {%- set columns = [] -%}
    {%- for column in node.columns.values() -%}
        {%- do columns.append({
            'name': column.name,
            'description': column.description,
            'is_personal_data': column.get('meta', {}).get('personal_data', false)
                or column.get('config', {}).get('meta', {}).get('personal_data', false),
        }) -%}
    {%- endfor -%}
    {{ return({
        'schema': node.schema,
        'name': node.alias,
        'kind': 'snapshot' if node.resource_type == 'snapshot' else 'mart',
        'description': node.description,
        'columns': columns,
    }) }}
{%- endmacro %}
