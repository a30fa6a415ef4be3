{#- Reads the rule seeds into one structure that the scoring models compile
    into CASE expressions. Checks the rules first: unsound ones are an error.

    returns: list, one entry per scorecard version, the approved ones first, in
      order of scorecard and date; empty at parse time:
        scorecard, version, status    text
        scored_from, scored_to        ISO text, scored_to excluded and none when
          open: the dates in force of an approved version; all periods since the
          scorecard began of a candidate, whatever its own dates are
        minimum_tenure_months         int
        confirmation_periods          int
        minimum_coverage              int, millionths
        fingerprint                   hash of everything that decides
        criteria: criterion, metric, weight (int, millionths), normalization,
          missing_value_policy, maximum_age_months (int),
          bands: band, lower_bound (text or none), points (text), lowest first
        rules: rule, profile, conditions: subject, subject_name, lower_bound,
          upper_bound (text or none); in order of priority
    Every text in it fits its seed's format, so it can stand in SQL. It is read
    once per command and shared by all nodes: nobody may change it.        -#}
{% macro scorecard_rules() -%}
    {#- dbt learns what a node depends on while it parses; nothing is noted then. -#}
    {%- set known = client_profiles.remembered('scorecard_rules') -%}
    {%- if known is not none -%}
        {{ return(known) }}
    {%- endif -%}
    {{ client_profiles.raise_rule_problems() }}
    {#- Closed periods are scored again only on record. -#}
    {%- set restatement = client_profiles.recorded_restatement() -%}
    {%- set versions = [] -%}
    {%- set text = dbt.type_string() -%}

    {%- set read_versions -%}
        select
            versions.scorecard, versions.version, versions.status,
            cast(
                case
                    when versions.status = 'approved'
                        then versions.effective_from
                    else min(
                        case
                            when versions.status = 'approved'
                                then versions.effective_from
                        end
                    ) over (partition by versions.scorecard)
                end
                as {{ text }}
            ) as scored_from,
            cast(
                case
                    when versions.status = 'approved' then versions.effective_to
                end
                as {{ text }}
            ) as scored_to,
            versions.minimum_tenure_months,
            cast(versions.minimum_coverage * 1000000 as integer)
                as minimum_coverage,
            versions.confirmation_periods
        from {{ ref('stg_scorecard_versions') }} as versions
        order by
            versions.status, versions.scorecard, versions.effective_from,
            versions.version
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
                'status': row[2],
                'scored_from': row[3],
                'scored_to': row[4],
                'minimum_tenure_months': row[5] | int,
                'minimum_coverage': row[6] | int,
                'confirmation_periods': row[7] | int,
                'criteria': criteria | sort(attribute='criterion'),
                'rules': rules,
            } -%}
            {#- An end set later is no change of what has been scored. -#}
            {%- set deciding = dict(version) -%}
            {%- do deciding.pop('scored_to') -%}
            {%- do version.update({
                'fingerprint': local_md5(tojson(deciding, sort_keys=true))
            }) -%}
            {%- do versions.append(version) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(client_profiles.remember('scorecard_rules', versions)) }}
{%- endmacro %}
