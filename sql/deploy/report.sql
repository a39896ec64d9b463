-- Deploy vinga:report to pg
-- The interface for BI and Grafana: names here stay when the read model changes. Security invoker, so a view shows
-- whoever asks what that role may see.

begin;

create schema report authorization vinga_owner;
set local role vinga_owner;

create view report.ticket with (security_invoker) as
select
	'V-' || ticket_id as ticket,
	municipality,
	municipality_ref,
	service,
	type,
	channel,
	priority,
	status,
	open,
	created_at,
	second_line_at,
	resolved_at,
	line,
	highest_line,
	resolving_line,
	first_line_only,
	escalations,
	reopens,
	sla,
	elapsed_ms / 1000 as elapsed_s,
	target_ms / 1000 as target_s,
	due_at,
	cause_party,
	faults,
	agreement_name,
	agreement_version
from read.ticket;
comment on view report.ticket is 'Ärenden: ett per rad, med avtalets utfall. Tider i hela sekunder.';
comment on column report.ticket.sla is 'none, running, paused, overdue, met eller missed';

create view report.kpi with (security_invoker) as
select
	month,
	municipality,
	service,
	priority,
	line,
	kpi,
	unit,
	num as numerator,
	den as denominator,
	value,
	case when unit = 'ppm' then trunc(value / 10000.0, 3) end as percent,
	trunc(target_ppm / 10000.0, 3) as target_percent,
	left_out,
	verdict,
	rule,
	rule_rev,
	as_of_seq
from read.kpi_cell;
comment on view report.kpi is 'Månadens mått med täljare, nämnare, undantag, regel och utfall. Tom dimension = alla.';
comment on column report.kpi.percent is 'avkortad till tre decimaler för visning; utfallet avgörs på heltal';

create view report.clock with (security_invoker) as
select
	'V-' || ticket_id as ticket,
	municipality,
	clock,
	sla,
	start_at,
	end_at,
	elapsed_ms / 1000 as elapsed_s,
	target_ms / 1000 as target_s,
	due_at
from read.clock;
comment on view report.clock is 'Ärendens klockor. Tider i hela sekunder.';

create view report.data_fault with (security_invoker) as
select
	'V-' || t.ticket_id as ticket,
	t.municipality,
	fault
from read.ticket t
cross join lateral unnest(t.faults) as fault;
comment on view report.data_fault is 'Fel i lämnade uppgifter: ett per rad';

create view report.users with (security_invoker) as
select
	municipality,
	day,
	users,
	private_users,
	rule
from read.users;
comment on view report.users is 'Avläst antal användare per kommun och dag';

create view report.agreement with (security_invoker) as
select
	name,
	version,
	valid_from,
	valid_to,
	seq
from read.agreement;
comment on view report.agreement is 'Avtalets versioner';

grant usage on schema report to vinga_reader, vinga_report, vinga_municipality, vinga_federation;
grant select on all tables in schema report to vinga_reader, vinga_report, vinga_municipality;
grant select on report.kpi, report.users, report.agreement to vinga_federation;

commit;
