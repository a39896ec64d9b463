-- The fee: who sees which decision, statement and act, and what the views make of them.
begin;
select plan(38);
grant temporary on database vinga to public; -- pgTAP compares in temporary tables

select access.add_municipality('1489', 'test');
select access.add_municipality('1480', 'test');
create role vinga_f_test nologin in role vinga_federation;
insert into access.role_scope (role_name, scope, name) values ('vinga_f_test', 'federation', 'Testkommunerna');
insert into access.federation_member values ('Testkommunerna', '1489'), ('Testkommunerna', '1441');
create role vinga_m_stranger nologin in role vinga_municipality;

set local role vinga_writer;
insert into read.ticket (ticket_id, changed_seq, municipality, municipality_ref, status, open, resolved, faults)
values (1, 1, '1489', 'ALE-7', 'closed', false, true, '{}'), (2, 2, '1480', null, 'closed', false, true, '{}');
insert into fee.decision (ticket_id, municipality, month, counts, reason, at, price_ore, cause_blank, counts_by_links,
	bypassed_first_line, act_id, agreement_seq, changed_seq)
values
	(1, '1489', '2026-10-01', true, 'countable', '2026-10-05', 25000, true, true, false, null, 9, 1),
	(2, '1480', '2026-10-01', false, 'override', '2026-10-06', 25000, false, true, false, 32, 9, 2),
	(3, null, '2026-10-01', true, 'countable', '2026-10-07', 0, false, true, false, null, 9, 3),
	(4, '1489', null, false, 'not_live', '2026-10-08', 0, false, false, false, null, null, 4);
insert into fee.act (act_id, changed_seq, kind, state, author, decided_by, proposed_at, decided_at, series, municipalities, year,
	month, rate_ppb, amount_ore, operation_ore, ticket_id, outcome, objection_id)
values
	(30, 30, 'rate', 'approved', 'anna', 'bo', now(), now(), 'vgr', '{}', 2026, null, 25000000, null, null, null, null, null),
	(31, 31, 'cost', 'approved', 'anna', 'bo', now(), now(), null, '{}', 2026, null, null, 3000000000, null, null, null, null),
	(32, 32, 'override', 'approved', 'anna', 'bo', now(), now(), null, '{}', null, null, null, null, null, 2, 'not_counted', null),
	(33, 33, 'opening', 'approved', 'anna', 'bo', now(), now(), null, '{1489}', null, '2026-09-01', null, 100000, 7000, null, null, null),
	(34, 34, 'close', 'approved', 'anna', null, now(), now(), null, '{}', null, '2026-10-01', null, null, null, null, null, null),
	(35, 35, 'close', 'waiting', 'anna', null, now(), null, null, '{1480}', null, '2026-10-01', null, null, null, null, null, null),
	(36, 36, 'objection', 'waiting', 'anna', null, now(), null, null, '{}', null, null, null, 25000, null, null, null, 41),
	(37, 37, 'cost', 'approved', 'anna', 'bo', now(), now(), null, '{}', 2026, null, null, 3100000000, null, null, null, null),
	(38, 38, 'cost', 'waiting', 'anna', null, now(), null, null, '{}', 2026, null, null, 1, null, null, null, null);
insert into fee.opening_ticket values
	('4/tool/A', 33, 33, 'tool', 'A', '1489', '2026-08-01', 25000), ('4/tool/B', 33, 33, 'tool', 'B', '1480', '2026-08-01', 25000);
insert into fee.statement (statement, statement_id, changed_seq, as_of_seq, municipality, month, state, trial, holds, mode, users,
	ticket_price_ore, support_price_ore, operation_price_ore, counted, not_counted, corrected, gross_ore, adjusted_ore, capped_ore,
	support_ore, operation_ore, vat_ore, rounding_ore, total_ore, blank_count, blank_ore, by_links_ore)
select statement, id, id, id, m, month, state, trial, '{}', mode, 130, 25000, 25000, 175000, 1, 0, 0, 25000, 0, 0, 25000, 1895833, 0, 0,
	1920833, 0, 0, 25000
from (values
	('2026-09/1489', 50, '1489', '2026-09-01'::date, 'closed', true, 'per_ticket_capped'),
	('2026-10/1489', 51, '1489', '2026-10-01', 'closed', false, 'flat_per_user'),
	('2026-10/1480', 52, '1480', '2026-10-01', 'held', false, 'per_ticket_capped'),
	('2026-11/1489', 53, '1489', '2026-11-01', 'closed', false, 'flat_per_user'),
	('2027-01/1489', 54, '1489', '2027-01-01', 'closed', false, 'per_ticket_capped')
) as s (statement, id, m, month, state, trial, mode);
insert into fee.line values
	(61, 51, 51, 1, 'counted', '1489', 1, '2026-10-01', 25000, 'countable', null, null, null, true, true, false),
	(62, 53, 53, 1, 'credit', '1489', 1, '2026-10-01', -25000, 'vgr_cause', 'countable', 61, null, false, true, false),
	(63, 52, 52, 1, 'not_counted', '1480', 2, '2026-10-01', 0, 'override', null, null, 32, false, true, false);
insert into fee.year values
	(70, 50, 50, '1489', 2026, 25000, 3250000, 25000, 270833, 25000, 1895833, 0, 0),
	(71, 51, 51, '1489', 2026, 25000, 3250000, 25000, 270833, 25000, 1895833, 0, 0),
	(72, 53, 53, '1489', 2026, 0, 3250000, -25000, 270834, -25000, 1895834, 270833, 1895833),
	(73, 54, 54, '1489', 2026, 25000, 3250000, 1, 2, 3, 4, 541667, 3791667),
	(74, 54, 54, '1489', 2027, 50000, 3250000, 50000, 270833, 50000, 1895833, 0, 0),
	(75, 52, 52, '1480', 2026, 0, 100, 10, 20, 30, 40, 0, 0);
insert into fee.objection values
	(41, 41, '1489', '2026-10-01', 1, 61, 'wrong', 'kommun', now(), 'open', null, null, null, 36),
	(42, 42, '1480', '2026-10-01', null, null, 'users', 'kommun', now(), 'rejected', 'no', 'anna', now(), null);
insert into read.comment values
	(81, 81, '2026-10-01', '1489', 'resolution_met', null, 'c', 'a', 'drift', 'anna', '2026-12-01', now()),
	(82, 82, '2026-10-01', null, 'availability', 'journal', 'c', 'a', 'drift', 'anna', null, now());

-- Forced on the owner too.
set local role vinga_owner;
select is_empty(format('select from %s', name), 'the owner sees nothing of ' || name)
from unnest(array['fee.decision', 'fee.statement', 'fee.line', 'fee.year', 'fee.act', 'fee.objection', 'fee.opening_ticket',
	'read.comment']) as name;

set local role vinga_m_1489;
select set_eq($$select ticket_id from fee.decision$$, array[1, 4], 'a municipality sees its own decisions');
select set_eq($$select statement_id from fee.statement$$, array[50, 51, 53, 54], 'its own statements');
select set_eq($$select line_id from fee.line$$, array[61, 62], 'its own lines');
select set_eq($$select year_id from fee.year$$, array[70, 71, 72, 73, 74], 'its own years');
select set_eq($$select objection_id from fee.objection$$, array[41], 'its own objections');
select set_eq($$select ref from fee.opening_ticket$$, array['A'], 'what it was billed before');
select set_eq($$select act_id from fee.act$$, array[30, 33, 34, 36], 'all rates, and acts that are about it');
select set_eq($$select comment from report.comment$$, array['C-81'], 'comments on its own figures');
select set_eq($$select number from report.fee_statement$$, array['2026-10/1489/1', '2026-11/1489/1', '2027-01/1489/1', null],
	'a trial has no number');
select throws_ok($$select from report.fee_revenue$$, '42501', null, 'the region''s revenue is not for it');
select throws_ok($$update fee.line set amount_ore = 0$$, '42501', null, 'it changes nothing');
set local role vinga_m_1480;
select set_eq($$select act_id from fee.act$$, array[30, 32, 34, 35], 'another one sees the override of its ticket');
set local role vinga_m_stranger;
select is_empty($$select from fee.act$$, 'a role without a scope sees no act');
select is_empty($$select from report.fee_statement$$, 'nor a statement');
set local role vinga_f_test;
select set_eq($$select distinct municipality from report.fee_statement$$, array['1489'], 'a federation sees its members'' totals');
select isnt_empty($$select from report.fee_year$$, 'and their years');
select throws_ok(format('select from %s', name), '42501', null, 'but not ' || name)
from unnest(array['fee.line', 'fee.decision', 'fee.objection', 'fee.act', 'report.fee_line']) as name;

-- The views.
set local role vinga_report;
select is((select count(*) from report.fee_statement), 5::bigint, 'reports hold all statements');
select results_eq($$select number, state from report.fee_statement where municipality = '1480'$$, $$values (null::text, 'held')$$,
	'one that is held has no number');
select results_eq($$select statement, no, ticket, amount_ore, corrects_statement, corrects_no, municipality_ref from report.fee_line
	where municipality = '1489' order by statement_month$$,
	$$values ('2026-10/1489/1', 1::bigint, 'V-1', 25000::bigint, null::text, null::bigint, 'ALE-7'),
		('2026-11/1489/1', 1, 'V-1', -25000, '2026-10/1489/1', 1, 'ALE-7')$$, 'a credit names the line that it takes back');
select results_eq($$select ticket, amount_ore from report.fee_decision order by ticket$$,
	$$values ('V-1', 25000::bigint), ('V-2', 0), ('V-3', 0), ('V-4', 0)$$, 'a decision says what its ticket costs');
select results_eq($$select month, year, net_ore from report.fee_year where municipality = '1489' and not trial order by month, year$$,
	$$values ('2026-10-01'::date, 2026, 270833::bigint), ('2026-11-01', 2026, 270834), ('2027-01-01', 2026, 2),
		('2027-01-01', 2027, 50000)$$, 'a year settles by its own mode, also later');
select results_eq($$select year, support_ore, operation_ore, cost_ore from report.fee_revenue order by year$$,
	$$values (2026, 100000::bigint + 270833 + 270834 + 2, 7000::bigint + 1895833 + 1895834 + 4, 3100000000::bigint),
		(2027, 50000, 1895833, null)$$, 'revenue is what closed statements and openings billed, cost the newest that was approved');
select is((select rate_percent from report.fee_act where act = 'P-30'), 2.5, 'rates are shown in per cent');
select results_eq($$select objection, ticket, line_no from report.fee_objection order by 1$$,
	$$values ('D-41', 'V-1', 1::bigint), ('D-42', null, null)$$, 'objections name their line');
select is((select count(*) from report.comment), 2::bigint, 'and all comments');

select * from finish();
rollback;
