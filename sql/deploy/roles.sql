-- Deploy vinga:roles to pg
-- Roles belong to the whole cluster, so they may be there already. The owner cannot log in: nobody works as owner.

begin;

do $$
declare
	wanted record;
begin
	for wanted in
		select *
		from (values
			('vinga_owner', 'nologin', 'owns every object of Vinga; nobody logs in as it'),
			('vinga_writer', 'login', 'the daemon: adds ledger rows, keeps the read model'),
			('vinga_reader', 'login', 'auditor and command line: reads everything, changes nothing'),
			('vinga_report', 'login', 'BI and Grafana: the views of schema report, all municipalities'),
			('vinga_municipality', 'nologin', 'group of the roles of single municipalities'),
			('vinga_federation', 'nologin', 'group of the roles of federations: totals, no tickets')
		) as role (name, login, words)
	loop
		if not exists (select from pg_roles where rolname = wanted.name) then
			execute format('create role %I %s nosuperuser nocreatedb nocreaterole nobypassrls',
				wanted.name, wanted.login);
		end if;
		execute format('comment on role %I is %L', wanted.name, wanted.words);
	end loop;
	execute format('revoke all on database %I from public', current_database());
	execute format('grant connect on database %I to vinga_writer, vinga_reader, vinga_report,'
		' vinga_municipality, vinga_federation', current_database());
	execute format('grant temporary on database %I to vinga_writer', current_database());
end
$$;
revoke all on schema public from public;

commit;
