{#- A select statement that adds what the rules say: which one decides, the
    profile it leads to, and to which profiles the missing values could lead if
    they were known.

    A rule is certain when its conditions hold whatever the missing values are,
    and possible when they can hold; the profiles of all possible rules up to
    the first certain one are possible. Each condition is looked at by itself,
    so the list never lacks a profile. It can hold one too many: where conditions
    of one rule pull in opposite directions, where no points of the bands lead to
    a rule's range, and where an earlier rule holds whenever this one does. Where
    rules have lower bounds only, its first and its last rule are always reached.

    relation: CTE with the columns of int_client_scores
    versions: entries of scorecard_rules() that its rows belong to
    returns: the columns of relation and rule, computed_profile and
      possible_profiles: names in the order of the rules, parted by ', '; null
      while the client is not eligible                                     -#}
{% macro judge_by_rules(relation, versions) -%}
    with ask_whether_settled as (
        select
            {{ relation }}.*,
            {{ client_profiles.is_settled(relation, versions) }} as is_settled
        from {{ relation }}
    ),

    find_first_rule as {{ client_profiles.computed_once() }} (
        select
            ask_whether_settled.*,
            case
                when ask_whether_settled.ineligibility_reason is null
                    then {{ client_profiles.deciding_rule('ask_whether_settled', versions) }}
            end as rule,
            case
                when ask_whether_settled.ineligibility_reason is not null then null
                when ask_whether_settled.is_settled then null
                {%- for version in versions %}
                when {{ client_profiles.is_version(version, 'ask_whether_settled') }}
                    then case
                        {%- for rule in version.rules %}
                        when {{ client_profiles.rule_condition(
                            rule, 'ask_whether_settled', 'certain', version
                        ) }}
                            then {{ loop.index }}
                        {%- endfor %}
                    end
                {%- endfor %}
            end as first_certain_rule
        from ask_whether_settled
    ),

    name_profiles as (
        select
            find_first_rule.*,
            case
                when find_first_rule.ineligibility_reason is not null
                    then 'not_yet_eligible'
                else {{ client_profiles.profile_of_rule(
                    'find_first_rule', versions
                ) }}
            end as computed_profile
        from find_first_rule
    ),

    list_possible_profiles as (
        select
            name_profiles.*,
            case
                when name_profiles.ineligibility_reason is not null
                    then cast(null as {{ dbt.type_string() }})
                when name_profiles.is_settled
                    then name_profiles.computed_profile
                {%- for version in versions %}
                when {{ client_profiles.is_version(version, 'name_profiles') }}
                    then {{ client_profiles.possible_profiles(
                        version, 'name_profiles'
                    ) }}
                {%- endfor %}
            end as possible_profiles
        from name_profiles
    )

    select * from list_possible_profiles
{%- endmacro %}

{#- Whether no missing value can lead to another profile, as an SQL condition:
    nothing that the rules look at would be another if it were known. Most rows
    are, and the long list of conditions is asked of the others only.

    relation: alias with scorecard, version, the three scores, and of what the
      rules look at <criterion>__value and metric__<metric>
    versions: entries of scorecard_rules() that its rows belong to         -#}
{% macro is_settled(relation, versions) -%}
    {%- set usage = client_profiles.rule_usage(versions) -%}
    coalesce(
        {{ relation }}.score = {{ relation }}.lowest_score
        and {{ relation }}.score = {{ relation }}.highest_score,
        1 = 0
    )
    {%- for criterion in usage.gate_criteria %}
    and {{ relation }}.{{ criterion }}__value is not null
    {%- endfor %}
    {%- for metric in usage.gate_metrics %}
    and {{ relation }}.metric__{{ metric }} is not null
    {%- endfor %}
{%- endmacro %}

{#- The first rule whose conditions hold, as an SQL text expression.

    relation: alias with scorecard, version, score, and of what the rules look
      at <criterion>__points and metric__<metric>
    versions: entries of scorecard_rules() that its rows belong to         -#}
{% macro deciding_rule(relation, versions) -%}
    case
        {%- for version in versions %}
        when {{ client_profiles.is_version(version, relation) }}
            then case
                {%- for rule in version.rules %}
                when {{ client_profiles.rule_condition(rule, relation) }}
                    then '{{ rule.rule }}'
                {%- endfor %}
            end
        {%- else %}
        when 1 = 0 then ''
        {%- endfor %}
    end
{%- endmacro %}

{#- The profile that the rule in `rule` leads to, as an SQL text expression.

    relation: alias with scorecard, version and rule
    versions: entries of scorecard_rules() that its rows belong to         -#}
{% macro profile_of_rule(relation, versions) -%}
    case
        {%- for version in versions %}
        when {{ client_profiles.is_version(version, relation) }}
            then case {{ relation }}.rule
                {%- for rule in version.rules %}
                when '{{ rule.rule }}' then '{{ rule.profile }}'
                {%- endfor %}
            end
        {%- else %}
        when 1 = 0 then ''
        {%- endfor %}
    end
{%- endmacro %}

{#- Whether a row is of a version, as an SQL condition. -#}
{% macro is_version(version, relation) -%}
    {{ relation }}.scorecard = '{{ version.scorecard }}'
    and {{ relation }}.version = '{{ version.version }}'
{%- endmacro %}

{#- The names of a version's possible profiles, as an SQL text expression. -#}
{% macro possible_profiles(version, relation) -%}
    {%- set rules = [] -%}
    {%- for rule in version.rules -%}
        {%- do rules.append({
            'profile': rule.profile,
            'condition': relation ~ '.first_certain_rule >= ' ~ loop.index
                ~ ' and ' ~ client_profiles.rule_condition(
                    rule, relation, 'possible', version
                ),
        }) -%}
    {%- endfor -%}
    {%- set names = [] -%}
    {%- for profile in rules | map(attribute='profile') | unique -%}
        {%- do names.append(
            "case when ("
            ~ rules | selectattr('profile', 'equalto', profile)
                | map(attribute='condition') | join(') or (')
            ~ ") then ', " ~ profile ~ "' else '' end"
        ) -%}
    {%- endfor -%}
    nullif(substring(
        {{ names | join('\n        || ') if names else "''" }}, 3
    ), '')
{%- endmacro %}
