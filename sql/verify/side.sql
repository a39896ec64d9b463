-- Verify vinga:side on pg

do $$
begin
	assert (select relrowsecurity and relforcerowsecurity from pg_class where oid = 'side.title'::regclass),
		'titles are not behind row-level security';
	assert has_function_privilege('vinga_writer', 'side.purge(timestamptz)', 'execute'), 'the writer cannot purge';
	assert not has_table_privilege('vinga_report', 'side.title', 'select'), 'reports may read titles';
end
$$;
