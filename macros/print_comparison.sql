{#- Prints what a candidate version would change in the last complete period: the
    transition matrix from the profiles in force to its own, the clients and the
    revenue moved, who gains or loses a benefit, and what it does otherwise.

    version: its name, none for a list of the candidates
    scorecard: its scorecard, none for all that have a candidate of this name
    Use: dbt --quiet run-operation print_comparison --args "{version: '3'}"
    returns: nothing; an error with the candidates where there is no such one -#}
{% macro print_comparison(version=none, scorecard=none) -%}
    {%- if execute -%}
        {%- set impact = client_profiles.summary_relation('rpt_version_impact') -%}
        {%- set versions = client_profiles.summary_relation('stg_scorecard_versions') -%}
        {%- set read_candidates -%}
            select distinct impact.scorecard, impact.version, versions.change_note
            from {{ impact }} as impact
            inner join {{ versions }} as versions
                on
                    impact.scorecard = versions.scorecard
                    and impact.version = versions.version
            order by impact.scorecard, impact.version
        {%- endset -%}
        {%- set wanted = [] -%}
        {%- set known = [] -%}
        {%- for row in run_query(read_candidates).rows -%}
            {%- do known.append('  ' ~ row[0] ~ ', version ' ~ row[1] ~ ': ' ~ row[2]) -%}
            {%- if row[1] == version | string and scorecard in (none, row[0]) -%}
                {%- do wanted.append((row[0], row[1], row[2])) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if not wanted -%}
            {%- set problem = 'which candidate version? Name one with VERSION=…'
                if version is none
                else "there is no candidate version '" ~ version ~ "'"
                    ~ (" of scorecard '" ~ scorecard ~ "'" if scorecard else '') -%}
            {{ exceptions.raise_compiler_error(
                problem ~ (
                    '; the last build knows:\n' ~ known | join('\n') if known
                    else '; add a line with status candidate to scorecard_versions.csv, its weights, bands and rules, and run: make run'
                )
            ) }}
        {%- endif -%}
        {%- for each in wanted -%}
            {{ print(client_profiles.visible(
                client_profiles.comparison_lines(impact, each[0], each[1], each[2]) | join('\n')
            )) }}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{#- The lines that print_comparison() prints for one candidate version, whose
    names were read from the warehouse. -#}
{% macro comparison_lines(impact, scorecard, version, change_note) -%}
    {%- set benefits = client_profiles.summary_relation('fct_version_benefits') -%}
    {%- set changes = client_profiles.summary_relation('rpt_rule_changes') -%}
    {%- set profiles = client_profiles.summary_relation('stg_profiles') -%}
    {%- set this_version -%}
        scorecard = '{{ scorecard }}' and version = '{{ version }}'
    {%- endset -%}
    {%- set read_profiles -%}
        select profile, label from {{ profiles }}
        where scorecard = '{{ scorecard }}'
        order by coalesce(rank, 999999), profile
    {%- endset -%}
    {%- set read_cells -%}
        select
            approved_profile, candidate_profile, clients, direction,
            coalesce(revenue, 0), period_start
        from {{ impact }} where is_last_period and {{ this_version }}
    {%- endset -%}
    {%- set read_benefits -%}
        select benefits.benefit, benefits.effect, benefits.client_id
        from {{ benefits }} as benefits
        where
            {{ this_version }}
            and period_start = (select max(period_start) from {{ impact }})
        order by benefits.benefit, benefits.effect, benefits.client_id
    {%- endset -%}
    {%- set read_changes -%}
        select subject, column_name, change, old_value, new_value
        from {{ changes }}
        where kind = 'version' and {{ this_version }}
        order by seed, subject, column_order
    {%- endset -%}
    {%- set profile_rows = run_query(read_profiles).rows -%}
    {%- set cells = {} -%}
    {%- set sums = {'better': 0, 'worse': 0, 'other': 0, 'same': 0} -%}
    {%- set ns = namespace(period='', moved_revenue=0, revenue=0, clients=0) -%}
    {%- for row in run_query(read_cells).rows -%}
        {%- do cells.update({(row[0], row[1]): row[2] | int}) -%}
        {%- do sums.update({row[3]: sums[row[3]] + row[2] | int}) -%}
        {%- set ns.period = row[5] | string -%}
        {%- set ns.clients = ns.clients + row[2] | int -%}
        {%- set ns.revenue = ns.revenue + row[4] -%}
        {%- if row[0] != row[1] -%}
            {%- set ns.moved_revenue = ns.moved_revenue + row[4] -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set names = profile_rows | map(attribute=0) | list -%}
    {%- set width = [16] -%}
    {%- for row in profile_rows -%}
        {%- do width.append(row[1] | length) -%}
    {%- endfor -%}
    {%- set width = width | max -%}
    {%- set gaps = {'all': 6} -%}
    {%- for name in names -%}
        {%- do gaps.update({name: [4, name | length] | max + 2}) -%}
    {%- endfor -%}
    {%- set lines = [
        '',
        scorecard ~ ', version ' ~ version ~ ' (candidate) in ' ~ ns.period[:7]
            ~ ': ' ~ change_note,
        '',
        '  in force         ' ~ ' ' * (width - 16) ~ 'by version ' ~ version,
    ] -%}
    {%- set head = namespace(line='  ' ~ ' ' * width) -%}
    {%- for name in names + ['all'] -%}
        {%- set head.line = head.line ~ ' ' * (gaps[name] - name | length) ~ name -%}
    {%- endfor -%}
    {%- do lines.append(head.line) -%}
    {%- for row in profile_rows -%}
        {%- set current = namespace(
            line='  ' ~ row[1] ~ ' ' * (width - row[1] | length), all=0
        ) -%}
        {%- for name in names -%}
            {%- set clients = cells.get((row[0], name), 0) -%}
            {%- set current.all = current.all + clients -%}
            {%- set text = clients | string if clients else '·' -%}
            {%- set current.line = current.line ~ ' ' * (gaps[name] - text | length) ~ text -%}
        {%- endfor -%}
        {%- set text = current.all | string -%}
        {%- do lines.append(current.line ~ ' ' * (gaps['all'] - text | length) ~ text) -%}
    {%- endfor -%}
    {%- set moved = ns.clients - sums.same -%}
    {%- do lines.extend([
        '',
        '  ' ~ moved ~ ' of ' ~ ns.clients ~ ' clients would be in another profile: '
            ~ sums.better ~ ' better, ' ~ sums.worse ~ ' worse'
            ~ (', ' ~ sums.other ~ ' other' if sums.other else ''),
        '  with ' ~ '{:,.2f}'.format(ns.moved_revenue) ~ ' of '
            ~ '{:,.2f}'.format(ns.revenue) ~ ' revenue in ' ~ ns.period[:7],
    ]) -%}
    {%- set effects = {} -%}
    {%- for row in run_query(read_benefits).rows -%}
        {%- set key = row[0] ~ ': ' ~ ('gained' if row[1] == 'gains' else 'lost') ~ ' by' -%}
        {%- do effects.update({key: effects.get(key, []) + [row[2]]}) -%}
    {%- endfor -%}
    {%- for key, clients in effects.items() -%}
        {%- do lines.append(
            ('\n  Benefits\n' if loop.first else '') ~ '    ' ~ key ~ ' '
            ~ clients | length ~ ': ' ~ clients[:8] | join(', ')
            ~ (', …' if clients | length > 8 else '')
        ) -%}
    {%- endfor -%}
    {%- for row in run_query(read_changes).rows -%}
        {%- do lines.append(
            ('\n  What it does otherwise\n' if loop.first else '') ~ '    '
            ~ row[0] ~ ': ' ~ row[1] | replace('_', ' ') ~ ' ' ~ (
                row[4] ~ ' (new)' if row[2] == 'added'
                else row[3] ~ ' (taken away)' if row[2] == 'removed'
                else (row[3] or '(none)') ~ ' → ' ~ (row[4] or '(none)')
            )
        ) -%}
    {%- endfor -%}
    {%- do lines.extend([
        '',
        'Next:',
        '  dbt show --select fct_version_comparison --limit 10   client by client',
        '  to approve it, change its line in seeds/scorecards/scorecard_versions.csv:',
        '  status approved, approved_by, approved_on, and effective_from not before the next month',
    ]) -%}
    {{ return(lines) }}
{%- endmacro %}
