-- Verify vinga:dashboards on pg

do $$
begin
	perform state, level from report.state where false;
	perform day, from_at, outages, down_s from report.outage_day where false;
	perform day, from_at, opened, ended from report.ticket_day where false;
	assert not exists (select from pg_class where relnamespace = 'report'::regnamespace and relkind = 'v'
		and not coalesce('security_invoker=true' = any (reloptions), false)), 'a view has its owner''s rights';
	assert not has_table_privilege('vinga_federation', 'report.state', 'select'), 'a federation sees evidence';
end
$$;
