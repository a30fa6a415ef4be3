{#- Two kinds of changes. `version`: what a version does otherwise than the
    approved one before it; its own dates and approval are no rules. `edit`: what
    a run found in the seeds that the run before had not, but for the lines that
    come with a new version, which are the first kind. -#}
with rule_values as (
    select * from {{ ref('int_rule_values') }}
),

versions as (
    select * from {{ ref('stg_scorecard_versions') }}
),

scorecards as (
    select * from {{ ref('stg_scorecards') }}
),

find_predecessors as (
    select
        versions.scorecard,
        versions.version,
        versions.effective_from,
        earlier.version as version_before,
        row_number() over (
            partition by versions.scorecard, versions.version
            order by earlier.effective_from desc
        ) as distance
    from versions
    inner join versions as earlier
        on versions.scorecard = earlier.scorecard
    where
        earlier.status = 'approved'
        and earlier.version <> versions.version
        and earlier.effective_from <= versions.effective_from
),

keep_present_values as (
    select * from rule_values
    where
        valid_to is null
        and version is not null
        and column_name not in (
            'status',
            'effective_from',
            'effective_to',
            'approved_by',
            'approved_on',
            'change_note'
        )
),

list_values_before as (
    select
        find_predecessors.scorecard,
        find_predecessors.version,
        find_predecessors.version_before,
        find_predecessors.effective_from,
        keep_present_values.seed,
        keep_present_values.item_key,
        keep_present_values.criterion,
        keep_present_values.subject,
        keep_present_values.column_name,
        keep_present_values.column_words,
        keep_present_values.column_order,
        keep_present_values.value
    from find_predecessors
    inner join keep_present_values
        on
            find_predecessors.scorecard = keep_present_values.scorecard
            and find_predecessors.version_before = keep_present_values.version
    where find_predecessors.distance = 1
),

list_values_after as (
    select
        find_predecessors.scorecard,
        find_predecessors.version,
        find_predecessors.version_before,
        find_predecessors.effective_from,
        keep_present_values.seed,
        keep_present_values.item_key,
        keep_present_values.criterion,
        keep_present_values.subject,
        keep_present_values.column_name,
        keep_present_values.column_words,
        keep_present_values.column_order,
        keep_present_values.value
    from find_predecessors
    inner join keep_present_values
        on
            find_predecessors.scorecard = keep_present_values.scorecard
            and find_predecessors.version = keep_present_values.version
    where find_predecessors.distance = 1
),

compare_versions as (
    select
        'version' as kind,
        {%- for column in [
            'scorecard',
            'version',
            'version_before',
            'seed',
            'item_key',
            'criterion',
            'subject',
            'column_name',
            'column_words',
            'column_order',
        ] %}
        coalesce(
            list_values_after.{{ column }}, list_values_before.{{ column }}
        ) as {{ column }},
        {%- endfor %}
        case
            when list_values_before.item_key is null then 'added'
            when list_values_after.item_key is null then 'removed'
            else 'changed'
        end as change,
        list_values_before.value as old_value,
        list_values_after.value as new_value,
        coalesce(
            list_values_after.effective_from, list_values_before.effective_from
        ) as changed_on
    from list_values_before
    full outer join list_values_after
        on
            list_values_before.scorecard = list_values_after.scorecard
            and list_values_before.version = list_values_after.version
            and list_values_before.seed = list_values_after.seed
            and list_values_before.item_key = list_values_after.item_key
            and list_values_before.column_name = list_values_after.column_name
    where
        coalesce(list_values_before.value, '')
        <> coalesce(list_values_after.value, '')
),

find_first_days as (
    select min(rule_values.valid_from) as first_day
    from rule_values
),

find_version_days as (
    select
        rule_values.scorecard,
        rule_values.version,
        min(rule_values.valid_from) as first_day
    from rule_values
    where rule_values.seed = 'scorecard_versions'
    group by rule_values.scorecard, rule_values.version
),

follow_values as (
    select
        rule_values.*,
        lag(rule_values.value) over (
            partition by
                rule_values.seed, rule_values.line_key, rule_values.column_name
            order by rule_values.valid_from
        ) as value_before,
        lag(rule_values.valid_to) over (
            partition by
                rule_values.seed, rule_values.line_key, rule_values.column_name
            order by rule_values.valid_from
        ) as ended_before,
        lead(rule_values.valid_from) over (
            partition by
                rule_values.seed, rule_values.line_key, rule_values.column_name
            order by rule_values.valid_from
        ) as next_from
    from rule_values
),

list_edits as (
    select
        follow_values.*,
        case
            when follow_values.valid_from = follow_values.ended_before
                then 'changed'
            else 'added'
        end as change,
        case
            when follow_values.valid_from = follow_values.ended_before
                then follow_values.value_before
        end as old_value,
        follow_values.value as new_value,
        follow_values.valid_from as changed_on
    from follow_values
    union all
    select
        follow_values.*,
        'removed' as change,
        follow_values.value as old_value,
        cast(null as {{ dbt.type_string() }}) as new_value,
        follow_values.valid_to as changed_on
    from follow_values
    where
        follow_values.valid_to is not null
        and (
            follow_values.next_from is null
            or follow_values.next_from > follow_values.valid_to
        )
),

keep_edits as (
    select
        'edit' as kind,
        list_edits.scorecard,
        list_edits.version,
        cast(null as {{ dbt.type_string() }}) as version_before,
        list_edits.seed,
        list_edits.item_key,
        list_edits.criterion,
        list_edits.subject,
        list_edits.column_name,
        list_edits.column_words,
        list_edits.column_order,
        list_edits.change,
        list_edits.old_value,
        list_edits.new_value,
        list_edits.changed_on
    from list_edits
    cross join find_first_days
    left join find_version_days
        on
            list_edits.scorecard = find_version_days.scorecard
            and list_edits.version = find_version_days.version
    where
        list_edits.changed_on > find_first_days.first_day
        and coalesce(list_edits.old_value, '')
        <> coalesce(list_edits.new_value, '')
        and (
            list_edits.change <> 'added'
            or list_edits.seed = 'scorecard_versions'
            or find_version_days.first_day is null
            or find_version_days.first_day < list_edits.changed_on
        )
),

combine as (
    select * from compare_versions
    union all
    select * from keep_edits
),

put_into_words as (
    select
        combine.*,
        versions.change_note,
        versions.approved_by,
        scorecards.label as scorecard_label,
        combine.subject || ': ' || combine.column_words || case combine.change
            when 'added'
                then ' ' || combine.new_value || ' (new)'
            when 'removed'
                then ' ' || combine.old_value || ' (taken away)'
            else
                ' ' || coalesce(combine.old_value, '(none)')
                || ' → ' || coalesce(combine.new_value, '(none)')
        end as what_changed
    from combine
    left join versions
        on
            combine.scorecard = versions.scorecard
            and combine.version = versions.version
    left join scorecards on combine.scorecard = scorecards.scorecard
)

select
    {{ dbt_utils.generate_surrogate_key([
        'put_into_words.kind',
        'put_into_words.seed',
        'put_into_words.scorecard',
        'put_into_words.version',
        'put_into_words.item_key',
        'put_into_words.column_name',
        'put_into_words.change',
        'put_into_words.changed_on',
    ]) }} as change_id,
    put_into_words.kind,
    put_into_words.scorecard,
    put_into_words.version,
    put_into_words.version_before,
    put_into_words.seed,
    put_into_words.criterion,
    put_into_words.subject,
    put_into_words.column_name,
    put_into_words.change,
    put_into_words.old_value,
    put_into_words.new_value,
    coalesce(put_into_words.scorecard_label || coalesce(
        ', version ' || put_into_words.version, ''
    ) || ': ', '') || put_into_words.what_changed as sentence,
    put_into_words.change_note,
    put_into_words.approved_by,
    put_into_words.column_order,
    put_into_words.changed_on
from put_into_words
