{#- The last closed period, read while a node runs.

    returns: ISO text of its first day; none at parse time, while profiles are
      not built and where there are none                                   -#}
{% macro last_closed_period() -%}
    {%- set profiles = ref('fct_client_profiles') -%}
    {%- if execute and load_relation(profiles) is not none -%}
        {{ return(client_profiles.last_period(profiles)) }}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro %}

{#- The approved versions that are in force in the last closed period, one per
    scorecard at the most.

    returns: entries of scorecard_rules(); all approved ones while there is no
      closed period                                                        -#}
{% macro versions_in_force() -%}
    {%- set period = client_profiles.last_closed_period() -%}
    {%- set versions = [] -%}
    {%- for version in client_profiles.scorecard_rules()
        if version.status == 'approved' and (
            period is none or (
                version.scored_from <= period
                and (version.scored_to is none or version.scored_to > period)
            )
        ) -%}
        {%- do versions.append(version) -%}
    {%- endfor -%}
    {{ return(versions) }}
{%- endmacro %}
