-- The ledger takes rows and never changes them; its position moves only where it matches.
begin;
select plan(29);

create function pg_temp.add(seq bigint, at timestamptz) returns void
language sql
as $$
	insert into ledger.row (month, seq, lane, kind, source, event_id, municipality, occurred_ms, received_ms, bytes, d, h)
	values (date_trunc('month', at at time zone 'UTC')::date, seq, 'main', 'ticket.reported', 'test', seq::text, '1489',
		extract(epoch from at) * 1000, extract(epoch from at) * 1000, '{}', sha256(seq::text::bytea), sha256('h'));
$$;

-- Rights, asked of every role that is not a superuser.
select ok(not has_table_privilege(rolname, 'ledger.row', 'update, delete, truncate, references, trigger'),
	rolname || ' has no right to change a ledger row')
from pg_roles
where rolname like 'vinga\_%' and rolname <> 'vinga_owner'
order by rolname;

set local role vinga_writer;
select lives_ok($$select pg_temp.add(1, now())$$, 'the writer adds a row');
select throws_ok($$update ledger.row set kind = 'x'$$, '42501', null, 'the writer cannot update a row');
select throws_ok($$delete from ledger.row$$, '42501', null, 'the writer cannot delete a row');
select throws_ok($$truncate ledger.row$$, '42501', null, 'the writer cannot truncate the ledger');
select throws_ok($$select pg_temp.add(1, now())$$, '23505', null, 'a sequence is taken once');
select throws_ok($$insert into ledger.row select '2031-01-01', 9, lane, kind, source, event_id, municipality,
	occurred_ms, received_ms, bytes, d, h from ledger.row limit 1$$, '23514', null, 'a row lies in its month of reception');

-- Even with every right, the trigger refuses; also where replication would skip triggers.
set local role vinga_owner;
select throws_ok($$update ledger.row set kind = 'x'$$, '23001', null, 'the owner cannot update a row');
select throws_ok($$delete from ledger.row$$, '23001', null, 'the owner cannot delete a row');
select throws_ok($$truncate ledger.row$$, '23001', null, 'the owner cannot truncate the ledger');
select throws_ok(format('truncate ledger.%I', to_char(now() at time zone 'UTC', '"row_"YYYY_MM')), '23001', null,
	'the owner cannot truncate a partition');
select throws_ok(format('delete from ledger.%I', to_char(now() at time zone 'UTC', '"row_"YYYY_MM')), '23001', null,
	'the owner cannot delete from a partition');
reset role;
set local session_replication_role = replica;
select throws_ok($$delete from ledger.row$$, '23001', null, 'a replication session cannot delete a row');
set local session_replication_role = origin;

-- Partitions.
set local role vinga_writer;
select throws_ok($$select pg_temp.add(2, '2031-05-31 23:59:59Z')$$, '23514', null, 'no partition, no row');
select is(ledger.make_partitions('2031-05-01', 3), 12, 'the month and three ahead are made, for evidence and both kinds of raw rows');
select is(ledger.make_partitions('2031-06-01', 3), 3, 'only what is missing is made');
select lives_ok($$select pg_temp.add(2, '2031-05-31 23:59:59Z'), pg_temp.add(3, '2031-06-01 00:00:00Z')$$,
	'rows on both sides of a month''s end are taken');
select throws_ok($$select ledger.make_partitions('2031-05-02', 3)$$, '22023', null, 'a month begins on its first day');
set local role vinga_owner;
select throws_ok($$truncate ledger.row_2031_05$$, '23001', null, 'a partition made on demand is append-only too');

-- Raw rows: as append-only, and of probes' lanes alone.
set local role vinga_writer;
select throws_ok($$insert into ledger.raw select * from ledger.row limit 1$$, '23514', null, 'lane main is no raw row');
select lives_ok($$insert into ledger.raw select month, seq, 'probe:a', 'samples.reported', source, event_id, municipality,
	occurred_ms, received_ms, bytes, d, h from ledger.row limit 1$$, 'the writer adds a raw row');
select throws_ok($$delete from ledger.raw$$, '42501', null, 'the writer cannot delete a raw row');
set local role vinga_owner;
select throws_ok($$update ledger.raw set kind = 'x'$$, '23001', null, 'the owner cannot update a raw row');
select throws_ok($$delete from ledger.raw$$, '23001', null, 'the owner cannot delete a raw row');
select throws_ok($$truncate ledger.raw_2031_05$$, '23001', null, 'the owner cannot truncate a partition of raw rows');

select * from finish();
rollback;
