-- Revert vinga:access from pg
-- Roles of municipalities and federations go with it, as far as no other database uses them.

begin;

do $$
declare
	scoped record;
begin
	for scoped in
		select s.role_name
		from access.role_scope s
		join pg_roles r on r.rolname = s.role_name
		where s.role_name like 'vinga\_m\_%'
	loop
		begin
			execute format('drop role %I', scoped.role_name);
		exception when dependent_objects_still_exist then
			raise notice 'role % is used elsewhere and stays', scoped.role_name;
		end;
	end loop;
end
$$;
drop schema access cascade;

commit;
