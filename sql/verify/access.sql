-- Verify vinga:access on pg

do $$
begin
	assert has_table_privilege('vinga_municipality', 'access.my_municipality', 'select'), 'scope is not readable';
	assert not has_table_privilege('vinga_municipality', 'access.role_scope', 'select, insert, update, delete'),
		'a municipality may look at or change scopes';
	assert not has_table_privilege('vinga_writer', 'access.role_scope', 'insert, update, delete'),
		'the writer may change scopes';
	assert (select count(*) from access.role_scope where scope = 'all') >= 2, 'a standard scope is missing';
end
$$;
