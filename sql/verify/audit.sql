-- Verify vinga:audit on pg

do $$
begin
	perform seq, at, what, who, by, about, count from access.noted where false;
	assert has_table_privilege('vinga_reader', 'access.noted', 'select'), 'the auditor does not see the access log';
	assert not has_table_privilege('vinga_municipality', 'access.noted', 'select'), 'a municipality sees the access log';
end
$$;
