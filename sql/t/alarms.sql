-- Alarms: raw rows of their own lane, who sees which alarm, and what the views make of them.
begin;
select plan(32);
grant temporary on database vinga to public; -- pgTAP compares in temporary tables

create function pg_temp.add(lane text, seq bigint, at timestamptz) returns void
language sql
as $$
	insert into ledger.alarm (month, seq, lane, kind, source, event_id, municipality, occurred_ms, received_ms, bytes, d, h)
	values (date_trunc('month', at at time zone 'UTC')::date, seq, lane, 'alarms.reported', 'snmp', seq::text, null,
		extract(epoch from at) * 1000, extract(epoch from at) * 1000, '{}', sha256(seq::text::bytea), sha256('h'));
$$;

-- Raw rows: append-only, of lane alarm alone, beside the samples and as far as they reach.
set local role vinga_writer;
select lives_ok($$select pg_temp.add('alarm', 1, now())$$, 'the writer adds a raw row');
select throws_ok($$select pg_temp.add('main', 2, now())$$, '23514', null, 'lane main is no raw row of alarms');
select throws_ok($$select pg_temp.add('probe:a', 2, now())$$, '23514', null, 'nor is that of a probe');
select throws_ok($$select pg_temp.add('alarm', 1, now())$$, '23505', null, 'a sequence is taken once');
select throws_ok($$insert into ledger.raw select * from ledger.alarm$$, '23514', null, 'it does not lie among samples');
select throws_ok($$update ledger.alarm set kind = 'x'$$, '42501', null, 'the writer cannot update it');
select throws_ok($$delete from ledger.alarm$$, '42501', null, 'nor delete it');
set local role vinga_owner;
select throws_ok($$update ledger.alarm set kind = 'x'$$, '23001', null, 'the owner cannot update it');
select throws_ok($$delete from ledger.alarm$$, '23001', null, 'nor delete it');
select throws_ok($$truncate ledger.alarm$$, '23001', null, 'nor truncate it');
select throws_ok(format('truncate ledger.%I', to_char(now() at time zone 'UTC', '"alarm_"YYYY_MM')), '23001', null,
	'nor truncate a month');

-- Who sees what.
reset role;
select access.add_municipality('1489', 'test');
create role vinga_m_stranger nologin in role vinga_municipality;
set local role vinga_writer;
insert into read.agreement (seq, name, version, zone, valid_from, valid_to, alarm_transient_ms)
values (9, 'test', '1', 'Europe/Stockholm', '2016-01-01', 'infinity', 3600000);
insert into read.ticket (ticket_id, changed_seq, municipality, status, open, resolved, faults)
values (7, 7, '1489', 'new', true, false, '{}');
insert into read.ticket_ref (ticket_id, municipality, source, ref) values (7, '1489', 'vinga', 'A-1');
insert into read.alarm (alarm_id, changed_seq, resource, type, qualifier, stated, sources, service, municipalities, severity,
	worst, category, transient, text, raised_at, received_at, last_at, last_seq, cleared_at, notices, changes, operator, acked_at,
	false_alarm)
select n, n, 'sw' || n, 'link-down', '', 'sw' || n, '{snmp}', s, m, 'minor', w, 'availability', t, '', r, r, r + l, n, c, k, 1, o,
	r + a, f
from (values
	(1, 's', '{}'::text[], 'critical', false, '2026-09-30 22:00Z'::timestamptz, interval '0', null::timestamptz, 3, 'ack', interval '60s', false),
	(2, 's', '{1480,1489}', 'major', false, '2026-09-30 22:01Z', '0', '2026-10-01 00:00Z', 1000000, 'ack', '120s', false),
	(3, 's', '{1480}', 'major', false, '2026-10-31 22:59Z', '0', null, 1, 'closed', '300s', true),
	(4, null, '{}', 'warning', true, '2026-10-31 23:00Z', '10min', null, 2, 'none', null, false)
) as a (n, s, m, w, t, r, l, c, k, o, a, f);
insert into read.alarm_change (change_id, changed_seq, alarm_id, at, received_at, severity)
select alarm_id, 1, alarm_id, raised_at, raised_at, worst
from read.alarm;
insert into read.alarm (alarm_id, changed_seq, resource, type, qualifier, stated, sources, service, municipalities, severity,
	worst, category, transient, text, raised_at, received_at, last_at, last_seq, notices, changes, operator, operator_at, false_alarm)
select n, n, 'r' || n, 'fan-failure', '', 'r' || n, '{snmp,zabbix}', 's', '{1489}', 'minor', 'minor', 'equipment', false, 'Fan 2',
	'2026-12-01 00:00Z', '2026-12-01 00:00Z', '2026-12-01 00:00Z', n, 1, c, 'none', o, false
from (values (5, 1, null::timestamptz), (6, 2, null), (7, 1, '2026-12-01 00:01Z')) as a (n, c, o);
insert into read.alarm_source values ('snmp', 1, now(), 6, 4, false);
insert into read.resource (name, changed_seq, seq, resource, municipalities, author, removed)
values ('sw1', 1, 1, 'sw1', '{}', 'a', false);
insert into read.proposal (proposal_id, changed_seq, kind, service, municipalities, alarms, alarm_count, from_at, state)
values (16, 1, 'outage', 's', '{}', '{A-1}', 1, now(), 'open');

set local role vinga_owner;
select is_empty($$select from read.alarm$$, 'the owner sees no alarm');

set local role vinga_m_1489;
select set_eq($$select alarm_id from read.alarm$$, array[1, 2, 5, 6, 7], 'a municipality sees alarms of its services, not unmapped ones');
select set_eq($$select alarm_id from read.alarm_change$$, array[1, 2], 'and their history');
select set_eq($$select alarm from report.alarm$$, array['A-1', 'A-2', 'A-5', 'A-6', 'A-7'], 'and so in report.alarm');
select set_eq($$select alarm from report.alarm_history$$, array['A-1', 'A-2', 'A-5'], 'and in report.alarm_history');
select throws_ok(format('select from read.%I', name), '42501', null, 'a municipality does not see read.' || name)
from unnest(array['alarm_source', 'resource', 'proposal']) as name;
select throws_ok($$select from report.alarm_effect$$, '42501', null, 'nor the effect of alarms in the region');
set local role vinga_m_stranger;
select is_empty($$select from read.alarm$$, 'a role without a scope sees no alarm');

-- The views.
set local role vinga_report;
select is((select count(*) from report.alarm), 7::bigint, 'reports of the region hold every alarm');
select is((select ended_at from report.alarm where alarm = 'A-4'), '2026-11-01 00:10Z'::timestamptz,
	'a transient alarm ends by the agreement');
select is((select ended_at from report.alarm where alarm = 'A-3'), null::timestamptz, 'one that nothing cleared goes on');
select results_eq($$select severity, actor, text, operator, change_id from report.alarm_history where alarm = 'A-5'$$,
	$$values ('minor', 'snmp', 'Fan 2', null::text, 0::bigint)$$, 'a raising that nothing followed is the history of its alarm');
select is((select count(*) from report.alarm_history where alarm = 'A-1'), 1::bigint, 'and else a line of it, once');
select results_eq($$select month, service, alarms, critical, major, notices, tickets from report.alarm_effect
	where month < '2026-12-01' order by month$$,
	$$values ('2026-10-01'::date, 's', 3::bigint, 1::bigint, 2::bigint, 1000004::bigint, 1::bigint),
		('2026-11-01', null, 1, 0, 0, 2, 0)$$, 'effects are of local months');
select results_eq($$select closed, false_alarms, acknowledged, ack_mean_s, ack_median_s, ack_max_s from report.alarm_effect
	where service = 's' and month < '2026-12-01'$$, $$values (1::bigint, 1::bigint, 3::bigint, 160::bigint, 120::bigint, 300::bigint)$$,
	'with what people did, and how soon');
select is((select count(*) from report.alarm_source), 1::bigint, 'and the sources');
select is((select proposal from report.proposal), 'F-16', 'and the proposals');
select throws_ok($$select from ledger.alarm$$, '42501', null, 'reports do not read the ledger');

set local role vinga_reader;
select is((select count(*) from ledger.alarm), 1::bigint, 'the auditor reads the raw rows');

select * from finish();
rollback;
