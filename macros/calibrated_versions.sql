{#- The versions that one can calibrate from: those in force in the last closed
    period, and all candidates.

    returns: entries of scorecard_rules()                                  -#}
{% macro calibrated_versions() -%}
    {%- set versions = client_profiles.versions_in_force() -%}
    {%- for version in client_profiles.scorecard_rules()
        if version.status == 'candidate' -%}
        {%- do versions.append(version) -%}
    {%- endfor -%}
    {{ return(versions) }}
{%- endmacro %}
