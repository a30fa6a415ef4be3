{#- The 95 % interval of a share, by E. B. Wilson, "Probable inference, the law of
    succession, and statistical inference", Journal of the American Statistical
    Association 22 (1927), 209-212. For k of n, with z = 1.96, it ends at

      (2k + z² ± z · sqrt(z² + 4k(n - k) / n)) / (2 (n + z²))

    Here is the root. It is the only float, and becomes a whole number of
    hundred-millionths at once, so that every engine goes on with the same.

    clients, group_clients: bigint expressions of k and n
    returns: SQL expression bigint; null where group_clients is            -#}
{% macro wilson_root(clients, group_clients) -%}
    cast(floor(10000 * sqrt(cast(384160000 + {{
        client_profiles.large_integer_divide(
            '400 * ' ~ client_profiles.large_integer(
                clients ~ ' * (' ~ group_clients ~ ' - ' ~ clients ~ ')'
            ),
            group_clients
        )
    }} as bigint))) as bigint)
{%- endmacro %}

{#- An end of this interval as a multiple of another share, which is taken as
    known: rounded half up to four decimals.

    end: 'lower' or 'upper'
    clients, group_clients: as above; root: what wilson_root() gave for them
    all_clients, all_group_clients: bigint expressions of k and n of the other
      share
    returns: SQL expression decimal(18, 6); null where one of them is      -#}
{% macro wilson_lift(end, clients, group_clients, root, all_clients, all_group_clients) -%}
    {#- The end is share / (1000000 * whole). -#}
    {%- set share = '20000000000 * ' ~ clients ~ ' + 38416000000'
        ~ (' + ' if end == 'upper' else ' - ') ~ '196 * ' ~ root -%}
    {%- set whole = '20000 * ' ~ group_clients ~ ' + 76832' -%}
    {%- set numerator = client_profiles.large_integer(share)
        ~ ' * ' ~ all_group_clients -%}
    {%- set denominator = client_profiles.large_integer(whole)
        ~ ' * ' ~ all_clients -%}
    cast(
        0.0001 * cast({{ client_profiles.large_integer_divide(
            '2 * ' ~ numerator ~ ' + 100 * ' ~ denominator,
            '200 * ' ~ denominator
        ) }} as bigint)
        as decimal(18, 6)
    )
{%- endmacro %}
