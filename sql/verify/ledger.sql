-- Verify vinga:ledger on pg

do $$
declare
	role_name text;
begin
	foreach role_name in array array['vinga_writer', 'vinga_reader', 'vinga_report', 'vinga_municipality']
	loop
		assert not has_table_privilege(role_name, 'ledger.row', 'update, delete, truncate'),
			role_name || ' may change the ledger';
	end loop;
	assert has_table_privilege('vinga_writer', 'ledger.row', 'insert'), 'the writer may not add';
	assert (select count(*) from pg_trigger where tgrelid = 'ledger.row'::regclass and tgenabled = 'A') = 2,
		'a trigger is missing';
	assert (select count(*) from pg_inherits where inhparent = 'ledger.row'::regclass) >= 4, 'months are missing';
	assert (select count(*) from ledger.position) = 1, 'not one position';
end
$$;
