{#- On which as-of dates a run recorded its results, also where nothing had
    changed. One record per date, open until the next one; it comes after all
    other snapshots, so that it stands for a run that recorded everything. The
    guards of all snapshots read it, and refuse earlier dates.             -#}
{% snapshot recorded_runs_snapshot %}

{{ config(
    strategy='check',
    unique_key='run_key',
    check_cols=['recorded_as_of'],
    updated_at='recorded_as_of',
    pre_hook=[
        "{{ client_profiles.snapshot_mend(this) }}",
        "{{ client_profiles.recorded_runs_guard(this) }}",
        "{{ client_profiles.snapshot_forget_as_of(this) }}",
        "{{ client_profiles.snapshot_reopen_as_of(this) }}",
    ],
    post_hook=[
        "{{ client_profiles.snapshot_guard_history(this, ['run_key']) }}",
        "{{ client_profiles.snapshot_finish(this) }}",
    ],
) }}

-- depends_on: {{ ref('client_profiles_snapshot') }}
{%- for seed in client_profiles.rule_seeds() %}
-- depends_on: {{ ref(seed ~ '_snapshot') }}
{%- endfor %}
select
    'run' as run_key,
    cast('{{ client_profiles.as_of_date() }}' as timestamp) as recorded_as_of

{% endsnapshot %}
