{#- Fails, with the command to run, when a table of scores holds some that were
    given by rules which are no longer in the seeds. dbt build never leaves it
    so; dbt seed or a build of a part can.

    model: a table with scorecard, version, rules_fingerprint, period_start
    status: the versions that it follows: approved, candidate, or a list of both
    version_column: what the column version is called there                 -#}
{% test scores_follow_the_seeds(model, status='approved', version_column='version') %}
{%- set statuses = [status] if status is string else status -%}
{%- set versions = client_profiles.scorecard_rules()
    | selectattr('status', 'in', statuses) | list -%}
{%- set stale = client_profiles.stale_scores(
    model, versions, other_scorecards='candidate' in statuses,
    version_column=version_column
) -%}
{%- if stale.lines -%}
    {{ exceptions.raise_compiler_error(
        model ~ " holds scores of rules that are no longer in the seeds:\n  "
        ~ stale.lines | join('\n  ')
        ~ "\nBuild it again with all that it reads: make run, or dbt build --select +"
        ~ model.identifier ~ "+"
        ~ ("\n" ~ client_profiles.stale_scores_advice(stale.first_period) if 'approved' in statuses else '')
    ) }}
{%- endif -%}
select * from {{ model }} where 1 = 0
{% endtest %}
