-- The fee basis computed again, in another way: from the ledger's rows alone, by the text of the rule book (semantics 2), in
-- sets and with decimals where the daemon walks and counts whole numbers. Taken as given is which months were closed and of
-- which prefix of the ledger; every decision, line, sum and year of them is computed. Not computed here: refused commands (the
-- ledger that this runs over must hold none about tickets), links to alarms, what an opening billed, other indexes than
-- `ore_from_base` in January.
begin;
select plan(7);
grant temporary on database vinga to public; -- pgTAP compares in temporary tables

-- On an empty read model (the schema's own test) a small region is put in: 130 users, and what vectors E1 and E2 of semantics 9.1
-- say of them. January: one ticket counts, one is VGR's fault, one never left first line. Then the first turns out to be VGR's
-- fault too, and February, where one ticket counts, takes it back.
do $$
declare
	fee constant text := '{"mode":"per_ticket_capped","support_ore":25000,"operation_ore":175000,"tickets_per_user_ppm":1000000,'
		'"chargeable_types":["incident","service_request"],"exclude_sources":["vgr","alarm","probe"],"exclude_test":true,'
		'"count_duplicates":false,"count_split":"parent","count_cancelled":false,"exclude_vgr_cause":true,"exclude_vgr_problem":true,'
		'"misroute_ms":600000,"reopen_days":14,"bill_leaving":true,"index":"","reading_day":1,"join_month":"prorata_days"}';
	ticket constant text := '"source":"tool","source_order":0,"v":1}';
	row record;
begin
	if exists (select from fee.statement) then
		return;
	end if;
	perform ledger.make_partitions('2026-01-01', 2);
	set local role vinga_writer;
	for row in
		select *
		from (values
			(1, 'agreement.applied', '2026-01-01', '{"body":{"agreement":{"valid_from_ms":1767222000000,"zone":"Europe/Stockholm",'
				'"municipalities":[{"code":"1489"}],"fee":' || fee || '}}}'),
			(2, 'users.read', '2026-01-01', '{"municipality":"1489","body":{"day":"2026-01-01","users":130}}'),
			(3, 'ticket.reported', '2026-01-08', '{"body":{"ref":"A","status":"in_progress","support_line":2},"event_id":"1",'
				'"municipality":"1489","occurred_ms":1767859200000,' || ticket),
			(4, 'ticket.reported', '2026-01-08', '{"body":{"ref":"A","status":"resolved"},"event_id":"2","occurred_ms":1767862800000,' || ticket),
			(5, 'ticket.reported', '2026-01-09', '{"body":{"ref":"B","status":"resolved","support_line":2,"cause_party":"vgr"},'
				'"event_id":"3","municipality":"1489","occurred_ms":1767945600000,' || ticket),
			(6, 'ticket.reported', '2026-01-10', '{"body":{"ref":"C","status":"closed","support_line":1},"event_id":"4",'
				'"municipality":"1489","occurred_ms":1768032000000,' || ticket),
			(7, 'ticket.reported', '2026-02-10', '{"body":{"ref":"D","status":"closed","support_line":2,"cause_party":"municipality"},'
				'"event_id":"5","municipality":"1489","occurred_ms":1770710400000,' || ticket),
			(9, 'ticket.corrected', '2026-02-20', '{"body":{"ticket":"V-3","cause_party":"supplier","reason":"x"},"event_id":"6",'
				'"occurred_ms":1771574400000,' || ticket)
		) as r (seq, kind, at, bytes)
	loop
		insert into ledger.row (month, seq, lane, kind, source, event_id, occurred_ms, received_ms, bytes, d, h)
		values (date_trunc('month', row.at::date)::date, row.seq, 'main', row.kind, 'tool', '', 0,
			extract(epoch from row.at::timestamptz) * 1000, row.bytes, sha256('d'), sha256('h'));
	end loop;
	insert into fee.statement (statement, statement_id, changed_seq, as_of_seq, municipality, month, state, trial, holds, mode, users,
		ticket_price_ore, support_price_ore, operation_price_ore, counted, not_counted, corrected, gross_ore, adjusted_ore,
		capped_ore, support_ore, operation_ore, vat_ore, rounding_ore, total_ore, blank_count, blank_ore, by_links_ore)
	values
		('2026-01/1489', 8::bigint << 24, 8, 8, '1489', '2026-01-01', 'closed', false, '{}', 'per_ticket_capped', 130, 25000, 25000,
			175000, 1, 2, 0, 25000, 0, 0, 25000, 1895833, 0, 0, 1920833, 1, 25000, 50000),
		('2026-02/1489', 10::bigint << 24, 10, 10, '1489', '2026-02-01', 'closed', false, '{}', 'per_ticket_capped', 130, 25000, 25000,
			175000, 1, 0, 1, 25000, -25000, 0, 0, 1895834, 0, 0, 1895834, 0, 0, 25000);
	insert into fee.line
	values
		(1, 8, 8::bigint << 24, 1, 'counted', '1489', 3, '2026-01-01', 25000, 'countable', null, null, null, true, true, true),
		(2, 8, 8::bigint << 24, 2, 'not_counted', '1489', 5, '2026-01-01', 0, 'vgr_cause', null, null, null, false, true, true),
		(3, 8, 8::bigint << 24, 3, 'not_counted', '1489', 6, '2026-01-01', 0, 'first_line_only', null, null, null, true, false, false),
		(4, 10, 10::bigint << 24, 1, 'counted', '1489', 7, '2026-02-01', 25000, 'countable', null, null, null, false, true, true),
		(5, 10, 10::bigint << 24, 2, 'credit', '1489', 3, '2026-01-01', -25000, 'vgr_cause', 'countable', 1, null, false, true, true);
	insert into fee.year
	values
		(1, 8, 8::bigint << 24, '1489', 2026, 25000, 3250000, 25000, 270833, 25000, 1895833, 0, 0),
		(2, 10, 10::bigint << 24, '1489', 2026, 25000, 3250000, 0, 270834, 0, 1895834, 25000, 1895833);
	insert into fee.decision
	values
		(3, '1489', '2026-01-01', false, 'vgr_cause', '2026-01-08 09:00Z', 25000, false, true, true, null, 1, 9),
		(5, '1489', '2026-01-01', false, 'vgr_cause', '2026-01-09 08:00Z', 25000, false, true, true, null, 1, 5),
		(6, '1489', '2026-01-01', false, 'first_line_only', '2026-01-10 08:00Z', 25000, true, false, false, null, 1, 6),
		(7, '1489', '2026-02-01', true, 'countable', '2026-02-10 08:00Z', 25000, false, true, true, null, 1, 7);
	update ledger.position set seq = 10, read_seq = 10;
	reset role;
end
$$;

create aggregate pg_temp.folded(jsonb) (sfunc = jsonb_concat, stype = jsonb, initcond = '{}');

-- What the rows say.

create temporary table said as
select seq, kind, source, bytes::jsonb as j, bytes::jsonb -> 'body' as body
from ledger.row
where kind like 'act.%' or kind like '%.proposed' or kind like 'objection.%' or kind like 'outage.%' or kind like 'window.%'
	or kind in ('import.revoked', 'users.read', 'agreement.applied');

create temporary table reading as
select seq, j ->> 'municipality' as municipality, (body ->> 'day')::date as day, (body ->> 'users')::bigint as users
from said
where kind = 'users.read';

create temporary table stated as
select
	seq, source, kind, body ->> 'ref' as ref, body ->> 'ticket' as ticket, body -> 'also' as also, j ->> 'import' as import,
	(body ->> 'voids')::bigint as voids,
	(j ->> 'occurred_ms')::bigint / 1000 * 1000 as at_ms, (j ->> 'source_order')::bigint as place, j ->> 'event_id' as event_id,
	body - '{ref,ticket,also,voids,reason,title_digest}'::text[] -- the fields that it states
		|| case when j ? 'municipality' then jsonb_build_object('municipality', coalesce(j ->> 'municipality', '')) else '{}' end
		|| case when kind = 'ticket.escalated'
			then jsonb_build_object('support_line', greatest(2, (body ->> 'support_line')::integer)) else '{}' end as fields
from (
	select seq, kind, source, bytes::jsonb as j, bytes::jsonb -> 'body' as body
	from ledger.row
	where kind like 'ticket.%'
	offset 0 -- so that the bytes are read once
) t;
create index on stated (source, ref);
create index on stated (seq);
analyze said;
analyze stated;

create temporary table agreement as
select
	s.seq, (a ->> 'valid_from_ms')::bigint as from_ms, coalesce((a ->> 'valid_to_ms')::bigint, 9223372036854775807) as to_ms,
	a -> 'fee' as fee
from said s
cross join lateral (select s.body -> 'agreement' as a) b
where s.kind = 'agreement.applied';

create temporary table party as
select
	g.seq, m ->> 'code' as code, coalesce((m ->> 'go_live_ms')::bigint, 0) as live_ms,
	case when (g.fee ->> 'bill_leaving')::boolean then coalesce((m ->> 'end_ms')::bigint, 9223372036854775807)
		else least(coalesce((m ->> 'leaving_ms')::bigint, 9223372036854775807),
			coalesce((m ->> 'end_ms')::bigint, 9223372036854775807)) end as gone_ms,
	'1970-01-01'::date + (m ->> 'signed_day')::integer as signed,
	(m ->> 'fee_from')::integer as fee_from
from agreement g
join said s using (seq)
cross join lateral jsonb_array_elements(s.body -> 'agreement' -> 'municipalities') m;

create temporary table provider as
select s.seq, p ->> 'id' as id, p ->> 'municipality' as municipality
from said s
cross join lateral jsonb_array_elements(s.body -> 'agreement' -> 'providers') p
where s.kind = 'agreement.applied';

create temporary table approved as
select
	p.seq as act, a.seq, p.kind, p.body, p.j ->> 'municipality' as municipality
from said p
join lateral (
	select d.seq, d.kind
	from said d
	where d.kind in ('act.approved', 'act.rejected') and d.body ->> 'act' = 'P-' || p.seq
		and (d.j ->> 'actor' <> p.j ->> 'actor' or (d.body ->> 'automatic')::boolean)
	order by d.seq
	limit 1
) a on a.kind = 'act.approved'
where p.kind like '%.proposed';

create function pg_temp.local_day(at_ms bigint) returns date
language sql stable
as $$ select (to_timestamp(at_ms / 1000) at time zone 'Europe/Stockholm')::date $$;

create function pg_temp.month_ms(month date) returns bigint
language sql stable
as $$ select extract(epoch from month::timestamp at time zone 'Europe/Stockholm')::bigint * 1000 $$;

-- Half away from zero.
create function pg_temp.whole(amount numeric) returns bigint
language sql immutable
as $$ select round(amount)::bigint $$;

-- Tickets as the first `upto` rows tell them.

create temporary table name (source text, ref text, ticket bigint, primary key (source, ref));
create temporary table fact (ticket bigint, seq bigint, at_ms bigint, place bigint, event_id text, fields jsonb);
create temporary table ticket (ticket bigint primary key, opened_ms bigint, now jsonb);
create temporary table ending (ticket bigint primary key, first_ms bigint, billed_ms bigint, line integer, reached boolean, left_ms bigint,
	worked_ms bigint);
create temporary table ruled (ticket bigint primary key, act bigint, outcome text);
create temporary table decision (ticket bigint primary key, municipality text, month date, at_ms bigint, counts boolean, reason text,
	by_links boolean, blank boolean, act bigint, agreement bigint);

-- A matter has one name in each tool; an event that gives two makes them one, and the oldest row is the ticket.
create procedure pg_temp.identify(upto bigint)
language plpgsql
as $$
begin
	truncate name;
	insert into name
	select s.source, s.ref, min(s.seq)
	from (
		select seq, source, ref from stated where kind = 'ticket.reported'
		union all
		select seq, a ->> 'source', a ->> 'ref' from stated, jsonb_array_elements(also) a where kind = 'ticket.reported'
	) s
	where s.seq <= upto
	group by 1, 2;
	loop
		update name n
		set ticket = t.ticket
		from (
			select e.source, e.ref, min(e.least) as ticket
			from (
				select k.source, k.ref, min(n.ticket) over (partition by k.seq) as least
				from (
					select seq, source, ref from stated where also is not null and seq <= upto
					union
					select seq, a ->> 'source', a ->> 'ref' from stated, jsonb_array_elements(also) a where seq <= upto
				) k
				join name n using (source, ref)
			) e
			group by 1, 2
		) t
		where n.source = t.source and n.ref = t.ref and n.ticket > t.ticket;
		exit when not found;
	end loop;
end
$$;

create procedure pg_temp.tell(upto bigint)
language plpgsql
as $$
begin
	truncate fact, ticket;
	insert into fact
	select n.ticket, s.seq, s.at_ms, s.place, s.event_id, s.fields
	from stated s
	left join stated r on s.kind <> 'ticket.reported' and s.ticket = 'V-' || r.seq and r.kind = 'ticket.reported'
	join name n on n.source = coalesce(r.source, s.source) and n.ref = coalesce(r.ref, s.ref, s.ticket)
	where s.seq <= upto
		and not exists (select from stated v where v.voids = s.seq and v.seq <= upto)
		and not exists (select from said i where i.kind = 'import.revoked' and i.seq <= upto and i.body ->> 'id' = s.import);
	insert into ticket
	select t.ticket, least(coalesce((t.now ->> 'opened_ms')::bigint / 1000 * 1000, t.first_ms), (t.now ->> 'received_at_ms')::bigint / 1000 * 1000),
		t.now
	from (
		select f.ticket, min(f.at_ms) as first_ms,
			pg_temp.folded(f.fields order by f.at_ms, f.place, f.event_id collate "C", f.seq) as now
		from fact f
		group by 1
	) t;
	analyze fact;
	analyze ticket;
end
$$;

create function pg_temp.is_open(status text) returns boolean
language sql immutable
as $$ select coalesce(status, 'new') not in ('resolved', 'closed', 'cancelled', 'rejected') $$;

-- What a ticket came to, and when. The first line that is known holds from the beginning. Being moved after it was solved is no
-- reaching of second line, a reopening there is.
create procedure pg_temp.follow()
language plpgsql
as $$
begin
	truncate ending;
	insert into ending
	with walk as (
		select f.ticket, greatest(f.at_ms, t.opened_ms) as at_ms, f.fields ->> 'status' as status,
			case when (f.fields ->> 'support_line')::integer between 1 and 3 then (f.fields ->> 'support_line')::integer end as line,
			row_number() over (partition by f.ticket order by f.at_ms, f.place, f.event_id collate "C", f.seq) as n
		from fact f
		join ticket t using (ticket)
	), held as (
		select w.*,
			count(w.line) over before as lines, count(w.status) over before as statuses,
			lead(w.at_ms) over (partition by w.ticket order by w.n) as next_ms
		from walk w
		window before as (partition by w.ticket order by w.n)
	), now as (
		select h.*,
			max(h.line) over (partition by h.ticket, greatest(h.lines, 1)) as line_now,
			max(h.status) over (partition by h.ticket, h.statuses) as status_now
		from held h
	), stepped as (
		select n.*, lag(n.status_now) over (partition by n.ticket order by n.n) as status_before
		from now n
	), reach as (
		select s.ticket, case when min(s.line) filter (where s.lines = 1) >= 2 then 0
			else min(s.n) filter (where s.line_now >= 2 and (pg_temp.is_open(s.status_now) or pg_temp.is_open(s.status_before))) end as n
		from stepped s
		group by 1
	), done as (
		select s.*, s.n >= r.n as in_second
		from stepped s
		left join reach r using (ticket)
		where s.status in ('resolved', 'closed') and coalesce(s.status_before, '') not in ('resolved', 'closed')
	), solved as (
		select d.ticket, min(d.at_ms) as first_ms, min(d.at_ms) filter (where d.in_second) as billed_ms,
			(array_agg(d.line_now order by d.n desc))[1] as line
		from done d
		group by 1
	)
	select t.ticket, d.first_ms, d.billed_ms, d.line, r.n is not null, x.at_ms, w.ms
	from ticket t
	left join solved d using (ticket)
	left join reach r using (ticket)
	left join (
		select s.ticket, max(s.at_ms) filter (where coalesce(s.status_before, '') not in ('cancelled', 'rejected')) as at_ms
		from stepped s
		join ticket t using (ticket)
		where s.status in ('cancelled', 'rejected') and t.now ->> 'status' in ('cancelled', 'rejected')
		group by 1
	) x using (ticket)
	left join (
		select s.ticket, sum(s.next_ms - s.at_ms) as ms
		from stepped s
		where s.line_now = 2 and s.status_now = 'in_progress'
		group by 1
	) w using (ticket);
	analyze ending;
end
$$;

-- The ticket that a text of another one names: V-<row>, or what one of its own tools calls it.
create function pg_temp.named(own bigint, text text) returns bigint
language sql stable
as $$
	select coalesce(
		(select n.ticket from stated s join name n on n.source = s.source and n.ref = s.ref
			where text ~ '^V-[0-9]{1,18}$' and s.seq = substr(text, 3)::bigint and s.kind = 'ticket.reported'),
		(select min(n.ticket) from name n
			where n.ref = text and n.source in (select o.source from name o where o.ticket = own)))
$$;

-- The cause that a linked record states, unless it was withdrawn.
create function pg_temp.linked_cause(record text, upto bigint) returns text
language sql stable
as $$
	select case
		when record like 'O-%' then (
			select (array_agg(s.body ->> 'cause' order by s.seq desc) filter (where s.body ->> 'cause' is not null))[1]
			from said s
			where s.seq <= upto and (s.kind = 'outage.recorded' and record = 'O-' || s.seq
				or s.kind = 'outage.corrected' and s.body ->> 'outage' = record)
			having count(*) filter (where s.kind = 'outage.recorded') > 0 and not exists (
				select from said w where w.kind = 'outage.withdrawn' and w.body ->> 'outage' = record and w.seq <= upto))
		when record like 'W-%' then (
			select 'vgr'
			from said s
			where s.seq <= upto and s.kind = 'window.planned' and split_part(record, '.', 1) = 'W-' || s.seq and not exists (
				select from said w where w.kind = 'window.withdrawn' and w.seq <= upto
					and w.body ->> 'window' in (record, split_part(record, '.', 1))))
	end
$$;

-- Rows 1 to 14 of 2.3 in their order. `links` leaves the ticket's own cause party out of row 9.
create function pg_temp.reason(t ticket, e ending, g agreement, owner party, override text, links boolean, upto bigint) returns text
language sql stable
as $$
	select case
		when g.seq is null then 'not_live'
		when (t.now ->> 'test')::boolean and (g.fee ->> 'exclude_test')::boolean then 'test'
		when override is not null then 'override'
		when t.now ->> 'requester_class' = 'vgr' and g.fee -> 'exclude_sources' ? 'vgr' then 'internal'
		when t.now ->> 'requester_class' in ('alarm', 'probe') and g.fee -> 'exclude_sources' ? (t.now ->> 'requester_class') then 'alarm'
		when not g.fee -> 'chargeable_types' ? coalesce(t.now ->> 'type', 'incident') then 'type'
		when not e.reached then 'first_line_only'
		when not (g.fee ->> 'count_duplicates')::boolean and (
			nullif(t.now ->> 'duplicate_of', '') is not null
				and pg_temp.named(t.ticket, t.now ->> 'duplicate_of') is distinct from t.ticket
			or nullif(t.now ->> 'parent', '') is not null
				and pg_temp.named(t.ticket, t.now ->> 'parent') is distinct from t.ticket) then 'duplicate'
		when g.fee ->> 'count_split' = 'parent' and nullif(t.now ->> 'split_from', '') is not null then 'split_child'
		when not (g.fee ->> 'count_cancelled')::boolean and e.billed_ms is null and e.left_ms is not null then 'cancelled'
		when (g.fee ->> 'exclude_vgr_cause')::boolean and (
			not links and t.now ->> 'cause_party' in ('vgr', 'supplier')
			or pg_temp.linked_cause(t.now ->> 'outage', upto) in ('vgr', 'supplier')
			or pg_temp.linked_cause(t.now ->> 'window', upto) in ('vgr', 'supplier')
			or exists (
				select from ticket o
				where nullif(t.now ->> 'major_incident', '') is not null
					and o.ticket = pg_temp.named(t.ticket, t.now ->> 'major_incident')
					and coalesce(o.now ->> 'cause_party', 'unknown') in ('vgr', 'supplier', 'unknown'))) then 'vgr_cause'
		when (g.fee ->> 'exclude_vgr_problem')::boolean and exists (
			select from ticket o
			where nullif(t.now ->> 'problem', '') is not null and o.ticket = pg_temp.named(t.ticket, t.now ->> 'problem')
				and o.now ->> 'cause_party' in ('vgr', 'supplier')) then 'vgr_problem'
		when (g.fee ->> 'misroute_ms')::bigint >= 0 and e.line = 1
			and coalesce(e.worked_ms, 0) <= (g.fee ->> 'misroute_ms')::bigint then 'misrouted'
		when exists (
			select from ending o
			where nullif(t.now ->> 'reopen_of', '') is not null
				and o.ticket = pg_temp.named(t.ticket, t.now ->> 'reopen_of') and o.ticket <> t.ticket
				and t.opened_ms >= o.first_ms
				and pg_temp.local_day(t.opened_ms) - pg_temp.local_day(o.first_ms) <= (g.fee ->> 'reopen_days')::integer) then 'reopen'
		when owner.code is not null and (e.billed_ms < owner.live_ms or e.billed_ms >= owner.gone_ms) then 'not_live'
		else 'countable'
	end
$$;

-- Overrides in force, and objections that were accepted; the newest holds.
create procedure pg_temp.overrule(upto bigint)
language plpgsql
as $$
begin
	truncate ruled;
	insert into ruled
	select distinct on (n.ticket) n.ticket, o.act, nullif(o.outcome, 'as_rules')
	from (
		select a.act, a.seq, a.body ->> 'outcome' as outcome, a.body ->> 'ticket' as ticket, s.source
		from approved a
		join said s on s.seq = a.act
		where a.kind = 'override.proposed'
		union all
		select r.seq, d.seq, 'not_counted', r.body ->> 'ticket', r.source
		from said d
		join said r on r.kind = 'objection.raised' and 'D-' || r.seq = d.body ->> 'objection'
		where d.kind = 'objection.decided' and (d.body ->> 'accepted')::boolean and r.body ->> 'ticket' is not null
	) o
	left join stated s on 'V-' || s.seq = o.ticket and s.kind = 'ticket.reported'
	join name n on n.source = coalesce(s.source, o.source) and n.ref = coalesce(s.ref, o.ticket)
	where o.seq <= upto
	order by n.ticket, o.seq desc;
end
$$;

create procedure pg_temp.decide(upto bigint)
language plpgsql
as $$
begin
	call pg_temp.identify(upto);
	call pg_temp.tell(upto);
	call pg_temp.follow();
	call pg_temp.overrule(upto);
	truncate decision;
	insert into decision
	select t.ticket, x.municipality, case when g.seq is not null then date_trunc('month', pg_temp.local_day(x.at_ms))::date end, x.at_ms,
		coalesce(case when x.outcome is not null and r.reason = 'override' then x.outcome = 'counts' else r.reason = 'countable' end, false),
		r.reason,
		coalesce(case when r.reason = 'override' then x.outcome = 'counts' else coalesce(r.links, r.reason) = 'countable' end, false),
		coalesce(t.now ->> 'cause_party', 'unknown') = 'unknown',
		case when r.reason = 'override' then x.act end,
		g.seq
	from ticket t
	join ending e using (ticket)
	left join ruled o using (ticket)
	cross join lateral (
		select coalesce(case when e.reached then e.billed_ms else e.first_ms end, e.left_ms) as at_ms
	) a
	left join lateral (
		select g.*
		from agreement g
		where g.seq <= upto and g.fee is not null and g.from_ms <= a.at_ms and a.at_ms < g.to_ms
		order by g.seq desc
		limit 1
	) g on true
	cross join lateral (
		select a.at_ms, o.act, o.outcome,
			coalesce(nullif(t.now ->> 'municipality', ''),
				(select p.municipality from provider p where p.seq = g.seq and p.id = t.now ->> 'provider')) as municipality
	) x
	left join party p on p.seq = g.seq and p.code = x.municipality
	cross join lateral (
		select pg_temp.reason(t, e, g, p, x.outcome, false, upto) as reason,
			case when t.now ->> 'cause_party' in ('vgr', 'supplier') then pg_temp.reason(t, e, g, p, x.outcome, true, upto) end as links
		offset 0 -- once, not for each column
	) r
	where x.at_ms is not null;
	analyze decision;
end
$$;

-- Prices, users and what a year should have cost.

create temporary table span (month date primary key, seq bigint, fee jsonb);
create temporary table course (municipality text, month date, mode text, weight numeric, users bigint, support_ore bigint,
	operation_ore bigint, ticket_ore bigint, primary key (municipality, month));

-- What an index makes of 1, exactly: each January after the signing, as far as rates are known.
create function pg_temp.factor(fee jsonb, signed date, month date, upto bigint) returns numeric
language plpgsql stable
as $$
declare
	factor numeric := 1;
	rate bigint;
begin
	if fee ->> 'index' = '' then
		return factor;
	end if;
	if fee ->> 'index_rounding' <> 'ore_from_base' or fee ->> 'index_mode' <> 'january_after_signing' then
		raise exception 'index % %: only ore_from_base in January is computed here', fee ->> 'index_mode', fee ->> 'index_rounding';
	end if;
	for y in extract(year from signed)::integer + 1 .. extract(year from month)::integer loop
		select (a.body ->> 'rate_ppb')::bigint
		into rate
		from approved a
		where a.kind = 'rate.proposed' and a.seq <= upto and a.body ->> 'index' = fee ->> 'index' and (a.body ->> 'year')::integer = y
		order by a.seq desc
		limit 1;
		exit when rate is null;
		factor := factor * (1 + case when (fee ->> 'index_negative')::boolean then rate else greatest(rate, 0) end / 1e9::numeric);
	end loop;
	return factor;
end
$$;

-- w, u and the prices of 2.5 of each month in the fee years that a closing of month k touches. A month is priced by the version
-- that is valid when it begins, or the newest that covers it. Months after k have not been read when k is settled, whenever that is.
create procedure pg_temp.price(k date, upto bigint)
language plpgsql
as $$
begin
	truncate span, course;
	insert into span
	select m.month, g.seq, g.fee
	from (
		select generate_series(date_trunc('year', min(least(h.first, h.live, k))), make_date(extract(year from k)::integer, 12, 1), '1 month')::date
			as month
		from here h
	) m
	cross join lateral (
		select g.seq, g.fee
		from agreement g
		where g.seq <= upto and g.fee is not null
			and g.from_ms < pg_temp.month_ms((m.month + interval '1 month')::date) and pg_temp.month_ms(m.month) < g.to_ms
		order by g.from_ms <= pg_temp.month_ms(m.month) desc, g.seq desc
		limit 1
	) g;
	insert into course
	select
		h.municipality, s.month, s.fee ->> 'mode',
		case
			when d.live = d.days then 1
			when d.live = 0 or s.fee ->> 'join_month' = 'none' then 0
			when s.fee ->> 'join_month' = 'full' then 1
			else d.live::numeric / d.days
		end,
		coalesce((
			select u.users
			from reading u
			where u.seq <= upto and u.municipality = h.municipality and u.day <= d.reading
			order by u.day desc, u.seq desc
			limit 1), 0),
		pg_temp.whole((s.fee ->> 'support_ore')::numeric * f.factor),
		pg_temp.whole((s.fee ->> 'operation_ore')::numeric * f.factor),
		pg_temp.whole((s.fee ->> 'support_ore')::numeric * f.factor * 1000000 / (s.fee ->> 'tickets_per_user_ppm')::numeric)
	from here h
	cross join span s
	join party p on p.seq = s.seq and p.code = h.municipality
	cross join lateral (
		select greatest(pg_temp.local_day(p.live_ms), s.month) as live_from,
			least(case when p.gone_ms > 4102444800000 then 'infinity' else pg_temp.local_day(p.gone_ms) end,
				(s.month + interval '1 month')::date) as live_to
	) l
	cross join lateral (
		select (s.month + interval '1 month')::date - s.month as days, greatest(l.live_to - l.live_from, 0) as live,
			case when l.live_from > s.month then l.live_from
				else least(s.month, k) - 1 + (s.fee ->> 'reading_day')::integer end as reading
	) d
	cross join lateral (
		select pg_temp.factor(s.fee, p.signed, s.month, upto) as factor
		offset 0 -- once, not for each price
	) f;
	analyze course;
end
$$;

-- First month of membership under an agreement with a fee.
create function pg_temp.live_month(code text, upto bigint) returns date
language sql stable
as $$
	select greatest(case when p.live_ms > 0 then date_trunc('month', pg_temp.local_day(p.live_ms))::date end,
		(select date_trunc('month', pg_temp.local_day(min(g.from_ms)))::date from agreement g where g.fee is not null and g.seq <= upto))
	from party p
	where p.code = $1 and p.seq <= upto
	order by p.seq desc
	limit 1
$$;

-- First month that is billed; from its membership to there are trials.
create function pg_temp.first_month(code text, upto bigint) returns date
language sql stable
as $$
	select greatest(
		coalesce(make_date(p.fee_from / 12, p.fee_from % 12 + 1, 1), o.month, pg_temp.live_month($1, upto)), o.month)
	from party p
	left join lateral (
		select to_date(a.body ->> 'month', 'YYYY-MM') as month
		from approved a
		where a.kind = 'opening.proposed' and a.municipality = $1 and a.seq <= upto
		order by a.seq desc
		limit 1
	) o on true
	where p.code = $1 and p.seq <= upto
	order by p.seq desc
	limit 1
$$;

-- The book, closing by closing.

create temporary table line (municipality text, closed date, no bigint, kind text, ticket bigint, month date, amount_ore bigint,
	reason text, reason_before text, corrects_month date, corrects_no bigint, blank boolean, by_links boolean, in_force boolean);
create index on line (ticket);
create temporary table settled (municipality text, closed date, year integer, gross_ore bigint, cap_ore bigint,
	capped_ore bigint, flat_ore bigint, uncapped_ore bigint, operation_ore bigint, billed_ore bigint, operation_billed_ore bigint,
	mode text, trial boolean);
create temporary table summed (municipality text, closed date, counted bigint, not_counted bigint, corrected bigint, gross_ore bigint,
	adjusted_ore bigint, support_ore bigint, operation_ore bigint, blank_count bigint, blank_ore bigint, by_links_ore bigint,
	price_ore bigint, users bigint);

-- Lines of the municipalities that row `upto` closed a month of: what differs from the book goes, what counts comes.
create procedure pg_temp.bill(k date, closing bigint, upto bigint)
language plpgsql
as $$
begin
	create temporary table here on commit drop as
	select s.municipality, s.trial, pg_temp.first_month(s.municipality, upto) as first, pg_temp.live_month(s.municipality, upto) as live
	from fee.statement s
	where s.state = 'closed' and s.month = k and s.statement_id >> 24 = closing;
	call pg_temp.price(k, upto);
	analyze line;

	-- Lines in force that the decisions of today do not bear out.
	create temporary table wrong on commit drop as
	select l.*, d.counts as counts_now, coalesce(d.reason, 'gone') as reason_now, d.blank as blank_now, d.by_links as by_links_now
	from line l
	join here h on h.municipality = l.municipality and not h.trial
	left join decision d on d.ticket = l.ticket
	left join course p on p.municipality = d.municipality and p.month = d.month
	where l.in_force and l.closed < k
		and (d.ticket is null or not d.counts or d.municipality is distinct from l.municipality or d.month <> l.month or p.ticket_ore <> l.amount_ore);
	update line l
	set in_force = false
	from wrong w
	where l.municipality = w.municipality and l.closed = w.closed and l.no = w.no;

	insert into line
	select n.municipality, k,
		row_number() over (partition by n.municipality order by n.part,
			case when n.part < 3 then n.at_ms end, case when n.part = 3 then n.month end, n.ticket, n.kind),
		n.kind, n.ticket, n.month, n.amount_ore, n.reason, n.reason_before, n.corrects_month, n.corrects_no, n.blank, n.by_links,
		n.kind in ('counted', 'debit') and not n.trial
	from (
		select d.municipality, h.trial, 1 as part, d.at_ms, 'counted' as kind, d.ticket, d.month, p.ticket_ore as amount_ore, d.reason,
			null as reason_before, null::date as corrects_month, null::bigint as corrects_no, d.blank, d.by_links
		from decision d
		join here h using (municipality)
		join course p using (municipality, month)
		where d.month = k and d.counts and not exists (select from line l where l.ticket = d.ticket and l.in_force)
		union all
		select d.municipality, h.trial, 2, d.at_ms, 'not_counted', d.ticket, d.month, 0, d.reason, null, null, null, d.blank, d.by_links
		from decision d
		join here h using (municipality)
		where d.month = k and not d.counts
		union all
		select w.municipality, false, 3, null, 'credit', w.ticket, w.month, -w.amount_ore, w.reason_now, w.reason, w.closed, w.no,
			coalesce(w.blank_now, false), coalesce(w.by_links_now, false)
		from wrong w
		union all
		select d.municipality, false, 3, d.at_ms, 'debit', d.ticket, d.month, p.ticket_ore, d.reason, b.reason, b.closed, b.no, d.blank, d.by_links
		from decision d
		join here h on h.municipality = d.municipality and not h.trial
		join course p on p.municipality = d.municipality and p.month = d.month
		left join lateral (
			select l.reason, l.closed, l.no
			from line l
			where l.ticket = d.ticket and l.municipality = d.municipality
			order by l.closed desc, l.no desc
			limit 1
		) b on true
		where d.month < k and d.month >= h.first and d.counts and not exists (select from line l where l.ticket = d.ticket and l.in_force)
		union all
		select d.municipality, false, 3, d.at_ms, 'late', d.ticket, d.month, 0, d.reason, null, null, null, d.blank, d.by_links
		from decision d
		join here h on h.municipality = d.municipality and not h.trial
		where d.month < k and d.month >= h.first and not d.counts and not exists (select from line l where l.ticket = d.ticket)
	) n;
	insert into summed
	select h.municipality, k,
		count(l.*) filter (where l.kind = 'counted'), count(l.*) filter (where l.kind = 'not_counted'),
		count(l.*) filter (where l.kind in ('credit', 'debit', 'late')),
		coalesce(sum(l.amount_ore) filter (where l.kind = 'counted'), 0),
		coalesce(sum(l.amount_ore) filter (where l.kind in ('credit', 'debit')), 0), null, null,
		count(l.*) filter (where l.kind = 'counted' and l.blank),
		coalesce(sum(l.amount_ore) filter (where l.kind = 'counted' and l.blank), 0),
		count(l.*) filter (where l.by_links and l.kind in ('counted', 'not_counted')) * p.ticket_ore,
		p.ticket_ore,
		p.users
	from here h
	join course p on p.municipality = h.municipality and p.month = k
	left join line l on l.municipality = h.municipality and l.closed = k
	group by h.municipality, p.ticket_ore, p.users;
	call pg_temp.settle(k);
	drop table here, wrong;
end
$$;

-- What each fee year should have cost up to k, less what it was billed.
create procedure pg_temp.settle(k date)
language plpgsql
as $$
begin
	insert into settled
	with year as (
		select h.municipality, y, h.trial,
			greatest(make_date(y, 1, 1), case when h.trial then h.live else h.first end) as first,
			least(k, make_date(y, 12, 1)) as last
		from here h, generate_series(extract(year from least(case when h.trial then h.live else h.first end, k))::integer, extract(year from k)::integer) y
	), target as (
		select y.municipality, y.y, y.trial, y.first,
			coalesce((select sum(l.amount_ore) from line l
				where l.municipality = y.municipality and extract(year from l.month) = y.y and l.month <= k
					and (l.in_force or y.trial and l.kind = 'counted')), 0) as gross_ore,
			pg_temp.whole(sum(m.weight * m.users * m.support_ore) / 12) as cap_ore,
			pg_temp.whole(sum(m.weight * m.users * m.support_ore) filter (where m.month <= y.last) / 12) as flat_ore,
			pg_temp.whole(sum(m.weight * m.users * m.operation_ore) filter (where m.month <= y.last) / 12) as operation_ore
		from year y
		join course m on m.municipality = y.municipality and m.month between y.first and make_date(y.y, 12, 1)
		group by 1, 2, 3, 4
	), before as (
		select s.municipality, s.year, s.trial,
			sum(s.capped_ore) as capped_ore, sum(s.flat_ore) as flat_ore, sum(s.uncapped_ore) as uncapped_ore,
			sum(s.operation_ore) as operation_ore
		from settled s
		group by 1, 2, 3
	), net as (
		select t.*,
			(select m.mode from course m where m.municipality = t.municipality and m.month = t.first) as mode,
			least(t.gross_ore, t.cap_ore) - coalesce(b.capped_ore, 0) as capped_net,
			t.flat_ore - coalesce(b.flat_ore, 0) as flat_net,
			t.gross_ore - coalesce(b.uncapped_ore, 0) as uncapped_net,
			t.operation_ore - coalesce(b.operation_ore, 0) as operation_net,
			b.capped_ore as was_capped, b.flat_ore as was_flat, b.uncapped_ore as was_uncapped, b.operation_ore as was_operation
		from target t
		left join before b on b.municipality = t.municipality and b.year = t.y and b.trial = t.trial
	)
	select n.municipality, k, n.y, n.gross_ore, n.cap_ore, n.capped_net, n.flat_net, n.uncapped_net, n.operation_net,
		coalesce(case n.mode when 'per_ticket_capped' then n.was_capped when 'flat_per_user' then n.was_flat else n.was_uncapped end, 0),
		coalesce(n.was_operation, 0), n.mode, n.trial
	from net n;
	update summed s
	set (support_ore, operation_ore) = (
		select sum(case y.mode when 'per_ticket_capped' then y.capped_ore when 'flat_per_user' then y.flat_ore else y.uncapped_ore end),
			sum(y.operation_ore)
		from settled y
		where y.municipality = s.municipality and y.closed = k)
	where s.closed = k and s.municipality in (select h.municipality from here h);
end
$$;

-- Whether rows were added that a decision may follow from.
create function pg_temp.news(after bigint, upto bigint) returns boolean
language sql stable
as $$
	select exists (select from stated s where s.seq > after and s.seq <= upto)
		or exists (select from approved a where a.kind = 'override.proposed' and a.seq > after and a.seq <= upto)
		or exists (select from said s where s.seq > after and s.seq <= upto
			and s.kind not in ('users.read', 'act.approved', 'close.proposed', 'rate.proposed'))
$$;

do $$
declare
	closing record;
	decided bigint := -1;
begin
	for closing in
		select distinct s.month, s.statement_id >> 24 as seq, s.as_of_seq
		from fee.statement s
		where s.state = 'closed'
		order by 2
	loop
		if pg_temp.news(decided, closing.as_of_seq) then
			call pg_temp.decide(closing.as_of_seq);
		end if;
		decided := closing.as_of_seq;
		call pg_temp.bill(closing.month, closing.seq, closing.as_of_seq);
	end loop;
end
$$;

-- What the daemon wrote, in the same words.
create temporary view their_line as
select l.municipality, s.month as closed, l.no, l.kind, l.ticket_id, l.month, l.amount_ore, l.reason, l.reason_before, cs.month as corrects_month,
	c.no as corrects_no, l.cause_blank, l.counts_by_links
from fee.line l
join fee.statement s on s.statement_id = l.statement_id
left join fee.line c on c.line_id = l.corrects
left join fee.statement cs on cs.statement_id = c.statement_id;

select is((select count(*) from summed), (select count(*) from fee.statement where state = 'closed'), 'every closed statement is computed again');
select is_empty($$
	(select 'ours', municipality, closed, no, kind, ticket, month, amount_ore, reason, reason_before, corrects_month, corrects_no,
		blank, by_links from line
	except all select 'ours', * from their_line)
	union all
	(select 'theirs', * from their_line
	except all select 'theirs', municipality, closed, no, kind, ticket, month, amount_ore, reason, reason_before, corrects_month,
		corrects_no, blank, by_links from line)
	order by 3, 2, 4 limit 20$$, 'lines are the same');
select is_empty($$
	select s.*, t.counted, t.not_counted, t.corrected, t.gross_ore, t.adjusted_ore, t.support_ore, t.operation_ore, t.blank_count,
		t.blank_ore, t.by_links_ore, t.ticket_price_ore, t.users
	from summed s
	join fee.statement t on t.municipality = s.municipality and t.month = s.closed
	where (s.counted, s.not_counted, s.corrected, s.gross_ore, s.adjusted_ore, s.support_ore, s.operation_ore, s.blank_count, s.blank_ore,
			s.by_links_ore, s.price_ore, s.users)
		is distinct from (t.counted, t.not_counted, t.corrected, t.gross_ore, t.adjusted_ore, t.support_ore, t.operation_ore,
			t.blank_count, t.blank_ore, t.by_links_ore, t.ticket_price_ore, t.users)
	order by 2, 1 limit 20$$, 'so are the sums of each statement');
select is_empty($$
	select s.*, t.*
	from settled s
	full join (
		select y.*, st.month as closed from fee.year y join fee.statement st on st.statement_id = y.statement_id
	) t on t.municipality = s.municipality and t.closed = s.closed and t.year = s.year
	where (s.gross_ore, s.cap_ore, s.capped_ore, s.flat_ore, s.uncapped_ore, s.operation_ore, s.billed_ore, s.operation_billed_ore)
			is distinct from (t.gross_ore, t.cap_ore, t.per_ticket_capped_ore, t.flat_per_user_ore, t.per_ticket_uncapped_ore,
				t.operation_ore, t.billed_ore, t.operation_billed_ore)
		and (t.year_id is not null or s.capped_ore <> 0 and s.mode = 'per_ticket_capped' or s.operation_ore <> 0
			or extract(year from s.closed) = s.year)
	order by 2, 1 limit 20$$, 'and the years that they settle');
select is_empty($$
	select municipality, year, sum(support) as billed, max(due) as due
	from (
		select municipality, year, capped_ore as support,
			first_value(least(gross_ore, cap_ore)) over (partition by municipality, year order by closed desc) as due
		from settled
		where mode = 'per_ticket_capped' and not trial
	) y
	group by 1, 2
	having sum(support) <> max(due)$$, 'a year''s nets are the lesser of gross and cap');
select is_empty($$
	select t.municipality, t.month
	from fee.statement t
	left join fee.statement b on b.municipality = t.municipality and b.month = t.month - interval '1 month' and not b.trial
	where t.published_at is not null and not t.trial and t.previous_sha256 is distinct from b.model_sha256$$,
	'each published statement names the one before it');
call pg_temp.decide(9223372036854775807);
select is_empty($$
	(select 'ours', ticket, municipality, month, counts, reason, blank, by_links, agreement from decision
	except all select 'ours', ticket_id, municipality, month, counts, reason, cause_blank, counts_by_links, agreement_seq from fee.decision)
	union all
	(select 'theirs', ticket_id, municipality, month, counts, reason, cause_blank, counts_by_links, agreement_seq from fee.decision
	except all select 'theirs', ticket, municipality, month, counts, reason, blank, by_links, agreement from decision)
	order by 2, 1 limit 20$$, 'and what is decided now of every ticket');

select * from finish();
rollback;
