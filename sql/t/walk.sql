-- A municipality in every table and view that it may read: each table gets a row of its own and one of another municipality,
-- whatever tables there are, and no answer to its role names the other.
begin;
create temporary table walked (name text primary key, kind "char" not null, forced boolean not null);
grant select on walked to public;

select access.add_municipality('1489', 'test');
insert into walked
select format('%I.%I', n.nspname, c.relname), c.relkind, c.relrowsecurity and c.relforcerowsecurity
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where n.nspname in ('access', 'ledger', 'read', 'fee', 'report', 'side') and c.relkind in ('r', 'p', 'v', 'm')
	and has_schema_privilege('vinga_m_1489', n.oid, 'usage') and has_any_column_privilege('vinga_m_1489', c.oid, 'select');

-- A row of a municipality in any table: what must be stated has the first value of its type, or of the check on it.
create function pg_temp.fill(which regclass, code text, number bigint) returns void
language plpgsql
as $$
declare
	names text;
	texts text;
begin
	select string_agg(quote_ident(a.attname), ', ' order by a.attnum),
		string_agg(case
			when a.attname = 'municipality' then quote_literal(code)
			when a.attname = 'municipalities' then quote_literal('{' || code || '}')
			when a.attname in ('from_at', 'received_at') then quote_literal(now())
			when t.typname = 'timestamptz' then quote_literal(now() + interval '1 day')
			when t.typname = 'date' then quote_literal('2026-10-01')
			when t.typname = 'bool' then 'false'
			when t.typname = 'jsonb' then quote_literal('{}')
			when t.typcategory = 'A' then quote_literal('{}')
			when t.typcategory = 'N' then number::text
			else quote_literal('x' || number)
		end, ', ' order by a.attnum)
	into names, texts
	from pg_attribute a
	join pg_type t on t.oid = a.atttypid
	where a.attrelid = which and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attidentity = ''
		and (a.attname in ('municipality', 'municipalities') or (a.attnotnull and not a.atthasdef));
	execute format('insert into %s (%s) values (%s)', which, names, texts);
end
$$;

select plan((select 1 + count(*) + count(*) filter (where kind in ('r', 'p')) from walked)::integer);
grant temporary on database vinga to public; -- pgTAP compares in temporary tables
select cmp_ok((select count(*) from walked), '>', 25::bigint, 'there is much to walk through');
select is_empty($$select name from walked where kind in ('r', 'p') and not forced$$, 'each of the tables is behind row-level security');

select pg_temp.fill(name::regclass, '1489', 1), pg_temp.fill(name::regclass, '1480', 2)
from walked
where kind in ('r', 'p');

set local role vinga_m_1489;
select is_empty(format($$select to_jsonb(t) from %s t where to_jsonb(t)::text like '%%1480%%'$$, name),
	'nothing of another municipality: ' || name)
from walked
order by name;
-- Rows that name no municipality belong to the one of what they hang on, by its number.
select ok(n.rows <= 1, format('no row that belongs to another: %s has %s', w.name, n.rows))
from walked w
cross join lateral (
	select (xpath('/row/n/text()', query_to_xml(format('select count(*) as n from %s', w.name), false, true, '')))[1]::text::integer as rows
) n
where w.kind in ('r', 'p') and w.name <> 'read.agreement'
order by w.name;
reset role;
select * from finish();
rollback;
