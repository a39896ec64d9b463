-- Deploy vinga:alarms to pg
-- Alarms in the read model, and the lane of notices that said nothing new. Those lie in a table of their own and not beside
-- the samples of ledger.raw, since they are kept for longer: a month of samples goes as a whole.
-- The daemon must be stopped; it fills the read model again from its beginning when it starts.

begin;

set local role vinga_owner;

create table ledger.alarm (
	like ledger.row including comments including constraints including storage,
	primary key (month, seq),
	check (lane = 'alarm')
) partition by range (month);
comment on table ledger.alarm is 'Raw rows (alarms.reported that were no news): evidence, counted into alarms';

create trigger append_only before update or delete on ledger.alarm
	for each row execute function ledger.refuse_change();
create trigger append_only_truncate before truncate on ledger.alarm
	for each statement execute function ledger.refuse_change();
alter table ledger.alarm enable always trigger append_only;
alter table ledger.alarm enable always trigger append_only_truncate;

create or replace function ledger.make_partitions(first date, months_ahead integer) returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
	month date;
	made integer := 0;
begin
	if first is null or first <> date_trunc('month', first)::date or first not between '2000-01-01' and '2199-12-01' then
		raise exception 'partition "%": expected the first day of a month from 2000 to 2199', first
			using errcode = 'invalid_parameter_value';
	end if;
	if months_ahead is null or months_ahead not between 0 and 12 then
		raise exception 'months ahead "%": expected 0 to 12', months_ahead
			using errcode = 'invalid_parameter_value';
	end if;
	for step in 0..months_ahead loop
		month := first + make_interval(months => step);
		made := made + ledger.make_partition('row', month)::integer + ledger.make_partition('raw', month)::integer
			+ ledger.make_partition('alarm', month)::integer;
	end loop;
	return made;
end
$$;
-- Those of ledger.row reach as far as rows do; raw rows of the same months lie beside them.
select ledger.make_partition('alarm', to_date(substr(c.relname, 5), 'YYYY_MM'))
from pg_inherits i
join pg_class c on c.oid = i.inhrelid
where i.inhparent = 'ledger.row'::regclass;

grant select, insert on ledger.alarm to vinga_writer;
grant select on ledger.alarm to vinga_reader;

create table read.alarm (
	alarm_id bigint primary key,
	changed_seq bigint not null,
	resource text not null,
	type text not null,
	qualifier text not null,
	stated text not null,
	sources text[] not null,
	service text,
	municipalities text[] not null,
	severity text not null,
	worst text not null,
	category text not null,
	transient boolean not null,
	text text not null,
	rule text,
	peer text,
	raised_at timestamptz not null,
	received_at timestamptz not null,
	last_at timestamptz not null,
	last_seq bigint not null,
	cleared_at timestamptz,
	notices bigint not null,
	changes bigint not null,
	operator text not null,
	actor text,
	reason text,
	operator_at timestamptz,
	until_at timestamptz,
	acked_at timestamptz,
	false_alarm boolean not null,
	previous bigint,
	merged_into bigint
);
create index on read.alarm (resource, type, qualifier, alarm_id);
create index on read.alarm (raised_at);
create index on read.alarm (service) where cleared_at is null;
comment on table read.alarm is 'Alarms, one row for each instance; A-<alarm_id>. resource, type and qualifier are the key';
comment on column read.alarm.resource is 'as the register calls it; stated: as its source does';
comment on column read.alarm.service is 'null = nobody knows: unmapped';
comment on column read.alarm.municipalities is 'empty = all that the service is promised to';
comment on column read.alarm.severity is 'newest that was stated, but cleared; worst: the highest';
comment on column read.alarm.transient is 'nothing clears it: it ends by itself, the agreement says how long after last_at';
comment on column read.alarm.raised_at is 'by its source''s clock; received_at: by ours';
comment on column read.alarm.notices is 'that were received of it, exactly; changes: those that raised, changed or cleared it';
comment on column read.alarm.operator is 'none, ack, closed, shelved or un-shelved: what a person did last';
comment on column read.alarm.until_at is 'shelved to here; infinity = until somebody unshelves it';
comment on column read.alarm.acked_at is 'first acknowledged';
comment on column read.alarm.previous is 'instance of the same key before it';
comment on column read.alarm.merged_into is 'instance that took its place when two names became one resource';

create table read.alarm_change (
	change_id bigint primary key,
	changed_seq bigint not null,
	alarm_id bigint not null,
	at timestamptz not null,
	received_at timestamptz not null,
	severity text,
	operator text,
	actor text,
	text text,
	until_at timestamptz
);
create index on read.alarm_change (alarm_id, change_id);
comment on table read.alarm_change is
	'History of alarms. Of one that nothing happened to but its raising there is no line: report.alarm_history has it too';
comment on column read.alarm_change.severity is 'null = a person''s act: operator says which';
comment on column read.alarm_change.actor is 'source or person';

create table read.alarm_source (
	source text primary key,
	changed_seq bigint not null,
	received_at timestamptz not null,
	notices bigint not null,
	events bigint not null,
	silent boolean not null
);
comment on table read.alarm_source is 'Who sends alarms';
comment on column read.alarm_source.silent is 'for longer than the agreement lets it';

create table read.resource (
	name text primary key,
	changed_seq bigint not null,
	seq bigint not null,
	resource text not null,
	service text,
	municipalities text[] not null,
	parent text,
	author text not null,
	removed boolean not null
);
create index on read.resource (resource);
comment on table read.resource is 'What sources call a resource, and what it means here';
comment on column read.resource.municipalities is 'empty = all that the service is promised to';
comment on column read.resource.parent is 'resource that it is reached through';

create table read.proposal (
	proposal_id bigint primary key,
	changed_seq bigint not null,
	kind text not null,
	service text not null,
	municipalities text[] not null,
	alarms text[] not null,
	alarm_count bigint not null,
	from_at timestamptz not null,
	to_at timestamptz,
	state text not null,
	actor text,
	reason text,
	decided_at timestamptz,
	made text
);
comment on table read.proposal is 'What alarms together say of a service; F-<proposal_id>. A person accepts or refuses';
comment on column read.proposal.alarms is 'the oldest; alarm_count says how many there are';
comment on column read.proposal.to_at is 'null = still so';
comment on column read.proposal.made is 'outage record that came of it';

alter table read.agreement
	add column alarm_transient_ms bigint,
	add column major_municipalities bigint,
	add column major_window_ms bigint,
	add column alarm_tickets text;
comment on column read.agreement.alarm_transient_ms is 'a transient alarm ends so long after its last notice';
comment on column read.agreement.major_municipalities is 'so many with alarms on one service, raised within major_window_ms, may be a major incident';
comment on column read.agreement.alarm_tickets is 'severity from which an alarm becomes a ticket by itself; none';

do $$
declare
	name text;
begin
	foreach name in array array['alarm', 'alarm_change', 'alarm_source', 'resource', 'proposal'] loop
		execute format('alter table read.%I enable row level security', name);
		execute format('alter table read.%I force row level security', name);
		execute format('grant select, insert, update, delete on read.%I to vinga_writer', name);
		execute format('create policy writer on read.%I to vinga_writer using (true) with check (true)', name);
		execute format('grant select on read.%I to vinga_reader, vinga_report', name);
		execute format('create policy scope_all on read.%I for select using ((select access.sees_all()))', name);
	end loop;
end
$$;
-- A municipality sees the alarms of its services; what nobody has mapped to a service is the region's.
create policy scope_municipalities on read.alarm for select
	using (service is not null and exists (select from access.my_municipality m
		where municipalities = '{}' or m.municipality = any (municipalities)));
-- read.alarm shows only the caller's own, so only their history.
create policy scope_municipalities on read.alarm_change for select
	using (exists (select from read.alarm a where a.alarm_id = alarm_change.alarm_id));
grant select on read.alarm, read.alarm_change to vinga_municipality;

create view report.alarm with (security_invoker) as
select
	'A-' || a.alarm_id as alarm,
	a.resource,
	a.type,
	a.qualifier,
	a.sources,
	a.service,
	a.municipalities,
	a.severity,
	a.worst,
	a.category,
	a.text,
	a.raised_at,
	a.last_at,
	case
		when a.cleared_at is not null then a.cleared_at
		when a.transient and a.last_at + g.transient <= now() then a.last_at + g.transient
	end as ended_at,
	a.notices,
	a.changes,
	a.operator,
	a.actor,
	a.reason,
	a.until_at,
	a.acked_at,
	a.false_alarm
from read.alarm a
left join lateral (
	select g.alarm_transient_ms * interval '1 ms' as transient
	from read.agreement g
	where g.valid_from <= a.last_at and a.last_at < g.valid_to
	order by g.seq desc
	limit 1
) g on a.transient;
comment on view report.alarm is 'Larm: en instans per rad. Tom sluttid = gäller ännu, tom tjänst = ingen vet. Tom kommunlista = alla.';
comment on column report.alarm.worst is 'högsta allvarlighet under instansens liv';

-- What an alarm without lines says of itself is what its raising said.
create view report.alarm_history with (security_invoker) as
select
	'A-' || alarm_id as alarm,
	at,
	received_at,
	severity,
	operator,
	actor,
	text,
	until_at,
	change_id
from read.alarm_change
union all
select 'A-' || a.alarm_id, a.raised_at, a.received_at, a.severity, null, a.sources[1], nullif(a.text, ''), null, 0
from read.alarm a
where a.changes = 1
	and a.operator_at is null
	and not exists (select from read.alarm_change c where c.alarm_id = a.alarm_id);
comment on view report.alarm_history is 'Larmens historik: höjda, ändrade, rensade, och vad personer gjorde. change_id ger ordningen.';
comment on column report.alarm_history.severity is 'tom = en persons åtgärd: operator säger vilken';
comment on column report.alarm_history.actor is 'källa eller person';

create view report.alarm_effect with (security_invoker) as
select
	date_trunc('month', a.raised_at at time zone z.zone)::date as month,
	a.service,
	count(*) as alarms,
	count(*) filter (where a.worst = 'critical') as critical,
	count(*) filter (where a.worst = 'major') as major,
	count(*) filter (where a.worst = 'minor') as minor,
	count(*) filter (where a.worst = 'warning') as warning,
	count(*) filter (where a.worst = 'indeterminate') as indeterminate,
	sum(a.notices)::bigint as notices,
	count(r.ticket_id) as tickets,
	count(*) filter (where a.operator = 'closed') as closed,
	count(*) filter (where a.false_alarm) as false_alarms,
	count(a.acked_at) as acknowledged,
	extract(epoch from avg(a.acked_at - a.received_at))::bigint as ack_mean_s,
	extract(epoch from percentile_disc(0.5) within group (order by a.acked_at - a.received_at))::bigint as ack_median_s,
	extract(epoch from max(a.acked_at - a.received_at))::bigint as ack_max_s
from read.alarm a
cross join (select g.zone from read.agreement g order by g.seq desc limit 1) z
left join read.ticket_ref r on r.source = 'vinga' and r.ref = 'A-' || a.alarm_id
group by 1, 2;
comment on view report.alarm_effect is 'Larmens verkan per månad och tjänst, efter när de höjdes. Tom tjänst = ingen vet.';
comment on column report.alarm_effect.notices is 'mottagna meddelanden, upprepningar medräknade';
comment on column report.alarm_effect.ack_mean_s is 'från mottagning till första kvittering';

create view report.alarm_source with (security_invoker) as
select source, received_at, notices, events, silent
from read.alarm_source;
comment on view report.alarm_source is 'Källor till larm: senaste leverans, och om den har tystnat';

create view report.proposal with (security_invoker) as
select
	'F-' || proposal_id as proposal,
	kind,
	service,
	municipalities,
	alarm_count,
	from_at,
	to_at,
	state,
	actor,
	reason,
	decided_at,
	made
from read.proposal;
comment on view report.proposal is 'Förslag ur larm: avbrott och större händelser, och vad som beslutades';

grant select on report.alarm, report.alarm_history, report.alarm_effect, report.alarm_source, report.proposal
	to vinga_reader, vinga_report;
grant select on report.alarm, report.alarm_history to vinga_municipality;

update ledger.position set read_seq = 0;

commit;
