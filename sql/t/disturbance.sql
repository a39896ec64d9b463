-- Disturbance information: a municipality sees what was published and concerns it, no draft and no feedback; nobody changes a message.
begin;
select plan(15);
grant temporary on database vinga to public; -- pgTAP compares in temporary tables

select access.add_municipality('1489', 'test');

set local role vinga_writer;
insert into read.disturbance (disturbance_id, changed_seq, state, kind, services, municipalities, title, text, started_at, author,
	created_at, published_at, messages)
select n, n, s, 'disturbance', '{}', m, 'titel ' || n, 'text', now(), 'anna', now(), p, 1
from (values (1, 'published', '{}'::text[], now()), (2, 'published', '{1480,1489}', now()), (3, 'published', '{1480}', now()),
	(4, 'draft', '{1489}', null), (5, 'closed', '{1489}', null)) as t (n, s, m, p);
insert into read.disturbance_message (seq, changed_seq, disturbance_id, n, at, services, municipalities, title, text, closing, author)
select disturbance_id + 10, 1, disturbance_id, 0, now(), services, municipalities, title, text, false, author
from read.disturbance
where published_at is not null;
insert into read.feedback (feedback_id, changed_seq, text_digest, contact, received_at) values (20, 20, '00', true, now());

set local role vinga_owner;
select is_empty($$select from read.disturbance$$, 'the owner sees none');

set local role vinga_m_1489;
select set_eq($$select disturbance_id from read.disturbance$$, array[1, 2], 'a municipality sees what was published and concerns it');
select set_eq($$select disturbance from report.disturbance$$, array['S-1', 'S-2'], 'and so in the view');
select set_eq($$select seq from read.disturbance_message$$, array[11, 12], 'and its messages');
select set_eq($$select no from report.disturbance_message$$, array[1], 'which are counted from one');
select throws_ok($$select from read.feedback$$, '42501', null, 'it does not see feedback');
select throws_ok($$select from report.feedback$$, '42501', null, 'not in the view either');
select throws_ok($$update read.disturbance_message set text = 'x'$$, '42501', null, 'and changes nothing');

set local role vinga_reader;
select set_eq($$select disturbance_id from read.disturbance$$, array[1, 2, 3, 4, 5], 'a reader sees drafts too');
select set_eq($$select disturbance from report.disturbance$$, array['S-1', 'S-2', 'S-3'], 'but no view has one');
select set_eq($$select feedback from report.feedback$$, array['T-20'], 'the register has a number');
select columns_are('report', 'feedback', array['feedback', 'received_at', 'answered_at'], 'and dates, no words');
select throws_ok($$delete from read.disturbance_message$$, '42501', null, 'a reader changes nothing');

set local role vinga_report;
select set_eq($$select disturbance from report.disturbance$$, array['S-1', 'S-2', 'S-3'], 'reports have what was published');

set local role vinga_federation;
select throws_ok($$select from read.disturbance$$, '42501', null, 'a federation gets figures alone');

select * from finish();
rollback;
