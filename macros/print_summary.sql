{#- Prints what a build came to, on any engine: per scorecard the profiles with
    number and share of clients, the movements of the last period, decisions by
    hand and clients who could be in another profile, where the tables are, and
    what to try next.

    Use: dbt --quiet run-operation print_summary
    returns: nothing; an error with the command to run when nothing is built -#}
{% macro print_summary() -%}
    {%- if execute -%}
        {%- set current = client_profiles.summary_relation('client_profiles') -%}
        {%- set movements = client_profiles.summary_relation('fct_profile_movements') -%}
        {%- set profiles = client_profiles.summary_relation('stg_profiles') -%}
        {%- set scorecards = client_profiles.summary_relation('stg_scorecards') -%}
        {%- set count_profiles -%}
            select
                scorecards.scorecard,
                scorecards.label as scorecard_label,
                profiles.label,
                count(assigned.client_id) as clients,
                sum(count(assigned.client_id)) over (
                    partition by scorecards.scorecard
                ) as all_clients
            from {{ scorecards }} as scorecards
            inner join {{ profiles }} as profiles
                on scorecards.scorecard = profiles.scorecard
            left join {{ current }} as assigned
                on
                    profiles.scorecard = assigned.scorecard
                    and profiles.profile = assigned.profile
            group by
                scorecards.scorecard, scorecards.label, profiles.label,
                profiles.rank
            order by scorecards.scorecard, coalesce(profiles.rank, 999999)
        {%- endset -%}
        {%- set period = client_profiles.last_period(current) -%}
        {%- set count_movements -%}
            select scorecard, category, count(*)
            from {{ movements }}
            where period_start = cast('{{ period }}' as date)
            group by scorecard, category
            order by scorecard, category
        {%- endset -%}
        {%- set count_open_questions -%}
            select
                ledger.scorecard,
                sum(case when ledger.status = 'active' then 1 else 0 end),
                sum(case when ledger.is_about_to_expire then 1 else 0 end),
                sum(case when ledger.agrees_with_rules then 1 else 0 end)
            from {{ client_profiles.summary_relation('fct_override_ledger') }} as ledger
            group by ledger.scorecard
        {%- endset -%}
        {%- set count_uncertain -%}
            select
                assigned.scorecard,
                sum(case when assigned.score is not null and not assigned.is_certain then 1 else 0 end),
                sum(case when assigned.is_awaiting_confirmation then 1 else 0 end)
            from {{ current }} as assigned
            group by assigned.scorecard
        {%- endset -%}
        {%- set read_candidates -%}
            select scorecard, version
            from {{ client_profiles.summary_relation('stg_scorecard_versions') }}
            where status = 'candidate'
            order by scorecard, version
        {%- endset -%}
        {%- set candidates = run_query(read_candidates).rows -%}
        {%- set notes = {} -%}
        {%- for row in run_query(count_open_questions).rows if row[1] -%}
            {%- do notes.update({row[0]: [
                'placed by hand: ' ~ row[1] | int
                ~ (', about to expire: ' ~ row[2] | int if row[2] else '')
                ~ (', where the rules agree anyway: ' ~ row[3] | int if row[3] else '')
            ]}) -%}
        {%- endfor -%}
        {%- for row in run_query(count_uncertain).rows -%}
            {%- do notes.update({row[0]: notes.get(row[0], [])
                + (['waiting for confirmation: ' ~ row[2] | int] if row[2] else [])
                + (['uncertain for want of data: ' ~ row[1] | int] if row[1] else [])
            }) -%}
        {%- endfor -%}
        {%- set counted = run_query(count_profiles).rows -%}
        {%- set moved = run_query(count_movements).rows -%}
        {%- set lines = ['', 'Clients by profile in ' ~ period[:7]
            ~ ' (as of ' ~ client_profiles.as_of_date() ~ ')'] -%}
        {%- set width = [12] -%}
        {%- for row in counted -%}
            {%- do width.append(row[2] | length) -%}
        {%- endfor -%}
        {%- set ns = namespace(scorecard=none) -%}
        {%- for row in counted -%}
            {%- if row[0] != ns.scorecard -%}
                {%- set ns.scorecard = row[0] -%}
                {%- do lines.extend(['', '  ' ~ row[1]]) -%}
            {%- endif -%}
            {%- set share = 0 if row[4] == 0 else (row[3] | float) / (row[4] | float) -%}
            {%- do lines.append(
                '    ' ~ row[2] ~ ' ' * ((width | max) - (row[2] | length))
                ~ '%7d' | format(row[3] | int) ~ '  '
                ~ '%5.1f' | format(share * 100) ~ ' %  '
                ~ '█' * ((share * 40) | round | int)
            ) -%}
            {%- if loop.last or counted[loop.index][0] != row[0] -%}
                {%- set kinds = [] -%}
                {%- for movement in moved if movement[0] == row[0] -%}
                    {%- do kinds.append(movement[2] ~ ' ' ~ movement[1]) -%}
                {%- endfor -%}
                {%- do lines.append(
                    '    moved in ' ~ period[:7] ~ ': '
                    ~ (kinds | join(', ') if kinds else 'nobody')
                ) -%}
                {%- for note in notes.get(row[0], []) -%}
                    {%- do lines.append('    ' ~ note) -%}
                {%- endfor -%}
            {%- endif -%}
        {%- endfor -%}
        {%- set count_left_out -%}
            select
                sum(rows_excluded), sum(values_emptied),
                sum(case when consequence = 'kept' then rows_defective else 0 end)
            from {{ client_profiles.summary_relation('rpt_data_quality') }}
        {%- endset -%}
        {%- set left_out = run_query(count_left_out).rows[0] -%}
        {%- set found = []
            + ([left_out[0] | int ~ ' defect(s) left out a row'] if left_out[0] else [])
            + ([left_out[1] | int ~ ' a value'] if left_out[1] else [])
            + ([left_out[2] | int ~ ' to look at'] if left_out[2] else []) -%}
        {%- if found -%}
            {%- do lines.extend(['', 'Data: ' ~ found | join(', ')
                ~ '; which: dbt show --select fct_data_defects']) -%}
        {%- endif -%}
        {%- set is_demo = project_name == 'client_profiles' -%}
        {%- do lines.extend([
            '',
            'Tables: ' ~ current.render() | replace('"', '')
                ~ (' in ' ~ target.path if target.type == 'duckdb' else ' on ' ~ target.host),
            '',
            'Next:',
        ] + (['  . .venv/bin/activate'] if is_demo else []) + [
            '  dbt show --select client_profiles --limit 10       who is where now',
            '  dbt show --select fct_criterion_scores --limit 10  why',
            '  dbt show --select fct_movement_causes --limit 10   what moved them',
        ] + (
            ['  %-49s  what candidate version %s would change' | format(
                'make compare VERSION=' ~ candidates[0][1], candidates[0][1]
            )]
            if is_demo and candidates else []
        ) + [
            '  dbt docs generate && dbt docs serve                every table and column explained',
            '  edit seeds/scorecards/*.csv, then: '
                ~ ('make run        your own rules' if is_demo
                    else 'dbt build       other rules'),
        ]) -%}
        {{ print(client_profiles.visible(lines | join('\n'))) }}
    {%- endif -%}
{%- endmacro %}

{#- The table of a node, or an error that says how to build it. -#}
{% macro summary_relation(name) -%}
    {%- set relation = client_profiles.built_relation(name) -%}
    {%- if relation is none -%}
        {{ exceptions.raise_compiler_error(
            name ~ " is not built yet; run: make run, or dbt build"
        ) }}
    {%- endif -%}
    {{ return(relation) }}
{%- endmacro %}
