-- Verify vinga:report on pg

do $$
begin
	assert (select count(*) from pg_class where relnamespace = 'report'::regnamespace and relkind = 'v') >= 6,
		'a view is missing';
	assert not exists (select from pg_class where relnamespace = 'report'::regnamespace and relkind = 'v'
		and not coalesce('security_invoker=true' = any (reloptions), false)), 'a view has its owner''s rights';
end
$$;
