-- Raw rows go by whole months, and only when they are past their age and sealed.
begin;
select plan(15);
grant temporary on database vinga to public; -- pgTAP compares in temporary tables

create function pg_temp.row_of(kind text, lane text, source text, seq bigint, at timestamptz, body jsonb) returns ledger.row
language sql
as $$
	select row(date_trunc('month', at at time zone 'UTC')::date, seq, lane, kind, source, '', null, extract(epoch from at) * 1000,
		extract(epoch from at) * 1000, jsonb_build_object('body', body)::text, sha256(seq::text::bytea), sha256('h'))::ledger.row
$$;

create function pg_temp.sample(seq bigint, source text, at timestamptz, ms integer) returns void
language sql
as $$
	insert into ledger.raw select (pg_temp.row_of('samples.reported', 'probe:' || source, source, seq, at,
		jsonb_build_object('samples', jsonb_build_array(
			jsonb_build_array('web', (extract(epoch from at) * 1000)::bigint, 'ok', ms),
			jsonb_build_array('web', (extract(epoch from at) * 1000)::bigint + 1000, 'critical'))))).*;
$$;

create function pg_temp.seal(seq bigint, source text, at timestamptz, last_seq bigint) returns void
language sql
as $$
	insert into ledger.row select (pg_temp.row_of('raw.sealed', 'main', 'vinga', seq, at,
		jsonb_build_object('lane', 'probe:' || source, 'last_seq', last_seq))).*;
$$;

set local role vinga_writer;
select ledger.make_partitions('2024-03-01', 2);
select pg_temp.sample(1, 'a', '2024-03-01 00:01Z', 10), pg_temp.sample(2, 'a', '2024-03-01 00:02Z', 30),
	pg_temp.sample(3, 'b', '2024-03-31 23:59Z', 7), pg_temp.sample(4, 'a', '2024-04-01 00:00Z', 50);
insert into read.probe_day (probe_day, changed_seq, source, probe, day, sealed, samples)
values ('a/web//1', 1, 'a', 'web', '2024-03-01', true, 4), ('b/web//1', 1, 'b', 'web', '2024-03-31', false, 2),
	('a/web//2', 1, 'a', 'web', '2024-06-01', false, 2);

select throws_ok($$select ledger.drop_raw('2024-03-02')$$, '22023', null, 'a month begins on its first day');
select throws_ok($$select ledger.drop_raw(date_trunc('month', now() - interval '60 days')::date)$$, '23001', null,
	'raw rows are kept for 90 days');
select throws_ok($$select ledger.drop_raw('2024-03-01')$$, '23001', 'lane probe:a is sealed up to row 0 and has rows of 2024-03 up to 2',
	'what is not sealed stays');
select pg_temp.seal(5, 'a', '2024-04-03 00:00Z', 4), pg_temp.seal(6, 'b', '2024-04-03 00:00Z', 2);
select throws_ok($$select ledger.drop_raw('2024-03-01')$$, '23001', 'lane probe:b is sealed up to row 2 and has rows of 2024-03 up to 3',
	'of every lane');
select pg_temp.seal(7, 'b', '2024-04-03 00:01Z', 3);
select throws_ok($$select ledger.drop_raw('2024-03-01')$$, '23001', 'probe web of b is not sealed for 2024-03-31',
	'a day that is to be sealed again stays');
update read.probe_day set sealed = true where source = 'b';
select throws_ok($$select ledger.drop_raw('2024-03-01')$$, '23001', 'the read model has not come to the raw rows of 2024-03',
	'and what the read model has not seen');
update ledger.position set seq = 7, read_seq = 7;
select is(ledger.drop_raw('2024-03-01'), 3::bigint, 'then the month goes');
select hasnt_table('ledger', 'raw_2024_03', 'with its partition');
select is((select count(*) from ledger.raw), 1::bigint, 'other months stay');
select results_eq('select month, rows, first_seq, last_seq, lanes from ledger.raw_dropped',
	$$values ('2024-03-01'::date, 3::bigint, 1::bigint, 3::bigint, array['probe:a', 'probe:b'])$$, 'it is logged with its counts');
reset role;
select results_eq($$select source, n, sum_ms, max_ms from side.latency_day order by source$$,
	$$values ('a', 2::bigint, 40::bigint, 30::bigint), ('b', 1::bigint, 7::bigint, 7::bigint)$$, 'latencies are kept by day');
select is_empty('select from side.latency_5min', 'and by five minutes for 25 months only');
set local role vinga_writer;
select is(ledger.drop_raw('2024-05-01'), 0::bigint, 'a month without rows has nothing to drop');
select throws_ok($$delete from ledger.raw_dropped$$, '42501', null, 'the log stays');
set local role vinga_reader;
select throws_ok($$select ledger.drop_raw('2024-04-01')$$, '42501', null, 'a reader drops nothing');

select * from finish();
rollback;
