-- Verify vinga:availability on pg

do $$
begin
	assert (select count(*) from pg_class where relnamespace = 'read'::regnamespace and relkind = 'r') >= 22,
		'a table is missing';
	assert not exists (select from pg_class where relnamespace = 'read'::regnamespace and relkind = 'r'
		and not (relrowsecurity and relforcerowsecurity)), 'a table is not behind row-level security';
	assert (select count(*) from pg_class where relnamespace = 'report'::regnamespace and relkind = 'v') >= 12,
		'a view is missing';
	assert not exists (select from pg_class where relnamespace = 'report'::regnamespace and relkind = 'v'
		and not coalesce('security_invoker=true' = any (reloptions), false)), 'a view has its owner''s rights';
	assert not has_table_privilege('vinga_municipality', 'read.agent', 'select'), 'a municipality sees all agents';
	assert not has_table_privilege('vinga_federation', 'read.state', 'select'), 'a federation sees evidence';
end
$$;
