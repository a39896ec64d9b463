-- Verify vinga:raw on pg

do $$
declare
	role_name text;
begin
	foreach role_name in array array['vinga_writer', 'vinga_reader', 'vinga_report', 'vinga_municipality']
	loop
		assert not has_table_privilege(role_name, 'ledger.raw', 'update, delete, truncate'),
			role_name || ' may change raw rows';
		assert not has_table_privilege(role_name, 'ledger.raw_dropped', 'insert, update, delete, truncate'),
			role_name || ' may change what was dropped';
	end loop;
	assert has_table_privilege('vinga_writer', 'ledger.raw', 'insert'), 'the writer may not add';
	assert (select count(*) from pg_trigger where tgrelid = 'ledger.raw'::regclass and tgenabled = 'A') = 2,
		'a trigger is missing';
	assert (select count(*) from pg_inherits where inhparent = 'ledger.raw'::regclass) >= 4, 'months are missing';
end
$$;
