-- Deploy vinga:availability to pg
-- Availability in the read model: what was measured, what persons judged, and each month's cells with the pieces, the
-- windows and the agreed time that they are made of, so that they can be computed again here (sql/t/availability.sql).
-- The daemon must be stopped; it fills the read model again from its beginning when it starts.

begin;

set local role vinga_owner;

create table read.agent (
	source text primary key,
	changed_seq bigint not null,
	boot_id text not null,
	batch bigint not null,
	received_at timestamptz not null,
	samples bigint not null,
	late bigint not null,
	ahead bigint not null,
	dropped bigint not null,
	offset_ms bigint not null
);
comment on table read.agent is 'Who sends samples, and how';
comment on column read.agent.batch is 'newest one';
comment on column read.agent.late is 'samples that came over 24 hours after they were taken';
comment on column read.agent.ahead is 'samples over 10 minutes in the future, not used';
comment on column read.agent.dropped is 'samples that the agent''s spool had no room for';
comment on column read.agent.offset_ms is 'its clock less ours, at the newest batch';

create table read.probe_day (
	probe_day text primary key,
	changed_seq bigint not null,
	source text not null,
	probe text not null,
	import_id text,
	day date not null,
	sealed boolean not null,
	samples bigint not null
);
create index on read.probe_day (source, probe, day);
create index on read.probe_day (day) where not sealed;
comment on table read.probe_day is 'One probe on one UTC day';
comment on column read.probe_day.probe_day is 'source/probe/import/day';
comment on column read.probe_day.sealed is 'its runs stand in a raw.sealed of lane main';

create table read.run (
	probe_day text not null,
	first_at timestamptz not null,
	last_at timestamptz not null,
	samples bigint not null,
	state text not null
);
create index on read.run (probe_day, first_at);
comment on table read.run is 'Unbroken stretches of equal samples; figures are computed from these alone';

create table read.outage (
	outage_id bigint primary key,
	changed_seq bigint not null,
	effect text not null,
	service text not null,
	channel text,
	municipalities text[] not null,
	from_at timestamptz not null,
	to_at timestamptz not null,
	cause text not null,
	reason text not null,
	source text,
	probe text,
	author text not null,
	approved_by text,
	withdrawn boolean not null
);
comment on table read.outage is 'What persons say of availability; O-<outage_id>';
comment on column read.outage.effect is 'down, degraded, cause (as measured) or refute (what was measured is wrong)';
comment on column read.outage.channel is 'null = all';
comment on column read.outage.municipalities is 'empty = all';
comment on column read.outage.to_at is 'infinity = still open';
comment on column read.outage.approved_by is 'another than the author; null = it holds and waits';

create table read.service_window (
	window_id text primary key,
	series bigint not null,
	n bigint not null,
	changed_seq bigint not null,
	name text not null,
	services text[] not null,
	channels text[] not null,
	municipalities text[] not null,
	from_at timestamptz not null,
	to_at timestamptz not null,
	category text not null,
	planned_at timestamptz not null,
	announced_at timestamptz,
	agreed_by text,
	rrule text,
	uid text,
	reason text,
	author text not null,
	approved_by text,
	started_at timestamptz,
	ended_at timestamptz,
	withdrawn boolean not null,
	withdrawn_by text,
	withdrawn_reason text,
	withdrawal_approved_by text
);
create index on read.service_window (from_at);
comment on table read.service_window is 'Service windows, one row for each occurrence';
comment on column read.service_window.services is 'empty = all; channels and municipalities likewise';
comment on column read.service_window.planned_at is 'when it was entered; later than from_at = after the fact';
comment on column read.service_window.started_at is 'actual, where it was said; ended_at likewise';

create table read.signal (
	signal_id bigint primary key,
	changed_seq bigint not null,
	kind text not null,
	service text,
	subject text,
	municipalities text[] not null,
	from_at timestamptz not null,
	to_at timestamptz
);
comment on table read.signal is 'What was raised for people to know of';
comment on column read.signal.subject is 'a window, an outage record or an agent';
comment on column read.signal.to_at is 'null = still so';

create table read.availability (
	month date not null,
	municipality text,
	service text not null,
	channel text,
	from_at timestamptz not null,
	to_at timestamptz not null,
	verdict text not null,
	running boolean not null,
	target_ppm bigint,
	users bigint,
	user_seconds bigint,
	budget_month_s bigint,
	budget_earned_s bigint,
	period_s bigint not null,
	outside_s bigint not null,
	excluded_s bigint not null,
	base_s bigint not null,
	up_s bigint not null,
	external_s bigint not null,
	degraded_s bigint not null,
	down_s bigint not null,
	unknown_s bigint not null,
	rewritten_s bigint not null,
	flapping_s bigint not null,
	provisional_s bigint not null,
	emergency_s bigint not null,
	num bigint not null,
	den bigint not null,
	low_num bigint not null,
	low_den bigint not null,
	outages bigint not null,
	ended bigint not null,
	restore_s bigint not null,
	longest_s bigint not null,
	zabbix_num bigint not null,
	zabbix_den bigint not null,
	icinga_num bigint not null,
	icinga_den bigint not null,
	checkmk_num bigint not null,
	checkmk_den bigint not null,
	unweighted_num bigint not null,
	unweighted_den bigint not null,
	as_of_seq bigint not null,
	unique nulls not distinct (month, municipality, service, channel)
);
comment on table read.availability is 'The cells of each month (semantics 3.2, 3.3); every *_s is whole seconds';
comment on column read.availability.month is 'first day of the local month';
comment on column read.availability.municipality is 'null = the region';
comment on column read.availability.channel is 'null = all together';
comment on column read.availability.to_at is 'the month''s end, or the instant of evaluation before it';
comment on column read.availability.running is 'an outage goes on at to_at';
comment on column read.availability.den is '0 = not applicable';
comment on column read.availability.low_num is 'the same share when what was not measured counts as down';
comment on column read.availability.zabbix_num is 'the same seconds by another product''s formula; icinga and checkmk likewise';
comment on column read.availability.unweighted_num is 'the region: the plain mean over municipalities';

create table read.state (
	month date not null,
	municipality text not null,
	service text not null,
	channel text,
	from_at timestamptz not null,
	to_at timestamptz not null,
	state text not null,
	cause text not null,
	record text,
	root text,
	rewritten boolean not null,
	flapping boolean not null,
	provisional boolean not null,
	pending boolean not null
);
create index on read.state (month, service, municipality);
comment on table read.state is 'The pieces behind each cell: the month without gap or overlap, in whole seconds';
comment on column read.state.record is 'outage record that set state or cause';
comment on column read.state.root is 'component that the state came from; null = its own';

create table read.outage_seen (
	month date not null,
	municipality text,
	service text not null,
	channel text,
	from_at timestamptz not null,
	to_at timestamptz not null,
	counted_s bigint not null,
	running boolean not null,
	provisional boolean not null,
	cause text not null,
	record text,
	root text
);
create index on read.outage_seen (month, service, municipality);
comment on table read.outage_seen is 'Measured outages that touch each month, whole';
comment on column read.outage_seen.counted_s is 'of it in the month''s base and counted as down';

create table read.agreed_time (
	month date not null,
	municipality text not null,
	service text not null,
	from_at timestamptz not null,
	to_at timestamptz not null
);
create index on read.agreed_time (month, service, municipality);
comment on table read.agreed_time is 'Agreed service time of each month: hours and membership as intervals';

alter table read.notification add column signal_id bigint;
comment on column read.notification.signal_id is 'what it is about when it is about no ticket (ticket_id 0)';

alter table read.agreement
	add column slot_ms bigint,
	add column confirm_slots bigint,
	add column join_gap_s bigint,
	add column degraded_ppm bigint,
	add column coverage_ppm bigint,
	add column window_notice_days bigint,
	add column unknown_policy text,
	add column external_policy text;
comment on column read.agreement.degraded_ppm is 'weight of degraded time';
comment on column read.agreement.unknown_policy is 'exclude = unmeasured time leaves the denominator; as_up';
comment on column read.agreement.external_policy is 'as_up = time down by a cause outside the provider counts as up; exclude';

-- By how a role's scope reaches a row: its municipality, its list of municipalities (empty = all), or not at all.
do $$
declare
	behind record;
begin
	for behind in
		select *
		from (values
			('availability', 'municipality'), ('state', 'municipality'), ('outage_seen', 'municipality'),
			('agreed_time', 'municipality'),
			('outage', 'municipalities'), ('service_window', 'municipalities'), ('signal', 'municipalities'),
			('agent', 'all'), ('probe_day', 'all'), ('run', 'all')
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
		elsif behind.scope = 'municipalities' then
			execute format('grant select on read.%I to vinga_municipality', behind.name);
			execute format('create policy scope_municipalities on read.%I for select'
				' using (exists (select from access.my_municipality m'
				' where municipalities = ''{}'' or m.municipality = any (municipalities)))', behind.name);
		end if;
	end loop;
end
$$;
-- Federations get totals per municipality, not evidence (semantics 2.8).
grant select on read.availability to vinga_federation;

create view report.availability with (security_invoker) as
select
	month,
	municipality,
	service,
	channel,
	num as numerator,
	den as denominator,
	case when den > 0 then trunc(num * 100.0 / den, 3) end as percent,
	case when low_den > 0 then trunc(low_num * 100.0 / low_den, 3) end as lowest_percent,
	case when base_s > 0 then trunc((base_s - unknown_s) * 100.0 / base_s, 3) end as coverage_percent,
	trunc(target_ppm / 10000.0, 3) as target_percent,
	verdict,
	running,
	period_s,
	outside_s,
	excluded_s,
	base_s,
	up_s,
	external_s,
	degraded_s,
	down_s,
	unknown_s,
	rewritten_s,
	provisional_s,
	outages,
	case when ended > 0 then restore_s / ended end as mtrs_s,
	case when outages > 0 then (base_s - down_s) / outages end as mtbf_s,
	case when outages > 0 then base_s / outages end as mtbsi_s,
	longest_s,
	user_seconds / 60 as user_minutes_lost,
	budget_month_s,
	budget_earned_s,
	case when zabbix_den > 0 then trunc(zabbix_num * 100.0 / zabbix_den, 3) end as zabbix_percent,
	case when icinga_den > 0 then trunc(icinga_num * 100.0 / icinga_den, 3) end as icinga_percent,
	case when checkmk_den > 0 then trunc(checkmk_num * 100.0 / checkmk_den, 3) end as checkmk_percent,
	case when unweighted_den > 0 then trunc(unweighted_num * 100.0 / unweighted_den, 3) end as unweighted_percent,
	to_at as evaluated_at,
	as_of_seq
from read.availability;
comment on view report.availability is 'Tillgänglighet per tjänst, kanal, kommun och månad i hela sekunder. Tom kommun = regionen, tom kanal = alla.';
comment on column report.availability.percent is 'avkortad till tre decimaler för visning; utfallet avgörs på heltal';
comment on column report.availability.lowest_percent is 'samma andel om omätt tid räknas som avbrott';
comment on column report.availability.zabbix_percent is 'samma sekunder med en annan produkts formel, för jämförelse';

create view report.outage with (security_invoker) as
select distinct
	municipality,
	service,
	channel,
	from_at,
	case when not running then to_at end as to_at,
	extract(epoch from to_at - from_at)::bigint as length_s,
	running,
	provisional,
	cause,
	record,
	root
from read.outage_seen;
comment on view report.outage is 'Mätta avbrott. Tom sluttid = pågår.';

create view report.outage_record with (security_invoker) as
select
	'O-' || outage_id as record,
	effect,
	service,
	channel,
	municipalities,
	from_at,
	nullif(to_at, 'infinity') as to_at,
	cause,
	reason,
	author,
	approved_by,
	approved_by is null and not withdrawn as waits,
	withdrawn
from read.outage;
comment on view report.outage_record is 'Vad personer har beslutat om avbrott. Tom kommunlista = alla.';

create view report.service_window with (security_invoker) as
select
	window_id as service_window,
	name,
	services,
	channels,
	municipalities,
	from_at,
	to_at,
	category,
	announced_at,
	agreed_by,
	approved_by,
	approved_by is null and not withdrawn as waits,
	started_at,
	ended_at,
	withdrawn
from read.service_window;
comment on view report.service_window is 'Servicefönster: ett tillfälle per rad. Tom lista = alla.';

create view report.signal with (security_invoker) as
select kind, service, subject, municipalities, from_at, to_at
from read.signal;
comment on view report.signal is 'Vad som har larmats. Tom sluttid = gäller ännu.';

create view report.agent with (security_invoker) as
select source, received_at, samples, late, ahead, dropped, offset_ms
from read.agent;
comment on view report.agent is 'Agenter som mäter: senaste leverans och vad som kom sent eller gick förlorat';

grant select on report.availability, report.outage, report.outage_record, report.service_window, report.signal,
	report.agent to vinga_reader, vinga_report;
grant select on report.availability, report.outage, report.outage_record, report.service_window, report.signal
	to vinga_municipality;
grant select on report.availability to vinga_federation;

update ledger.position set read_seq = 0;

commit;
