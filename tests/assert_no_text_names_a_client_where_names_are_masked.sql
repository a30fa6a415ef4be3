-- With mask_client_names: an error that says where a client is named.
{{ client_profiles.raise_named_clients() }}
select cast(null as {{ dbt.type_string() }}) as named_client
where 1 = 0
