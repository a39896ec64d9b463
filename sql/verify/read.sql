-- Verify vinga:read on pg

do $$
begin
	assert (select count(*) from pg_class where relnamespace = 'read'::regnamespace and relkind = 'r') >= 12,
		'a table is missing';
	assert not exists (select from pg_class where relnamespace = 'read'::regnamespace and relkind = 'r'
		and not (relrowsecurity and relforcerowsecurity)), 'a table is not behind row-level security';
	assert not exists (select from pg_class where relnamespace = 'read'::regnamespace and relkind = 'r'
		and relowner <> 'vinga_owner'::regrole), 'a table has another owner';
end
$$;
