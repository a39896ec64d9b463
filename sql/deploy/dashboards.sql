-- Deploy vinga:dashboards to pg
-- What dashboards draw over time: states, and days of outages and of tickets. Views alone: nothing is written anew.

begin;

set local role vinga_owner;

create view report.state with (security_invoker) as
select
	month,
	municipality,
	service,
	channel,
	from_at,
	to_at,
	state,
	case state when 'up' then 0 when 'no_data' then 1 when 'degraded' then 2 when 'down' then 3 end as level,
	cause,
	record,
	root,
	provisional,
	pending
from read.state;
comment on view report.state is 'Tjänsternas tillstånd som sträckor, delade vid månadsskiften. Tom kanal = alla.';
comment on column report.state.level is '0 up, 1 no_data, 2 degraded, 3 down';

-- The zone of days is that of the agreement applied last. A running outage is cut where its month was evaluated last, so the
-- farthest cut holds.
create view report.outage_day with (security_invoker) as
with outage as (
	select municipality, service, from_at, max(to_at) as to_at
	from read.outage_seen
	where channel is null
	group by municipality, service, from_at
)
select
	d.day::date as day,
	d.day at time zone z.zone as from_at,
	o.municipality,
	o.service,
	count(*) as outages,
	sum(extract(epoch from least(o.to_at, (d.day + interval '1 day') at time zone z.zone)
		- greatest(o.from_at, d.day at time zone z.zone)))::bigint as down_s
from outage o
cross join (select g.zone from read.agreement g order by g.seq desc limit 1) z
cross join lateral generate_series(date_trunc('day', o.from_at at time zone z.zone),
	(o.to_at - interval '1 microsecond') at time zone z.zone, interval '1 day') as d (day)
group by d.day, z.zone, o.municipality, o.service;
comment on view report.outage_day is 'Mätta avbrott per lokalt dygn, tjänst och kommun. Ett avbrott räknas varje dygn som det berör.';
comment on column report.outage_day.from_at is 'dygnets början';
comment on column report.outage_day.down_s is 'hela sekunder av avbrott inom dygnet, avtalad tid eller inte';

-- Days on which nothing happened have no row; `opened - ended` summed from the beginning is what is open.
create view report.ticket_day with (security_invoker) as
select
	e.day::date as day,
	e.day at time zone e.zone as from_at,
	e.municipality,
	sum(e.opened)::bigint as opened,
	sum(e.ended)::bigint as ended
from (
	select date_trunc('day', t.created_at at time zone z.zone) as day, z.zone, t.municipality, 1 as opened, 0 as ended
	from read.ticket t
	cross join (select g.zone from read.agreement g order by g.seq desc limit 1) z
	where t.created_at is not null
	union all
	select date_trunc('day', case when t.resolved then t.resolved_at else t.last_at end at time zone z.zone), z.zone, t.municipality, 0, 1
	from read.ticket t
	cross join (select g.zone from read.agreement g order by g.seq desc limit 1) z
	where t.created_at is not null and not t.open
) e
group by e.day, e.zone, e.municipality;
comment on view report.ticket_day is 'Inkomna och avslutade ärenden per lokalt dygn och kommun. Tom kommun = ingen är känd.';
comment on column report.ticket_day.from_at is 'dygnets början';
comment on column report.ticket_day.ended is 'lösta för gott, avbrutna och avvisade';

grant select on report.state, report.outage_day, report.ticket_day to vinga_reader, vinga_report, vinga_municipality;

commit;
