{#- Fails, with the command to run, when a table of profiles does not hold the
    decisions by hand that are in the seed, in the periods that they can still
    reach. In closed periods it keeps those that it was made with.

    model: a table with client_id, scorecard, period_start, profile and
      assignment_source                                                     -#}
{% test overrides_follow_the_seeds(model) %}
{%- set versions = client_profiles.scorecard_rules()
    | selectattr('status', 'equalto', 'approved') | list -%}
{%- set overrides = ref('stg_profile_overrides') -%}
{%- set first_periods = client_profiles.first_periods_to_score(model, versions) -%}
{%- set find_stale -%}
    select
        assigned.client_id,
        assigned.scorecard,
        cast(assigned.period_start as {{ dbt.type_string() }})
    from {{ model }} as assigned
    left join {{ overrides }} as overrides
        on
            assigned.client_id = overrides.client_id
            and assigned.scorecard = overrides.scorecard
            and assigned.period_start >= overrides.valid_from
            and assigned.period_start < overrides.valid_to
    where
        {{ client_profiles.periods_to_score(first_periods, 'assigned') }}
        and (
            (assigned.assignment_source = 'override') <> (overrides.profile is not null)
            or assigned.profile <> overrides.profile
        )
    order by assigned.scorecard, assigned.client_id, assigned.period_start
{%- endset -%}
{%- set stale = run_query(find_stale).rows if execute else [] -%}
{%- if stale -%}
    {{ exceptions.raise_compiler_error(
        model ~ " does not hold the decisions by hand that are in profile_overrides.csv: "
        ~ stale | length ~ " line(s), the first for client " ~ stale[0][0]
        ~ ", scorecard " ~ stale[0][1] ~ ", period " ~ stale[0][2]
        ~ ".\nBuild it again with all that it reads: make run, or dbt build --select +"
        ~ model.identifier ~ "+"
    ) }}
{%- endif -%}
select * from {{ model }} where 1 = 0
{% endtest %}
