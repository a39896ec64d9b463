-- Deploy vinga:side to pg
-- Free text lies beside the ledger: its deletion leaves every hash and figure as it was.

begin;

create schema side authorization vinga_owner;
set local role vinga_owner;

create table side.title (
	seq bigint primary key,
	title text not null check (octet_length(title) <= 8192),
	received_at timestamptz not null,
	keep_until timestamptz not null check (keep_until > received_at)
);
create index on side.title (keep_until);
comment on table side.title is 'Titles, masked; kept 12 months, then deleted';
comment on column side.title.seq is 'ledger row that brought it; its ticket is in read.transition';
comment on column side.title.keep_until is 'deleted after this instant: 12 months after reception (semantics 7.4)';

create table side.purge_log (
	purged_at timestamptz not null default now(),
	what text not null,
	deleted bigint not null
);
comment on table side.purge_log is 'Every deletion by age that deleted something, with its count';

-- Security invoker: the writer has the rights, and its policy lets it see every row.
create function side.purge(as_of timestamptz) returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
	gone bigint;
begin
	delete from side.title where keep_until <= as_of;
	get diagnostics gone = row_count;
	if gone > 0 then
		insert into side.purge_log (what, deleted) values ('side.title', gone);
	end if;
	return gone;
end
$$;
comment on function side.purge(timestamptz) is 'Deletes titles past their time and logs how many';
revoke all on function side.purge(timestamptz) from public;

alter table side.title enable row level security;
alter table side.title force row level security;
create policy writer on side.title to vinga_writer using (true) with check (true);
create policy scope_all on side.title for select using ((select access.sees_all()));
-- read.transition shows only the caller's own rows, so only their titles.
create policy scope_municipality on side.title for select
	using (exists (select from read.transition t where t.seq = title.seq));

grant usage on schema side to vinga_writer, vinga_reader, vinga_municipality;
grant select, insert, delete on side.title to vinga_writer;
grant insert on side.purge_log to vinga_writer;
grant execute on function side.purge(timestamptz) to vinga_writer;
grant select on side.title to vinga_reader, vinga_municipality;
grant select on side.purge_log to vinga_reader;

commit;
