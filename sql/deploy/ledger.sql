-- Deploy vinga:ledger to pg
-- Append-only three times over: no role has the right, a trigger refuses (the owner and replication too), and the
-- hash chain shows what was done by somebody above both. Partitions go by the month of reception, in UTC.

begin;

create schema ledger authorization vinga_owner;
set local role vinga_owner;

create table ledger.row (
	month date not null,
	seq bigint not null check (seq > 0),
	lane text not null check (lane <> ''),
	kind text not null check (kind <> ''),
	source text not null,
	event_id text not null,
	municipality text,
	occurred_ms bigint not null,
	received_ms bigint not null,
	bytes text not null check (octet_length(bytes) between 1 and 4259840),
	d bytea not null check (octet_length(d) = 32),
	h bytea not null check (octet_length(h) = 32),
	primary key (month, seq),
	check (month = date_trunc('month', to_timestamp(received_ms / 1000) at time zone 'UTC')::date)
) partition by range (month);
comment on table ledger.row is 'The evidence: one row per event, never changed. All but bytes, d and h is derived from bytes.';
comment on column ledger.row.month is 'first day of the UTC month of reception; the partition';
comment on column ledger.row.seq is 'the one sequence; later months hold higher numbers';
comment on column ledger.row.lane is 'the chain that the row belongs to: main, alarm or a probe''s';
comment on column ledger.row.kind is 'noun.verb_past';
comment on column ledger.row.source is 'who said it, from the credential';
comment on column ledger.row.event_id is 'the source''s own identity of the event; empty = never deduplicated';
comment on column ledger.row.municipality is 'SCB code; null = none';
comment on column ledger.row.occurred_ms is 'when it happened as stated, UTC ms since 1970';
comment on column ledger.row.received_ms is 'when it was taken in, UTC ms since 1970; never falls with seq';
comment on column ledger.row.bytes is 'canonical JSON with salt, stored as text and never encoded again';
comment on column ledger.row.d is 'SHA-256(be64 seq, be64 received_ms, bytes)';
comment on column ledger.row.h is 'SHA-256(h of the lane''s row before, d)';

create table ledger.position (
	one boolean primary key default true check (one),
	instance text not null default '' check (length(instance) <= 32),
	seq bigint not null default 0 check (seq >= 0),
	hash bytea not null default decode(repeat('00', 32), 'hex') check (octet_length(hash) = 32),
	read_seq bigint not null default 0 check (read_seq between 0 and seq)
);
comment on table ledger.position is 'How far the writer has come; moved only where it matches, with the rows (exactly once)';
comment on column ledger.position.instance is 'the journal file that the rows come from; empty = none yet';
comment on column ledger.position.seq is 'newest row of ledger.row';
comment on column ledger.position.hash is 'head of lane main at seq; 32 zero bytes for an empty ledger';
comment on column ledger.position.read_seq is 'the read model is complete up to here';
insert into ledger.position default values;

create function ledger.refuse_change() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
	raise exception 'ledger.% is append-only: % is refused', tg_table_name, lower(tg_op)
		using errcode = 'restrict_violation', hint = 'correct a fact with a further event';
end
$$;
comment on function ledger.refuse_change() is 'Trigger that refuses update, delete and truncate to everybody';

create trigger append_only before update or delete on ledger.row
	for each row execute function ledger.refuse_change();
create trigger append_only_truncate before truncate on ledger.row
	for each statement execute function ledger.refuse_change();
alter table ledger.row enable always trigger append_only;
alter table ledger.row enable always trigger append_only_truncate;

-- The writer calls it, the owner's rights make the table. Attaching (instead of "partition of") lets readers go on.
create function ledger.make_partitions(first date, months_ahead integer) returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
	month date;
	name text;
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
		name := to_char(month, '"row_"YYYY_MM');
		continue when to_regclass('ledger.' || name) is not null;
		execute format('create table ledger.%I (like ledger.row including all)', name);
		execute format('alter table ledger.row attach partition ledger.%I for values from (%L) to (%L)',
			name, month, month + interval '1 month');
		execute format('create trigger append_only_truncate before truncate on ledger.%I'
			' for each statement execute function ledger.refuse_change()', name);
		execute format('alter table ledger.%I enable always trigger append_only_truncate', name);
		execute format('alter table ledger.%I enable always trigger append_only', name);
		execute format('comment on table ledger.%I is %L', name, 'ledger.row received in ' || to_char(month, 'YYYY-MM'));
		made := made + 1;
	end loop;
	return made;
end
$$;
comment on function ledger.make_partitions(date, integer) is
	'Makes the partition of a month and of those ahead of it unless they are there; returns how many it made';
revoke all on function ledger.make_partitions(date, integer) from public;
select ledger.make_partitions(date_trunc('month', now() at time zone 'UTC')::date, 3);

grant usage on schema ledger to vinga_writer, vinga_reader;
grant select, insert on ledger.row to vinga_writer;
grant select, update on ledger.position to vinga_writer;
grant execute on function ledger.make_partitions(date, integer) to vinga_writer;
grant select on ledger.row, ledger.position to vinga_reader;

commit;
