-- Deploy vinga:access to pg
-- What a role may see follows from the role alone. Row-level policies ask the two views below; they look at
-- membership of the current role, never at a setting that a client could change.

begin;

create schema access authorization vinga_owner;
set local role vinga_owner;

create table access.role_scope (
	role_name text primary key,
	scope text not null check (scope in ('all', 'federation', 'municipality')),
	name text check ((name is null) = (scope = 'all')),
	reason text not null default ''
);
comment on table access.role_scope is 'What each role may see. A role without a row sees nothing.';
comment on column access.role_scope.role_name is 'PostgreSQL role; its members see the same';
comment on column access.role_scope.name is 'municipality code or federation name; null for scope all';
comment on column access.role_scope.reason is 'why, and who decided it';

create table access.federation_member (
	federation text not null,
	municipality text not null,
	primary key (federation, municipality)
);
comment on table access.federation_member is 'The municipalities of each federation';

create view access.my_scope with (security_barrier) as
select s.scope, s.name
from access.role_scope s
join pg_catalog.pg_roles r on r.rolname = s.role_name
where pg_catalog.pg_has_role(r.oid, 'usage');
comment on view access.my_scope is 'The scopes of the current role and of the roles whose rights it has';

create view access.my_municipality with (security_barrier) as
select name as municipality
from access.my_scope
where scope = 'municipality'
union
select m.municipality
from access.my_scope s
join access.federation_member m on m.federation = s.name
where s.scope = 'federation';
comment on view access.my_municipality is 'The municipalities that the current role may see by name';

create function access.sees_all() returns boolean
language sql stable
begin atomic
	select exists (select from access.my_scope where scope = 'all');
end;
comment on function access.sees_all() is 'Whether the current role may see every municipality';

-- Run by an administrator who may create roles; idempotent.
create function access.add_municipality(code text, why text) returns name
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
	own constant name := 'vinga_m_' || code;
begin
	if code !~ '^[0-9]{4}$' then
		raise exception 'municipality "%": expected the four digits of its code', code
			using errcode = 'invalid_parameter_value';
	end if;
	if not exists (select from pg_roles where rolname = own) then
		execute format('create role %I nologin in role vinga_municipality', own);
	end if;
	insert into access.role_scope (role_name, scope, name, reason)
	values (own, 'municipality', code, why)
	on conflict (role_name) do update
	set scope = excluded.scope, name = excluded.name, reason = excluded.reason;
	return own;
end
$$;
comment on function access.add_municipality(text, text) is
	'Makes the role vinga_m_CODE of a municipality and lets it see that municipality''s rows';
revoke all on function access.add_municipality(text, text) from public;

insert into access.role_scope (role_name, scope, reason) values
	('vinga_reader', 'all', 'auditor (semantics 7.5)'),
	('vinga_report', 'all', 'reports of the whole region');

grant usage on schema access to vinga_writer, vinga_reader, vinga_report, vinga_municipality, vinga_federation;
grant select on access.my_scope, access.my_municipality
	to vinga_writer, vinga_reader, vinga_report, vinga_municipality, vinga_federation;
grant select on access.role_scope, access.federation_member to vinga_reader;

commit;
