-- Verify vinga:retention on pg

do $$
begin
	assert has_function_privilege('vinga_writer', 'ledger.drop_raw(date)', 'execute'), 'the writer may not drop';
	assert not has_function_privilege('vinga_reader', 'ledger.drop_raw(date)', 'execute'), 'a reader may drop';
	assert not has_table_privilege('vinga_writer', 'side.latency_day', 'insert, update, delete'),
		'the writer may change roll-ups';
end
$$;
