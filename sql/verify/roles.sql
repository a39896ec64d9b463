-- Verify vinga:roles on pg

do $$
begin
	assert (select count(*) from pg_roles where rolname in ('vinga_owner', 'vinga_writer', 'vinga_reader',
		'vinga_report', 'vinga_municipality', 'vinga_federation')) = 6, 'a role is missing';
	assert not exists (select from pg_roles where rolname like 'vinga\_%'
		and (rolsuper or rolbypassrls or rolcreaterole)), 'a role has too many rights';
	assert not (select rolcanlogin from pg_roles where rolname = 'vinga_owner'), 'the owner may log in';
end
$$;
