-- Deploy vinga:read to pg
-- The read model: derived wholly from the ledger by the core, so that it may be thrown away and made again. The
-- columns and their order are those of vg_table_info (lib/rows). Every table is behind row-level security, forced on its
-- owner too: the writer has a policy of its own, everybody else sees what access.* says about the role.

begin;

create schema read authorization vinga_owner;
set local role vinga_owner;

create table read.ticket (
	ticket_id bigint primary key,
	changed_seq bigint not null,
	municipality text,
	municipality_ref text,
	status text not null,
	pending_reason text,
	open boolean not null,
	resolved boolean not null,
	created_at timestamptz,
	received_at timestamptz,
	second_line_at timestamptz,
	acknowledged_at timestamptz,
	first_resolved_at timestamptz,
	resolved_at timestamptz,
	last_at timestamptz,
	type text,
	channel text,
	requester_class text,
	service text,
	access_channel text,
	administration text,
	provider text,
	support_group text,
	priority text,
	sla_class text,
	line smallint,
	first_line smallint,
	highest_line smallint,
	resolving_line smallint,
	first_line_only boolean,
	escalations bigint,
	deescalations bigint,
	handovers bigint,
	reopens bigint,
	sla text,
	elapsed_ms bigint,
	target_ms bigint,
	due_at timestamptz,
	remaining_ms bigint,
	breached_as text,
	side_first_line_ms bigint,
	side_second_line_ms bigint,
	side_supplier_ms bigint,
	side_waiting_requester_ms bigint,
	side_waiting_municipality_ms bigint,
	side_scheduled_ms bigint,
	side_resolved_ms bigint,
	faults text[],
	agreement_name text,
	agreement_version text,
	agreement_seq bigint,
	cause_party text,
	resolution_code text,
	parent text,
	duplicate_of text,
	split_from text,
	reopen_of text,
	outage text,
	problem text,
	test boolean,
	patient_safety boolean,
	security_breach boolean,
	on_behalf boolean,
	source_status text,
	source_priority text,
	source_sla_met boolean,
	title_digest text
);
create index on read.ticket (municipality, created_at);
create index on read.ticket (resolved_at);
create index on read.ticket (due_at) where open;
comment on table read.ticket is 'One matter, as all its facts say; V-<ticket_id>';
comment on column read.ticket.ticket_id is 'sequence of the ledger row that first told of it';
comment on column read.ticket.changed_seq is 'ledger row that last changed it';
comment on column read.ticket.municipality is 'SCB code; null = none';
comment on column read.ticket.municipality_ref is 'the municipality''s own reference';
comment on column read.ticket.received_at is 'when the caller called, where that was stated';
comment on column read.ticket.sla is 'contractual resolution: none, running, paused, overdue, met, missed';
comment on column read.ticket.elapsed_ms is 'counted time of the contractual resolution clock';
comment on column read.ticket.breached_as is 'priority under which an earlier target was missed and kept';
comment on column read.ticket.side_first_line_ms is 'the side_* columns share out wall time from creation to resolution';
comment on column read.ticket.faults is 'data faults, listed and never repaired in silence';
comment on column read.ticket.source_sla_met is 'the source''s own verdict, kept beside ours';
comment on column read.ticket.title_digest is 'keyed digest of the title in side.title';

create table read.ticket_ref (
	ticket_id bigint not null,
	municipality text,
	source text not null,
	ref text not null,
	primary key (ticket_id, source, ref)
);
create index on read.ticket_ref (ref, source);
comment on table read.ticket_ref is 'What each tool calls the matter';

create table read.transition (
	ticket_id bigint not null,
	municipality text,
	seq bigint not null,
	position bigint not null,
	occurred_at timestamptz not null,
	source text not null,
	source_order bigint not null,
	event_id text not null,
	actor text,
	import_id text,
	voided boolean not null,
	fields jsonb not null,
	primary key (ticket_id, position)
);
create index on read.transition (seq);
comment on table read.transition is 'Every fact stated about a ticket, in order';
comment on column read.transition.seq is 'ledger row that states it';
comment on column read.transition.position is 'its place by time, source order and event id';
comment on column read.transition.voided is 'corrected or revoked: kept, and counts for nothing';
comment on column read.transition.fields is 'what it states';

create table read.clock (
	ticket_id bigint not null,
	municipality text,
	clock text not null,
	sla text not null,
	start_at timestamptz,
	end_at timestamptz,
	elapsed_ms bigint,
	target_ms bigint,
	due_at timestamptz,
	remaining_ms bigint,
	breached_as text,
	primary key (ticket_id, clock)
);
comment on table read.clock is 'The clocks of each ticket (semantics 3.4)';

create table read.import (
	import_id text not null,
	seq bigint primary key,
	changed_seq bigint not null,
	source text not null,
	file text,
	file_sha256 text,
	mapping_sha256 text,
	actor text,
	rows bigint,
	taken bigint,
	quarantined bigint,
	malformed bigint,
	finished boolean not null,
	revoked boolean not null
);
comment on table read.import is 'Files taken in; a revoked one counts for nothing';

create table read.quarantine (
	seq bigint primary key,
	changed_seq bigint not null,
	occurred_at timestamptz,
	source text not null,
	mapping text,
	reason text,
	field text,
	value text,
	payload text,
	event_id text,
	import_id text,
	retaken boolean not null
);
comment on table read.quarantine is 'What a mapped source sent and could not be mapped; kept until the mapping is mended';
comment on column read.quarantine.payload is 'masked, whitelisted fields as canonical JSON';

create table read.notification (
	notification_id bigint primary key,
	changed_seq bigint not null,
	ticket_id bigint,
	municipality text,
	made_at timestamptz not null,
	duty text,
	channel text,
	address text,
	state text not null,
	attempts bigint not null,
	repeats bigint not null,
	next_at timestamptz,
	delivered_at timestamptz,
	error text
);
create index on read.notification (ticket_id);
comment on table read.notification is 'The outbox: what is to be told to a duty, and how far that has come';

create table read.users (
	seq bigint primary key,
	changed_seq bigint not null,
	municipality text,
	day date not null,
	users bigint not null,
	private_users bigint,
	rule text
);
create index on read.users (municipality, day);
comment on table read.users is 'Readings of the number of users';
comment on column read.users.rule is 'how users were counted: licensed, active_account, logged_in_90d';

create table read.register (
	seq bigint primary key,
	changed_seq bigint not null,
	name text not null,
	key text not null,
	municipality text,
	valid_from timestamptz,
	valid_to timestamptz,
	value jsonb not null
);
create index on read.register (name, key);
comment on table read.register is 'Contacts and resource aliases';

create table read.report (
	seq bigint primary key,
	changed_seq bigint not null,
	month date not null,
	as_of_seq bigint not null,
	head text not null,
	model_sha256 text not null,
	actor text
);
comment on table read.report is 'Reports that were made, with what they were made from';
comment on column read.report.head is 'head of lane main at as_of_seq';
comment on column read.report.model_sha256 is 'of the report''s canonical JSON model';

create table read.agreement (
	seq bigint primary key,
	name text not null,
	version text not null,
	zone text not null,
	tzdata text,
	valid_from timestamptz,
	valid_to timestamptz
);
comment on table read.agreement is 'Versions of the agreement, in order of application';

create table read.kpi_cell (
	month date not null,
	municipality text,
	service text,
	priority text,
	line smallint,
	kpi text not null,
	unit text not null,
	num bigint not null,
	den bigint not null,
	value bigint,
	target_ppm bigint,
	left_out bigint not null,
	verdict text not null,
	rolling_num bigint,
	rolling_den bigint,
	rule text not null,
	rule_rev integer not null,
	as_of_seq bigint not null,
	unique nulls not distinct (month, municipality, service, priority, line, kpi)
);
comment on table read.kpi_cell is 'The month''s figures with what they are made of (semantics 3.4, 3.5)';
comment on column read.kpi_cell.month is 'first day of the local month';
comment on column read.kpi_cell.municipality is 'null = all, empty = tickets without one; service, priority likewise; line null = all, 0 = none';
comment on column read.kpi_cell.value is 'integer in unit: count, ppm or ms; null = no data';
comment on column read.kpi_cell.left_out is 'tickets that the rule leaves out of the denominator';
comment on column read.kpi_cell.rule is 'section of the rule book; rule_rev is raised when a figure changes';
comment on column read.kpi_cell.as_of_seq is 'ledger row up to which it was computed';

grant usage on schema read to vinga_writer, vinga_reader, vinga_report, vinga_municipality, vinga_federation;

-- By how a role's scope reaches a row: the row's own municipality, for everybody with a scope, or not at all.
do $$
declare
	behind record;
begin
	for behind in
		select *
		from (values
			('ticket', 'municipality'), ('ticket_ref', 'municipality'), ('transition', 'municipality'),
			('clock', 'municipality'), ('notification', 'municipality'), ('users', 'municipality'),
			('register', 'municipality'), ('kpi_cell', 'municipality'),
			('agreement', 'anyone'),
			('import', 'all'), ('quarantine', 'all'), ('report', 'all')
		) as tables (name, scope)
	loop
		execute format('alter table read.%I enable row level security', behind.name);
		execute format('alter table read.%I force row level security', behind.name);
		execute format('grant select, insert, update, delete on read.%I to vinga_writer', behind.name);
		execute format('create policy writer on read.%I to vinga_writer using (true) with check (true)', behind.name);
		execute format('grant select on read.%I to vinga_reader, vinga_report', behind.name);
		execute format('create policy scope_all on read.%I for select using ((select access.sees_all()))', behind.name);
		if behind.scope = 'municipality' then
			execute format('grant select on read.%I to vinga_municipality', behind.name);
			execute format('create policy scope_municipality on read.%I for select'
				' using (municipality in (select m.municipality from access.my_municipality m))', behind.name);
		elsif behind.scope = 'anyone' then
			execute format('grant select on read.%I to vinga_municipality, vinga_federation', behind.name);
			execute format('create policy scope_anyone on read.%I for select'
				' using (exists (select from access.my_scope))', behind.name);
		end if;
	end loop;
end
$$;
-- Federations get totals per municipality, not tickets (semantics 2.8).
grant select on read.kpi_cell, read.users to vinga_federation;

commit;
