{#- Stops a build with masked names when a text that readers see, or ever saw, names
    a client: names can be masked where they are a column, not where people typed
    them. Short names would be found in any sentence.

    returns: nothing; an error with the lines                              -#}
{% macro raise_named_clients() -%}
    {%- set texts = {
        'profile_overrides_snapshot': ['scorecard', 'reason'],
        'restatements_snapshot': ['restatement', 'reason'],
        'scorecard_versions_snapshot': ['scorecard', 'change_note'],
        'protocols_snapshot': ['scorecard', 'action'],
    } -%}
    {%- set find_names -%}
        with texts as (
            {%- for snapshot, columns in texts.items() %}
            select
                '{{ snapshot | replace('_snapshot', '.csv') }}' as seed,
                cast({{ columns[0] }} as {{ dbt.type_string() }}) as line,
                cast({{ columns[1] }} as {{ dbt.type_string() }}) as content
            from {{ ref(snapshot) }}
            {%- if not loop.last %}
            union all
            {%- endif %}
            {%- endfor %}
        ),

        clients as (
            select
                cast(client_id as {{ dbt.type_string() }}) as client_id,
                client_name
            from {{ ref(project_name, 'stg_clients') }}
        )

        select distinct texts.seed, texts.line, clients.client_id
        from texts
        inner join clients
            on {{ dbt.position('clients.client_name', 'texts.content') }} > 0
        where
            length(clients.client_name) >= 4
            and clients.client_name <> clients.client_id
        order by texts.seed, texts.line, clients.client_id
    {%- endset -%}
    {%- if execute and client_profiles.boolean_var('mask_client_names', false) -%}
        {%- set found = [] -%}
        {%- for row in run_query(find_names).rows -%}
            {%- do found.append(
                '\n  ' ~ row[0] ~ ' (' ~ row[1] ~ '): names client ' ~ row[2]
            ) -%}
        {%- endfor -%}
        {%- if found -%}
            {{ exceptions.raise_compiler_error(
                'mask_client_names is true, but texts that are published name clients:'
                ~ found | join('')
                ~ '\nWrite the id instead of the name. What snapshots keep of an earlier text is'
                ~ ' changed as docs/publishing.md says under "Names of clients".'
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
