-- Verify vinga:alarms on pg

do $$
declare
	role_name text;
begin
	foreach role_name in array array['vinga_writer', 'vinga_reader', 'vinga_report', 'vinga_municipality']
	loop
		assert not has_table_privilege(role_name, 'ledger.alarm', 'update, delete, truncate'),
			role_name || ' may change raw rows of alarms';
	end loop;
	assert has_table_privilege('vinga_writer', 'ledger.alarm', 'insert'), 'the writer may not add';
	assert (select count(*) from pg_trigger where tgrelid = 'ledger.alarm'::regclass and tgenabled = 'A') = 2,
		'a trigger is missing';
	assert (select count(*) from pg_inherits where inhparent = 'ledger.alarm'::regclass)
		= (select count(*) from pg_inherits where inhparent = 'ledger.row'::regclass), 'months are missing';
	assert (select count(*) from pg_class where relnamespace = 'read'::regnamespace and relkind = 'r') >= 27,
		'a table is missing';
	assert not exists (select from pg_class where relnamespace = 'read'::regnamespace and relkind = 'r'
		and not (relrowsecurity and relforcerowsecurity)), 'a table is not behind row-level security';
	assert (select count(*) from pg_class where relnamespace = 'report'::regnamespace and relkind = 'v') >= 17,
		'a view is missing';
	assert not exists (select from pg_class where relnamespace = 'report'::regnamespace and relkind = 'v'
		and not coalesce('security_invoker=true' = any (reloptions), false)), 'a view has its owner''s rights';
	assert not has_table_privilege('vinga_municipality', 'read.resource', 'select'), 'a municipality sees the register of resources';
	assert not has_table_privilege('vinga_federation', 'read.alarm', 'select'), 'a federation sees evidence';
end
$$;
