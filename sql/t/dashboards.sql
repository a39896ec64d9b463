-- Days of outages and tickets: cut at local midnight, through the autumn's 25-hour day, by scope.
begin;
select plan(9);
grant temporary on database vinga to public; -- pgTAP compares in temporary tables

select access.add_municipality('1489', 'test');
set local role vinga_writer;
insert into read.agreement (seq, name, version, zone) values (1, 'test', '1', 'Europe/Stockholm');
insert into read.outage_seen (month, municipality, service, channel, from_at, to_at, counted_s, running, provisional, cause) values
	('2026-10-01', '1489', 'journal', null, '2026-10-24 23:00+02', '2026-10-26 01:00+01', 0, false, false, 'vgr'),
	('2026-10-01', '1489', 'journal', 'mobil', '2026-10-24 23:00+02', '2026-10-26 01:00+01', 0, false, false, 'vgr'),
	('2026-10-01', '1480', 'journal', null, '2026-10-31 23:30+01', '2026-11-01 00:00+01', 0, true, false, 'vgr'),
	('2026-11-01', '1480', 'journal', null, '2026-10-31 23:30+01', '2026-11-01 00:10+01', 0, true, false, 'vgr');
insert into read.state (month, municipality, service, from_at, to_at, state, cause, rewritten, flapping, provisional, pending)
select '2026-10-01', m, 'journal', '2026-10-24 23:00+02', '2026-10-26 01:00+01', s, 'unknown', false, false, false, false
from (values ('1489', 'down'), ('1480', 'up')) as t (m, s);
insert into read.ticket (ticket_id, changed_seq, municipality, status, open, resolved, created_at, resolved_at, last_at)
values
	(1, 1, '1489', 'new', true, false, '2026-10-24 23:59:59+02', null, '2026-10-24 23:59:59+02'),
	(2, 1, '1489', 'closed', false, true, '2026-10-25 00:00+02', '2026-10-25 23:59+01', '2026-10-30 10:00+01'),
	(3, 1, '1480', 'cancelled', false, false, '2026-10-25 12:00+01', null, '2026-10-26 00:00+01'),
	(4, 1, '1480', 'resolved', false, true, null, '2026-10-26 12:00+01', '2026-10-26 12:00+01');

set local role vinga_report;
select results_eq($$select day, down_s, outages from report.outage_day where municipality = '1489' order by day$$,
	$$values ('2026-10-24'::date, 3600::bigint, 1::bigint), ('2026-10-25', 90000, 1), ('2026-10-26', 3600, 1)$$,
	'an outage is cut at local midnights, and the day of 25 hours has 90,000 seconds');
select results_eq($$select day, down_s from report.outage_day where municipality = '1480' order by day$$,
	$$values ('2026-10-31'::date, 1800::bigint), ('2026-11-01', 600)$$,
	'a running outage over two months is one, to where it was evaluated last');
select is((select from_at from report.outage_day where day = '2026-10-26'), '2026-10-25 23:00Z'::timestamptz, 'a day begins at its midnight');
select results_eq($$select day, municipality, opened, ended from report.ticket_day order by day, municipality$$,
	$$values ('2026-10-24'::date, '1489', 1::bigint, 0::bigint), ('2026-10-25', '1480', 1, 0), ('2026-10-25', '1489', 1, 1),
		('2026-10-26', '1480', 0, 1)$$,
	'tickets by the day on which they came and ended; one of no known beginning is left out');
select is((select sum(opened - ended) from report.ticket_day),
	(select count(*)::numeric from report.ticket where open), 'opened less ended is what is open');
select results_eq($$select municipality, level from report.state order by municipality$$, $$values ('1480', 0), ('1489', 3)$$,
	'states have their level');

set local role vinga_m_1489;
select set_eq(format('select municipality from report.%I', name), array['1489'], 'a municipality sees its own rows only: ' || name)
from unnest(array['state', 'outage_day', 'ticket_day']) as name;

select * from finish();
rollback;
