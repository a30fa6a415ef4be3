{#- Reads the rule seeds into one structure that the scoring models compile
    into CASE expressions. Checks the rules first: unsound ones are an error.

    status: 'approved' for the versions in force, 'candidate' for the others
    returns: list, one entry per scorecard version in order of scorecard and
      date; empty at parse time:
        scorecard, version, label     text
        effective_from, effective_to  ISO text; effective_to none when open
        minimum_tenure_months         int
        confirmation_periods          int
        minimum_coverage              int, millionths
        fingerprint                   hash of everything that decides
        criteria: criterion, metric, weight (int, millionths), normalization,
          missing_value_policy, maximum_age_months (int),
          bands: band, lower_bound (text or none), points (text), lowest first
        rules: rule, profile, conditions: subject, subject_name, lower_bound,
          upper_bound (text or none); in order of priority
    Every text in it fits its seed's format, so it can stand in SQL.       -#}
{% macro scorecard_rules(status='approved') -%}
    {{ client_profiles.raise_rule_problems() }}
    {%- set versions = [] -%}
    {%- set text = dbt.type_string() -%}

    {%- set read_versions -%}
        select
            scorecard, version,
            cast(effective_from as {{ text }}) as effective_from,
            cast(effective_to as {{ text }}) as effective_to,
            minimum_tenure_months,
            cast(minimum_coverage * 1000000 as integer) as minimum_coverage,
            confirmation_periods
        from {{ ref('stg_scorecard_versions') }}
        where status = '{{ status }}'
        order by scorecard, effective_from, version
    {%- endset -%}
    {%- set read_criteria -%}
        select
            weights.scorecard, weights.version, weights.criterion,
            criteria.metric,
            cast(weights.weight * 1000000 as integer) as weight,
            weights.normalization, weights.missing_value_policy,
            weights.maximum_age_months
        from {{ ref('stg_criterion_weights') }} as weights
        inner join {{ ref('stg_criteria') }} as criteria
            on weights.criterion = criteria.criterion
    {%- endset -%}
    {%- set read_bands -%}
        select
            bands.scorecard, bands.version, bands.criterion, bands.band,
            cast(bands.lower_bound as {{ text }}) as lower_bound_text,
            cast(bands.points as {{ text }}) as points_text
        from {{ ref('stg_score_bands') }} as bands
        order by
            case when bands.lower_bound is null then 0 else 1 end,
            bands.lower_bound,
            bands.band
    {%- endset -%}
    {%- set read_rules -%}
        select
            scorecard, version, rule, profile, subject, subject_name,
            cast(lower_bound as {{ text }}) as lower_bound,
            cast(upper_bound as {{ text }}) as upper_bound,
            priority
        from {{ ref('stg_profile_rules') }}
        order by priority, subject, subject_name
    {%- endset -%}

    {%- if execute -%}
        {%- set criteria_rows = run_query(read_criteria).rows -%}
        {%- set band_rows = run_query(read_bands).rows -%}
        {%- set rule_rows = run_query(read_rules).rows -%}
        {%- for row in run_query(read_versions).rows -%}
            {%- set criteria = [] -%}
            {%- for each in criteria_rows
                if each[0] == row[0] and each[1] == row[1] -%}
                {%- set bands = [] -%}
                {%- for band in band_rows
                    if band[0] == row[0] and band[1] == row[1]
                    and band[2] == each[2] -%}
                    {%- do bands.append({
                        'band': band[3],
                        'lower_bound': band[4],
                        'points': band[5],
                    }) -%}
                {%- endfor -%}
                {%- do criteria.append({
                    'criterion': each[2],
                    'metric': each[3] | lower,
                    'weight': each[4] | int,
                    'normalization': each[5],
                    'missing_value_policy': each[6],
                    'maximum_age_months': each[7] | int,
                    'bands': bands,
                }) -%}
            {%- endfor -%}
            {%- set rules = [] -%}
            {%- for each in rule_rows
                if each[0] == row[0] and each[1] == row[1] -%}
                {%- if not rules or rules[-1].rule != each[2] -%}
                    {%- do rules.append({
                        'rule': each[2],
                        'profile': each[3],
                        'conditions': [],
                    }) -%}
                {%- endif -%}
                {%- do rules[-1].conditions.append({
                    'subject': each[4],
                    'subject_name': each[5],
                    'lower_bound': each[6],
                    'upper_bound': each[7],
                }) -%}
            {%- endfor -%}
            {%- set version = {
                'scorecard': row[0],
                'version': row[1],
                'effective_from': row[2],
                'effective_to': row[3],
                'minimum_tenure_months': row[4] | int,
                'minimum_coverage': row[5] | int,
                'confirmation_periods': row[6] | int,
                'criteria': criteria | sort(attribute='criterion'),
                'rules': rules,
            } -%}
            {#- An end set later is no change of what has been scored. -#}
            {%- set deciding = dict(version) -%}
            {%- do deciding.pop('effective_to') -%}
            {%- do version.update({
                'fingerprint': local_md5(tojson(deciding, sort_keys=true))
            }) -%}
            {%- do versions.append(version) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(versions) }}
{%- endmacro %}
