-- Who sees what: a municipality its own rows, a federation totals of its members, the auditor everything.
begin;
select plan(54);
grant temporary on database vinga to public; -- pgTAP compares in temporary tables

select access.add_municipality('1489', 'test');
select access.add_municipality('1480', 'test');
create role vinga_f_test nologin in role vinga_federation;
insert into access.role_scope (role_name, scope, name) values ('vinga_f_test', 'federation', 'Testkommunerna');
insert into access.federation_member values ('Testkommunerna', '1489'), ('Testkommunerna', '1441');
create role vinga_m_stranger nologin in role vinga_municipality;
create role anna nologin in role vinga_m_1489;

set local role vinga_writer;
insert into read.ticket (ticket_id, changed_seq, municipality, status, open, resolved, faults)
select n, n, m, 'new', true, false, array['no_priority']
from (values (1, '1489'), (2, '1480'), (3, '1441'), (4, null), (5, '1489')) as t (n, m);
insert into read.transition (ticket_id, municipality, seq, position, occurred_at, source, source_order, event_id, voided, fields)
select ticket_id, municipality, ticket_id, 1, now(), 'test', 0, '', false, '{}'
from read.ticket;
insert into read.ticket_ref (ticket_id, municipality, source, ref)
select ticket_id, municipality, 'test', ticket_id::text
from read.ticket;
insert into read.clock (ticket_id, municipality, clock, sla)
select ticket_id, municipality, 'end_to_end', 'running'
from read.ticket;
insert into read.notification (notification_id, changed_seq, ticket_id, municipality, made_at, state, attempts, repeats)
select ticket_id, 1, ticket_id, municipality, now(), 'pending', 0, 0
from read.ticket;
insert into read.users (seq, changed_seq, municipality, day, users)
select ticket_id, 1, municipality, '2026-10-01', 100
from read.ticket;
insert into read.register (seq, changed_seq, name, key, municipality, value)
select ticket_id, 1, 'contacts', 'k', municipality, '{}'
from read.ticket;
insert into read.kpi_cell (month, municipality, kpi, unit, num, den, left_out, verdict, rule, rule_rev, as_of_seq)
select '2026-10-01', m, 'inflow', 'count', 1, 1, 0, 'no_target', '3.5', 1, 5
from (values ('1489'), ('1480'), ('1441'), (''), (null)) as t (m);
insert into read.quarantine (seq, changed_seq, source, retaken) values (6, 6, 'test', false);
insert into read.import (import_id, seq, changed_seq, source, finished, revoked) values ('i', 7, 7, 'test', true, false);
insert into read.report (seq, changed_seq, month, as_of_seq, head, model_sha256) values (8, 8, '2026-10-01', 5, '', '');
insert into read.agreement (seq, name, version, zone) values (9, 'test', '1', 'Europe/Stockholm');
insert into side.title (seq, title, received_at, keep_until)
select ticket_id, 'title ' || ticket_id, now(), now() + interval '12 months'
from read.ticket;
insert into side.title values (6, 'old', now() - interval '13 months', now() - interval '1 month');

insert into read.availability (month, municipality, service, from_at, to_at, verdict, running, period_s, outside_s, excluded_s,
	base_s, up_s, external_s, degraded_s, down_s, unknown_s, rewritten_s, flapping_s, provisional_s, emergency_s, num, den, low_num,
	low_den, outages, ended, restore_s, longest_s, zabbix_num, zabbix_den, icinga_num, icinga_den, checkmk_num, checkmk_den,
	unweighted_num, unweighted_den, as_of_seq)
select '2026-10-01', m, 's', now(), now(), 'met', false, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 1
from (values ('1489'), ('1480'), ('1441'), (null)) as t (m);
insert into read.state (month, municipality, service, from_at, to_at, state, cause, rewritten, flapping, provisional, pending)
select '2026-10-01', m, 's', now(), now(), 'up', 'unknown', false, false, false, false
from (values ('1489'), ('1480')) as t (m);
insert into read.outage_seen (month, municipality, service, from_at, to_at, counted_s, running, provisional, cause)
select month, municipality, service, from_at, to_at, 0, false, false, 'vgr'
from read.state;
insert into read.agreed_time (month, municipality, service, from_at, to_at)
select month, municipality, service, from_at, to_at
from read.state;
insert into read.outage (outage_id, changed_seq, effect, service, municipalities, from_at, to_at, cause, reason, author, withdrawn)
select n, n, 'down', 's', m, now(), 'infinity', 'vgr', 'r', 'a', false
from (values (1, '{}'::text[]), (2, '{1480,1489}'), (3, '{1480}')) as t (n, m);
insert into read.service_window (window_id, series, n, changed_seq, name, services, channels, municipalities, from_at, to_at,
	category, planned_at, author, withdrawn)
select 'W-' || outage_id, outage_id, 0, 1, 'w', '{}', '{}', municipalities, now(), now(), 'planned', now(), 'a', false
from read.outage;
insert into read.signal (signal_id, changed_seq, kind, municipalities, from_at)
select outage_id, 1, 'outage', municipalities, now()
from read.outage;
insert into read.agent values ('a', 1, 'b', 1, now(), 1, 0, 0, 0, 0);

-- Forced on the owner too.
set local role vinga_owner;
select is_empty($$select from read.ticket$$, 'the owner sees no ticket');
select is_empty($$select from side.title$$, 'the owner sees no title');

-- A municipality: in every table its own rows and no others.
set local role vinga_m_1489;
select set_eq(format('select municipality from read.%I', name), array['1489'], 'a municipality sees its own rows only: ' || name)
from unnest(array['ticket', 'ticket_ref', 'transition', 'clock', 'notification', 'users', 'register', 'kpi_cell']) as name;
select set_eq(format('select municipality from report.%I', name), array['1489'], 'and so in the view report.' || name)
from unnest(array['ticket', 'kpi', 'clock', 'data_fault', 'users']) as name;
select set_eq($$select seq from side.title$$, array[1, 5], 'a municipality sees its own titles only');
select isnt_empty($$select from report.agreement$$, 'a municipality sees the agreement');
select throws_ok($$select from read.quarantine$$, '42501', null, 'a municipality does not see the quarantine');
select throws_ok($$select from ledger.row$$, '42501', null, 'a municipality does not read the ledger');
select throws_ok($$select from access.role_scope$$, '42501', null, 'a municipality does not see the scopes of others');
select throws_ok($$insert into access.role_scope values ('vinga_m_1489', 'all')$$, '42501', null,
	'a municipality cannot widen its scope');
select throws_ok($$update read.ticket set status = 'closed'$$, '42501', null, 'a municipality changes nothing');
select results_eq($$select set_config('vinga.municipality', '1480', true), count(*) from read.ticket$$,
	$$values ('1480', 2::bigint)$$, 'a setting of the client changes nothing');

select set_eq(format('select municipality from read.%I', name), array['1489'], 'a municipality sees its own rows only: ' || name)
from unnest(array['availability', 'state', 'outage_seen', 'agreed_time']) as name;
select set_eq($$select outage_id from read.outage$$, array[1, 2], 'a municipality sees records of all and of itself');
select set_eq($$select series from read.service_window$$, array[1, 2], 'and such windows');
select set_eq($$select signal_id from read.signal$$, array[1, 2], 'and such signals');
select set_eq($$select municipality from report.availability$$, array['1489'], 'and its own cells in report.availability');
select throws_ok($$select from read.agent$$, '42501', null, 'a municipality does not see the agents');
select throws_ok($$select from read.run$$, '42501', null, 'nor the runs of probes');

set local role anna;
select set_eq($$select municipality from read.ticket$$, array['1489'], 'a person in a municipality''s role sees the same');
set local role vinga_m_stranger;
select is_empty($$select from read.ticket$$, 'a role without a scope sees nothing');
select is_empty($$select from read.agreement$$, 'not even the agreement');
select is_empty($$select from read.outage$$, 'nor a record that concerns everybody');

set local role vinga_f_test;
select set_eq($$select municipality from report.kpi$$, array['1441', '1489'], 'a federation sees its members'' figures');
select throws_ok($$select from read.ticket$$, '42501', null, 'a federation sees no tickets');
select set_eq($$select municipality from report.availability$$, array['1441', '1489'], 'a federation sees its members'' availability');
select throws_ok($$select from read.state$$, '42501', null, 'a federation sees no evidence');
select throws_ok($$select from side.title$$, '42501', null, 'a federation sees no titles');

set local role vinga_report;
select is((select count(*) from report.ticket), 5::bigint, 'reports of the region hold every ticket');
select throws_ok($$select from side.title$$, '42501', null, 'reports hold no titles');
select is((select count(*) from report.availability), 4::bigint, 'and every cell, the region''s too');
select is((select count(*) from report.agent), 1::bigint, 'and the agents');
select throws_ok($$select from ledger.row$$, '42501', null, 'reports do not read the ledger');

set local role vinga_reader;
select is((select count(*) from read.quarantine), 1::bigint, 'the auditor sees the quarantine');
select is((select count(*) from side.title), 6::bigint, 'the auditor sees the titles');
select lives_ok($$select from ledger.row$$, 'the auditor reads the ledger');
select throws_ok($$delete from read.ticket$$, '42501', null, 'the auditor changes nothing');

-- Retention.
set local role vinga_writer;
select is(side.purge(now()), 1::bigint, 'a title past its time is deleted');
select is(side.purge(now()), 0::bigint, 'once');
reset role;
select is((select sum(deleted) from side.purge_log), 1::numeric, 'the deletion is logged with its count');

select * from finish();
rollback;
