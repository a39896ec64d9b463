-- Verify vinga:disturbance on pg

do $$
declare
	role_name text;
begin
	assert (select count(*) from pg_class where relnamespace = 'read'::regnamespace and relkind = 'r'
		and relname in ('disturbance', 'disturbance_message', 'feedback') and relrowsecurity and relforcerowsecurity) = 3,
		'a table is missing, or not behind row-level security';
	assert not exists (select from pg_class where relnamespace = 'report'::regnamespace and relkind = 'v'
		and not coalesce('security_invoker=true' = any (reloptions), false)), 'a view has its owner''s rights';
	foreach role_name in array array['vinga_reader', 'vinga_report', 'vinga_municipality', 'vinga_federation']
	loop
		assert not has_table_privilege(role_name, 'read.disturbance_message', 'insert, update, delete'),
			role_name || ' may change what was told';
	end loop;
	assert not has_table_privilege('vinga_municipality', 'read.feedback', 'select'), 'a municipality sees feedback';
end
$$;
