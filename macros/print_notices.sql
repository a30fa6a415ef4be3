{#- Prints the department notices since a day, one JSON object per line, in the
    order of month, scorecard, department and client: those about months that begin
    on it or later, and those issued since then about earlier ones, because data
    came late or a restatement found it. What the very first run had to say of
    the past is not news. `make notices` shows and exports them.

    since: a day as YYYY-MM-DD
    returns: nothing; an error if it is no day, or the notices are not built -#}
{% macro print_notices(since=none) -%}
    {%- if execute -%}
        {%- set day = client_profiles.date_var('since', since) -%}
        {%- set notices = client_profiles.summary_relation('fct_department_notices') -%}
        {%- set texts = [
            'notice_id', 'corrects_notice_id', 'kind', 'client_id', 'client_name',
            'scorecard', 'department', 'category', 'from_profile', 'to_profile',
            'why', 'action',
        ] -%}
        {%- set dates = ['period_start', 'issued_on'] -%}
        {%- set read_notices -%}
            select
                {%- for column in texts %}
                notices.{{ column }},
                {%- endfor %}
                {%- for column in dates %}
                cast(notices.{{ column }} as {{ dbt.type_string() }}) as {{ column }}
                {{- ',' if not loop.last }}
                {%- endfor %}
            from {{ notices }} as notices
            inner join (
                select scorecard, min(issued_on) as first_day
                from {{ notices }}
                group by scorecard
            ) as beginnings
                on notices.scorecard = beginnings.scorecard
            where
                notices.period_start >= cast('{{ day }}' as date)
                or (
                    notices.issued_on >= cast('{{ day }}' as date)
                    and (
                        notices.issued_on > beginnings.first_day
                        or notices.kind = 'correction'
                    )
                )
            order by
                notices.period_start,
                {{ client_profiles.byte_order('notices.scorecard') }},
                {{ client_profiles.byte_order('notices.department') }},
                {{ client_profiles.byte_order('notices.client_id') }},
                notices.issued_on,
                notices.notice_id
        {%- endset -%}
        {%- for row in run_query(read_notices).rows -%}
            {%- set notice = {} -%}
            {%- for column in texts + dates -%}
                {%- do notice.update({column: row[loop.index0]}) -%}
            {%- endfor -%}
            {{ print(tojson(notice)) }}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
