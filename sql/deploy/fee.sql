-- Deploy vinga:fee to pg
-- The fee in the read model: each ticket's decision, what closed statements have billed, and what people decided about it.
-- A month that is closed stands here as it was closed; what comes later stands on a later statement.
-- The daemon must be stopped; it fills the read model again from its beginning when it starts.

begin;

create schema fee authorization vinga_owner;
set local role vinga_owner;

comment on schema fee is 'The fee basis: part of the read model, derived wholly from the ledger';

create table fee.decision (
	ticket_id bigint primary key,
	municipality text,
	month date,
	counts boolean not null,
	reason text not null,
	at timestamptz not null,
	price_ore bigint not null,
	cause_blank boolean not null,
	counts_by_links boolean not null,
	bypassed_first_line boolean not null,
	act_id bigint,
	agreement_seq bigint,
	changed_seq bigint not null
);
create index on fee.decision (municipality, month);
comment on table fee.decision is 'Whether each ended ticket is billed, as all that is known now says (semantics 2.3). An open one has none';
comment on column fee.decision.municipality is 'owner, its provider''s where it states none itself; null = unattributed: billed to nobody';
comment on column fee.decision.month is 'first day of the fee month: that of at; null = outside every agreement';
comment on column fee.decision.counts is 'it is paid for, when municipality is not null';
comment on column fee.decision.reason is 'the first row of the rule that holds';
comment on column fee.decision.at is 'billing event; of what is never billed: when it ended';
comment on column fee.decision.price_ore is 'of one ticket of that municipality in that month; 0 = not known';
comment on column fee.decision.cause_blank is 'no cause party is stated';
comment on column fee.decision.counts_by_links is 'counts when its own cause party is left out: by links alone';
comment on column fee.decision.bypassed_first_line is 'opened directly in second line';
comment on column fee.decision.act_id is 'override or objection behind it';
comment on column fee.decision.agreement_seq is 'version that judged it';

create table fee.act (
	act_id bigint primary key,
	changed_seq bigint not null,
	kind text not null,
	state text not null,
	author text not null,
	decided_by text,
	proposed_at timestamptz not null,
	decided_at timestamptz,
	reason text,
	decided_reason text,
	series text,
	document text,
	decided_day date,
	municipalities text[] not null,
	year integer,
	month date,
	rate_ppb bigint,
	amount_ore bigint,
	operation_ore bigint,
	ticket_id bigint,
	outcome text,
	objection_id bigint
);
comment on table fee.act is 'What one proposed and another approved; P-<act_id>';
comment on column fee.act.kind is 'rate, cost, override, opening, close or objection';
comment on column fee.act.state is 'waiting, approved or rejected';
comment on column fee.act.decided_by is 'null with approved = the calendar, as agreed';
comment on column fee.act.series is 'rate: the index';
comment on column fee.act.document is 'rate, cost: the decision that stands outside Vinga, of decided_day';
comment on column fee.act.municipalities is 'close: empty = all members; opening: the one';
comment on column fee.act.month is 'close: the month; opening: the first that Vinga bills';
comment on column fee.act.rate_ppb is 'rate of the year in thousand millionths: 2.5 % = 25 000 000';
comment on column fee.act.amount_ore is 'cost of the year; opening: support billed before; objection: what is at stake';
comment on column fee.act.operation_ore is 'opening: operation billed before';
comment on column fee.act.outcome is 'override: counts, not_counted or as_rules';

create table fee.opening_ticket (
	opening_ticket text primary key,
	act_id bigint not null,
	changed_seq bigint not null,
	source text not null,
	ref text not null,
	municipality text not null,
	month date not null,
	price_ore bigint not null
);
create index on fee.opening_ticket (ref, source);
comment on table fee.opening_ticket is 'Tickets that were billed before Vinga did so';
comment on column fee.opening_ticket.opening_ticket is 'length of source/source/ref';

create table fee.objection (
	objection_id bigint primary key,
	changed_seq bigint not null,
	municipality text not null,
	month date not null,
	ticket_id bigint,
	line_id bigint,
	reason text not null,
	author text not null,
	raised_at timestamptz not null,
	state text not null,
	answer text,
	decided_by text,
	decided_at timestamptz,
	act_id bigint
);
create index on fee.objection (municipality, month);
comment on table fee.objection is 'What municipalities object to in closed statements; D-<objection_id>';
comment on column fee.objection.ticket_id is 'null = its users';
comment on column fee.objection.state is 'open, accepted or rejected';
comment on column fee.objection.act_id is 'accepting it waits for a second person';

create table fee.statement (
	statement text primary key,
	statement_id bigint not null unique,
	changed_seq bigint not null,
	as_of_seq bigint not null,
	municipality text not null,
	month date not null,
	state text not null,
	trial boolean not null,
	holds text[] not null,
	mode text not null,
	agreement_seq bigint,
	users bigint not null,
	reading_seq bigint,
	ticket_price_ore bigint not null,
	support_price_ore bigint not null,
	operation_price_ore bigint not null,
	counted bigint not null,
	not_counted bigint not null,
	corrected bigint not null,
	gross_ore bigint not null,
	adjusted_ore bigint not null,
	capped_ore bigint not null,
	support_ore bigint not null,
	operation_ore bigint not null,
	vat_ore bigint not null,
	rounding_ore bigint not null,
	total_ore bigint not null,
	blank_count bigint not null,
	blank_ore bigint not null,
	by_links_ore bigint not null,
	author text,
	approved_by text,
	closed_at timestamptz,
	published_at timestamptz,
	model_sha256 text,
	previous_sha256 text,
	invoice text,
	invoice_day date,
	unique (municipality, month)
);
comment on table fee.statement is 'The month of each municipality that was closed, or is held from being closed';
comment on column fee.statement.statement is 'YYYY-MM/municipality; its number has a version after that';
comment on column fee.statement.as_of_seq is 'it follows from the ledger up to this row';
comment on column fee.statement.state is 'held or closed';
comment on column fee.statement.trial is 'unnumbered: nothing of it is billed';
comment on column fee.statement.holds is 'held: why; closed: what is printed on it';
comment on column fee.statement.mode is 'in force: per_ticket_capped, flat_per_user or per_ticket_uncapped';
comment on column fee.statement.users is 'of the month, by ledger row reading_seq';
comment on column fee.statement.counted is 'lines of its own month that count; not_counted: that do not; corrected: of earlier months';
comment on column fee.statement.gross_ore is 'its own month''s tickets';
comment on column fee.statement.adjusted_ore is 'sum of its credits and debits of earlier months';
comment on column fee.statement.capped_ore is 'of the fee year so far: gross above what is due';
comment on column fee.statement.support_ore is 'net of all fee years in the mode in force';
comment on column fee.statement.total_ore is 'support, operation, VAT and rounding';
comment on column fee.statement.blank_count is 'counted lines without a cause party, of blank_ore';
comment on column fee.statement.by_links_ore is 'gross of its own month if only links said that VGR was the cause';
comment on column fee.statement.approved_by is 'null with closed = the calendar, as agreed';
comment on column fee.statement.published_at is 'made available: objections run from here';
comment on column fee.statement.model_sha256 is 'of its canonical model; previous_sha256: of the month before';

create table fee.line (
	line_id bigint primary key,
	changed_seq bigint not null,
	statement_id bigint not null,
	no bigint not null,
	kind text not null,
	municipality text not null,
	ticket_id bigint not null,
	month date not null,
	amount_ore bigint not null,
	reason text not null,
	reason_before text,
	corrects bigint,
	act_id bigint,
	cause_blank boolean not null,
	counts_by_links boolean not null,
	bypassed_first_line boolean not null
);
create unique index on fee.line (statement_id, no);
create index on fee.line (ticket_id);
create index on fee.line (municipality, month);
comment on table fee.line is 'The book: one row for each ticket that a closed statement lists';
comment on column fee.line.kind is 'counted, not_counted, credit (takes corrects back), debit or late';
comment on column fee.line.month is 'fee month that it is of';
comment on column fee.line.amount_ore is 'with its sign';
comment on column fee.line.reason is 'as decided then; reason_before: as it stood on the line that it corrects';

create table fee.year (
	year_id bigint primary key,
	changed_seq bigint not null,
	statement_id bigint not null,
	municipality text not null,
	year integer not null,
	gross_ore bigint not null,
	cap_ore bigint not null,
	per_ticket_capped_ore bigint not null,
	flat_per_user_ore bigint not null,
	per_ticket_uncapped_ore bigint not null,
	operation_ore bigint not null,
	billed_ore bigint not null,
	operation_billed_ore bigint not null
);
create unique index on fee.year (statement_id, year);
create index on fee.year (municipality, year);
comment on table fee.year is 'What each statement settles of each fee year';
comment on column fee.year.gross_ore is 'its tickets in force up to the statement''s month, this statement''s changes among them';
comment on column fee.year.cap_ore is 'of the whole year, as known then';
comment on column fee.year.per_ticket_capped_ore is 'net by that mode: what the year should have cost so far, less billed_ore; the next two likewise';
comment on column fee.year.operation_ore is 'net of operation and maintenance';
comment on column fee.year.billed_ore is 'support by earlier statements and the opening; operation_billed_ore likewise';

create table read.comment (
	comment_id bigint primary key,
	changed_seq bigint not null,
	month date not null,
	municipality text,
	kpi text not null,
	service text,
	cause text not null,
	action text not null,
	owner text not null,
	author text not null,
	due_day date,
	made_at timestamptz not null
);
create index on read.comment (month, municipality);
comment on table read.comment is 'Words on missed targets, set apart from what is computed; C-<comment_id>';
comment on column read.comment.municipality is 'null = the region';
comment on column read.comment.owner is 'function that answers for the action';

alter table read.ticket
	add column service_window text,
	add column alarm text,
	add column major_incident text;
comment on column read.ticket.outage is 'record of the outage that it is due to; service_window and alarm likewise';
comment on column read.ticket.major_incident is 'ticket of the major incident that it belongs to';

alter table read.users add column approver text;
comment on column read.users.users is 'all, private_users among them';
comment on column read.users.approver is 'function that stands for the count';

alter table read.quarantine add column municipality text;
comment on column read.quarantine.municipality is 'that it is of, as far as is known: closing its month waits for it or says so';

grant usage on schema fee to vinga_writer, vinga_reader, vinga_report, vinga_municipality, vinga_federation;
do $$
declare
	behind record;
begin
	for behind in
		select *
		from (values
			('fee', 'decision', 'municipality'), ('fee', 'opening_ticket', 'municipality'),
			('fee', 'objection', 'municipality'), ('fee', 'statement', 'municipality'), ('fee', 'line', 'municipality'),
			('fee', 'year', 'municipality'), ('read', 'comment', 'municipality'), ('fee', 'act', 'act')
		) as tables (schema, name, scope)
	loop
		execute format('alter table %I.%I enable row level security', behind.schema, behind.name);
		execute format('alter table %I.%I force row level security', behind.schema, behind.name);
		execute format('grant select, insert, update, delete on %I.%I to vinga_writer', behind.schema, behind.name);
		execute format('create policy writer on %I.%I to vinga_writer using (true) with check (true)', behind.schema, behind.name);
		execute format('grant select on %I.%I to vinga_reader, vinga_report, vinga_municipality', behind.schema, behind.name);
		execute format('create policy scope_all on %I.%I for select using ((select access.sees_all()))', behind.schema, behind.name);
		if behind.scope = 'municipality' then
			execute format('create policy scope_municipality on %I.%I for select'
				' using (municipality in (select m.municipality from access.my_municipality m))', behind.schema, behind.name);
		end if;
	end loop;
end
$$;
-- A municipality sees all rates, and of the rest what is about it: the tables that are asked show only the caller's own.
create policy scope_municipality on fee.act for select
	using (exists (select from access.my_municipality m
		where kind = 'rate' or kind = 'close' and municipalities = '{}' or m.municipality = any (municipalities))
		or ticket_id in (select d.ticket_id from fee.decision d)
		or objection_id in (select o.objection_id from fee.objection o));
-- Federations get totals per municipality, not tickets (semantics 2.8).
grant select on fee.statement, fee.year to vinga_federation;

create view report.fee_statement with (security_invoker) as
select
	case when state = 'closed' and not trial then statement || '/1' end as number,
	month,
	municipality,
	state,
	trial,
	holds,
	mode,
	users,
	ticket_price_ore,
	support_price_ore,
	operation_price_ore,
	counted,
	not_counted,
	corrected,
	gross_ore,
	adjusted_ore,
	capped_ore,
	support_ore,
	operation_ore,
	vat_ore,
	rounding_ore,
	total_ore,
	blank_count,
	blank_ore,
	by_links_ore,
	author,
	approved_by,
	closed_at,
	published_at,
	model_sha256,
	previous_sha256,
	invoice,
	invoice_day,
	as_of_seq,
	statement_id
from fee.statement;
comment on view report.fee_statement is 'Avgiftsunderlag per kommun och månad: fastställda, och de som något håller. Belopp i öre, exklusive moms.';
comment on column report.fee_statement.number is 'tomt = inte fastställt, eller provkörning';
comment on column report.fee_statement.holds is 'vad som håller underlaget, eller vad som sägs på det';
comment on column report.fee_statement.blank_count is 'debiterade ärenden utan orsakspart';

create view report.fee_line with (security_invoker) as
select
	s.statement || case when s.trial then '' else '/1' end as statement,
	l.no,
	l.kind,
	s.month as statement_month,
	l.month,
	l.municipality,
	'V-' || l.ticket_id as ticket,
	t.municipality_ref,
	l.amount_ore,
	l.reason,
	l.reason_before,
	cs.statement || '/1' as corrects_statement,
	c.no as corrects_no,
	'P-' || l.act_id as act,
	l.cause_blank,
	l.counts_by_links,
	l.bypassed_first_line,
	s.trial
from fee.line l
join fee.statement s on s.statement_id = l.statement_id
left join read.ticket t on t.ticket_id = l.ticket_id
left join fee.line c on c.line_id = l.corrects
left join fee.statement cs on cs.statement_id = c.statement_id;
comment on view report.fee_line is 'Avgiftsunderlagens rader: varje ärende, räknat eller inte, och varje rättelse med raden som den rättar';
comment on column report.fee_line.month is 'avgiftsmånad som raden gäller';
comment on column report.fee_line.municipality_ref is 'kommunens egen referens, som den är nu';

create view report.fee_decision with (security_invoker) as
select
	'V-' || ticket_id as ticket,
	municipality,
	month,
	counts,
	reason,
	at,
	case when counts and municipality is not null then price_ore else 0 end as amount_ore,
	price_ore,
	cause_blank,
	counts_by_links,
	bypassed_first_line,
	'P-' || act_id as act
from fee.decision;
comment on view report.fee_decision is 'Avgiftsbeslut per avslutat ärende, som allt som är känt nu säger. Tom kommun = ingen betalar.';
comment on column report.fee_decision.reason is 'den första regel som gäller';

create view report.fee_year with (security_invoker) as
select
	s.statement,
	s.month,
	s.trial,
	y.municipality,
	y.year,
	y.gross_ore,
	y.cap_ore,
	y.billed_ore,
	case coalesce(m.mode, s.mode)
		when 'per_ticket_capped' then y.per_ticket_capped_ore
		when 'flat_per_user' then y.flat_per_user_ore
		else y.per_ticket_uncapped_ore
	end as net_ore,
	y.per_ticket_capped_ore,
	y.flat_per_user_ore,
	y.per_ticket_uncapped_ore,
	y.operation_billed_ore,
	y.operation_ore
from fee.year y
join fee.statement s on s.statement_id = y.statement_id
left join lateral (
	select min(o.mode) as mode
	from fee.statement o
	where o.municipality = y.municipality and extract(year from o.month) = y.year and o.state = 'closed' and not o.trial
) m on not s.trial;
comment on view report.fee_year is 'Vad varje underlag reglerar av varje avgiftsår. Alla tre modellerna räknas; net_ore är den som gäller för året.';

-- Self-cost: what a year's statements have billed, and what the year cost.
create view report.fee_revenue with (security_invoker) as
with billed as (
	select y.year, sum(y.net_ore) as support_ore, sum(y.operation_ore) as operation_ore
	from report.fee_year y
	join fee.statement s on s.statement = y.statement
	where not y.trial and s.state = 'closed'
	group by 1
), opening as (
	select
		extract(year from month)::integer as year,
		sum(amount_ore) as support_ore,
		sum(operation_ore) as operation_ore
	from fee.act
	where kind = 'opening' and state = 'approved'
	group by 1
), cost as (
	select distinct on (year) year, amount_ore as cost_ore
	from fee.act
	where kind = 'cost' and state = 'approved'
	order by year, changed_seq desc
)
select
	year,
	(coalesce(b.support_ore, 0) + coalesce(o.support_ore, 0))::bigint as support_ore,
	(coalesce(b.operation_ore, 0) + coalesce(o.operation_ore, 0))::bigint as operation_ore,
	c.cost_ore
from billed b
full join opening o using (year)
full join cost c using (year);
comment on view report.fee_revenue is 'Intäkt mot kostnad per avgiftsår. Tom kostnad = ingen är beslutad.';

create view report.fee_act with (security_invoker) as
select
	'P-' || act_id as act,
	kind,
	state,
	author,
	decided_by,
	proposed_at,
	decided_at,
	reason,
	decided_reason,
	series,
	year,
	month,
	municipalities,
	rate_ppb / 10000000.0 as rate_percent,
	amount_ore,
	operation_ore,
	'V-' || ticket_id as ticket,
	outcome,
	'D-' || objection_id as objection,
	document,
	decided_day
from fee.act;
comment on view report.fee_act is 'Vad en har föreslagit och en annan beslutat: indextal, kostnad, särskilda beslut, ingångsvärden, fastställande';

create view report.fee_objection with (security_invoker) as
select
	'D-' || o.objection_id as objection,
	o.municipality,
	o.month,
	'V-' || o.ticket_id as ticket,
	l.no as line_no,
	o.reason,
	o.author,
	o.raised_at,
	o.state,
	o.answer,
	o.decided_by,
	o.decided_at,
	'P-' || o.act_id as act
from fee.objection o
left join fee.line l on l.line_id = o.line_id;
comment on view report.fee_objection is 'Invändningar mot fastställda underlag. Tomt ärende = den gäller användarna.';

create view report.comment with (security_invoker) as
select
	'C-' || comment_id as comment,
	month,
	municipality,
	kpi,
	service,
	cause,
	action,
	owner,
	due_day,
	author,
	made_at
from read.comment;
comment on view report.comment is 'Förvaltningens kommentarer till missade mål. Tom kommun = regionen.';

grant select on report.fee_statement, report.fee_line, report.fee_decision, report.fee_year, report.fee_act,
	report.fee_objection, report.comment to vinga_reader, vinga_report, vinga_municipality;
grant select on report.fee_revenue to vinga_reader, vinga_report;
grant select on report.fee_statement, report.fee_year to vinga_federation;

update ledger.position set read_seq = 0;

commit;
