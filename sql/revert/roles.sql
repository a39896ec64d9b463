-- Revert vinga:roles from pg
-- A role that another database of the cluster still uses stays.

begin;

do $$
declare
	role_name text;
begin
	execute format('grant connect, temporary on database %I to public', current_database());
	foreach role_name in array array['vinga_federation', 'vinga_municipality', 'vinga_report',
		'vinga_reader', 'vinga_writer', 'vinga_owner']
	loop
		execute format('drop owned by %I', role_name);
		begin
			execute format('drop role %I', role_name);
		exception when dependent_objects_still_exist then
			raise notice 'role % is used elsewhere and stays', role_name;
		end;
	end loop;
end
$$;
grant usage on schema public to public;

commit;
