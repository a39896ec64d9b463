-- Deploy vinga:raw to pg
-- Samples lie in lanes of their own and are kept for a shorter time than evidence: in a table beside ledger.row, with the
-- same columns, the same chains and the same triggers, whose months can be dropped once they are sealed.

begin;

set local role vinga_owner;

create table ledger.raw (
	like ledger.row including comments including constraints including storage,
	primary key (month, seq),
	check (lane like 'probe:%')
) partition by range (month);
comment on table ledger.raw is 'Raw rows (samples.reported): evidence until their day is sealed, then kept 90 days';

create trigger append_only before update or delete on ledger.raw
	for each row execute function ledger.refuse_change();
create trigger append_only_truncate before truncate on ledger.raw
	for each statement execute function ledger.refuse_change();
alter table ledger.raw enable always trigger append_only;
alter table ledger.raw enable always trigger append_only_truncate;

create table ledger.raw_dropped (
	month date primary key,
	dropped_at timestamptz not null default now(),
	rows bigint not null,
	first_seq bigint not null,
	last_seq bigint not null,
	lanes text[] not null
);
comment on table ledger.raw_dropped is 'Months of raw rows that were dropped by their age, with counts; a replay compares them';
create trigger append_only before update or delete on ledger.raw_dropped
	for each row execute function ledger.refuse_change();
create trigger append_only_truncate before truncate on ledger.raw_dropped
	for each statement execute function ledger.refuse_change();
alter table ledger.raw_dropped enable always trigger append_only;
alter table ledger.raw_dropped enable always trigger append_only_truncate;

-- Attaching (instead of "partition of") lets readers go on.
create function ledger.make_partition(parent text, month date) returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
	name constant text := parent || to_char(month, '"_"YYYY_MM');
begin
	if to_regclass('ledger.' || name) is not null then
		return false;
	end if;
	execute format('create table ledger.%I (like ledger.%I including all)', name, parent);
	execute format('alter table ledger.%I attach partition ledger.%I for values from (%L) to (%L)',
		parent, name, month, month + interval '1 month');
	execute format('create trigger append_only_truncate before truncate on ledger.%I'
		' for each statement execute function ledger.refuse_change()', name);
	execute format('alter table ledger.%I enable always trigger append_only_truncate', name);
	execute format('alter table ledger.%I enable always trigger append_only', name);
	execute format('comment on table ledger.%I is %L', name,
		'ledger.' || parent || ' received in ' || to_char(month, 'YYYY-MM'));
	return true;
end
$$;
comment on function ledger.make_partition(text, date) is 'Makes one month''s partition unless it is there';
revoke all on function ledger.make_partition(text, date) from public;

create or replace function ledger.make_partitions(first date, months_ahead integer) returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
	month date;
	made integer := 0;
begin
	if first is null or first <> date_trunc('month', first)::date or first not between '2000-01-01' and '2199-12-01' then
		raise exception 'partition "%": expected the first day of a month from 2000 to 2199', first
			using errcode = 'invalid_parameter_value';
	end if;
	if months_ahead is null or months_ahead not between 0 and 12 then
		raise exception 'months ahead "%": expected 0 to 12', months_ahead
			using errcode = 'invalid_parameter_value';
	end if;
	for step in 0..months_ahead loop
		month := first + make_interval(months => step);
		made := made + ledger.make_partition('row', month)::integer + ledger.make_partition('raw', month)::integer;
	end loop;
	return made;
end
$$;
comment on function ledger.make_partitions(date, integer) is
	'Makes the partitions of a month and of those ahead of it unless they are there; returns how many it made';
select ledger.make_partitions(date_trunc('month', now() at time zone 'UTC')::date, 3);

create index row_sealed on ledger.row (month) where kind = 'raw.sealed';

grant select, insert on ledger.raw to vinga_writer;
grant select on ledger.raw_dropped to vinga_writer;
grant select on ledger.raw, ledger.raw_dropped to vinga_reader;

commit;
