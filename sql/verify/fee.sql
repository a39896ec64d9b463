-- Verify vinga:fee on pg

do $$
declare
	role_name text;
begin
	assert (select count(*) from pg_class where relnamespace = 'fee'::regnamespace and relkind = 'r') = 7, 'a table is missing';
	assert (select count(*) from pg_class where relnamespace = 'read'::regnamespace and relkind = 'r') >= 28,
		'a table of the read model is missing';
	assert not exists (select from pg_class where relnamespace in ('fee'::regnamespace, 'read'::regnamespace) and relkind = 'r'
		and not (relrowsecurity and relforcerowsecurity)), 'a table is not behind row-level security';
	assert (select count(*) from pg_class where relnamespace = 'report'::regnamespace and relkind = 'v') >= 25,
		'a view is missing';
	assert not exists (select from pg_class where relnamespace = 'report'::regnamespace and relkind = 'v'
		and not coalesce('security_invoker=true' = any (reloptions), false)), 'a view has its owner''s rights';
	foreach role_name in array array['vinga_reader', 'vinga_report', 'vinga_municipality', 'vinga_federation']
	loop
		assert not has_table_privilege(role_name, 'fee.statement', 'insert, update, delete'),
			role_name || ' may change statements';
	end loop;
	assert not has_table_privilege('vinga_federation', 'fee.line', 'select'), 'a federation sees tickets';
	assert not has_table_privilege('vinga_municipality', 'report.fee_revenue', 'select'), 'a municipality sees the region''s revenue';
	perform service_window, alarm, major_incident from read.ticket limit 0;
	perform approver from read.users limit 0;
	perform municipality from read.quarantine limit 0;
end
$$;
