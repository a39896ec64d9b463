-- The cells of availability computed again, in another way: not by walking time but by unions, intersections and
-- differences of ranges, from the pieces, the windows and the agreed time beside them. On an empty read model (the
-- schema's own test) a small month is put in; tests/integration runs the same file over months that the daemon wrote.
begin;
select plan(6);
grant temporary on database vinga to public; -- pgTAP compares in temporary tables

create function pg_temp.seconds(during tstzmultirange) returns bigint
language sql
as $$
	select coalesce(sum(extract(epoch from upper(r) - lower(r))), 0)::bigint from unnest(during) as r
$$;

create function pg_temp.union_of(ranges tstzmultirange) returns tstzmultirange
language sql
as $$
	select coalesce(ranges, '{}')
$$;

-- The month of semantics 4.1: 31 days, a window of 2 hours and a half, an outage of 3 hours of which 2 in the window.
do $$
begin
	if exists (select from read.availability) then
		return;
	end if;
	set local role vinga_writer;
	insert into read.agreement (seq, name, version, zone, valid_from, valid_to, slot_ms, confirm_slots, join_gap_s, degraded_ppm,
		coverage_ppm, window_notice_days, unknown_policy, external_policy)
	values (1, 'test', '1', 'Europe/Stockholm', '-infinity', 'infinity', 60000, 2, 300, 250000, 950000, 10, 'exclude', 'as_up');
	insert into read.agreed_time (month, municipality, service, from_at, to_at)
	values ('2026-07-01', '1489', 's', '2026-06-30 22:00Z', '2026-07-31 22:00Z');
	insert into read.service_window (window_id, series, n, changed_seq, name, services, channels, municipalities, from_at, to_at,
		category, planned_at, announced_at, author, approved_by, withdrawn)
	values
		('W-1.0', 1, 0, 1, 'counts', '{s}', '{}', '{}', '2026-07-10 00:00Z', '2026-07-10 02:30Z', 'planned',
			'2026-06-01', '2026-06-01', 'a', 'b', false),
		('W-2.0', 2, 0, 1, 'late notice', '{}', '{}', '{}', '2026-07-12 00:00Z', '2026-07-12 01:00Z', 'planned',
			'2026-07-11', '2026-07-11', 'a', 'b', false),
		('W-3.0', 3, 0, 1, 'emergency', '{}', '{}', '{1489}', '2026-07-13 00:00Z', '2026-07-13 01:00Z', 'emergency',
			'2026-06-01', '2026-06-01', 'a', 'b', false),
		('W-4.0', 4, 0, 1, 'elsewhere', '{}', '{}', '{1480}', '2026-07-14 00:00Z', '2026-07-14 01:00Z', 'planned',
			'2026-06-01', '2026-06-01', 'a', 'b', false);
	insert into read.state (month, municipality, service, from_at, to_at, state, cause, rewritten, flapping, provisional, pending)
	values
		('2026-07-01', '1489', 's', '2026-06-30 22:00Z', '2026-07-10 00:30Z', 'up', 'unknown', false, false, false, false),
		('2026-07-01', '1489', 's', '2026-07-10 00:30Z', '2026-07-10 03:30Z', 'down', 'vgr', false, false, false, false),
		('2026-07-01', '1489', 's', '2026-07-10 03:30Z', '2026-07-10 05:30Z', 'degraded', 'unknown', false, false, false, false),
		('2026-07-01', '1489', 's', '2026-07-10 05:30Z', '2026-07-10 06:30Z', 'down', 'municipality', false, false, false, false),
		('2026-07-01', '1489', 's', '2026-07-10 06:30Z', '2026-07-10 07:30Z', 'no_data', 'unknown', false, false, false, false),
		('2026-07-01', '1489', 's', '2026-07-10 07:30Z', '2026-07-31 22:00Z', 'up', 'unknown', false, false, false, false);
	insert into read.availability (month, municipality, service, from_at, to_at, verdict, running, period_s, outside_s, excluded_s,
		base_s, up_s, external_s, degraded_s, down_s, unknown_s, rewritten_s, flapping_s, provisional_s, emergency_s, num, den,
		low_num, low_den, outages, ended, restore_s, longest_s, zabbix_num, zabbix_den, icinga_num, icinga_den, checkmk_num,
		checkmk_den, unweighted_num, unweighted_den, as_of_seq)
	values ('2026-07-01', '1489', 's', '2026-06-30 22:00Z', '2026-07-31 22:00Z', 'no_target', false, 2678400, 0, 9000, 2669400,
		2651400, 3600, 7200, 3600, 3600, 0, 0, 0, 3600, 2660400000000, 2665800000000, 2660400000000, 2669400000000,
		1, 1, 3600, 10800, 0, 0, 0, 0, 0, 0, 0, 0, 1);
	reset role;
end
$$;

-- The agreement that a cell was judged by.
create temporary view cell as
select a.*, tstzmultirange(tstzrange(a.from_at, a.to_at)) as period, g.degraded_ppm, g.unknown_policy, g.external_policy, g.coverage_ppm
from read.availability a
cross join lateral (
	select *
	from read.agreement g
	where g.valid_from <= a.from_at and a.from_at < g.valid_to
	order by g.seq desc
	limit 1
) g;

-- Windows that are cut out: planned, not withdrawn, approved (or entered after the fact), announced in time or agreed to.
create temporary view counting as
select w.services, w.channels, w.municipalities,
	tstzrange(date_trunc('second', w.from_at), date_trunc('second', w.to_at)) as during
from read.service_window w
cross join lateral (
	select g.zone, g.window_notice_days::integer as days, (w.from_at at time zone g.zone)::date as day
	from read.agreement g
	where g.valid_from <= w.from_at and w.from_at < g.valid_to
	order by g.seq desc
	limit 1
) g
where w.category = 'planned' and not w.withdrawn
	and (w.approved_by is not null or w.planned_at > w.from_at)
	and (w.agreed_by is not null
		or coalesce(w.announced_at, w.planned_at)
			<= ((g.day - g.days)::timestamp at time zone g.zone) + (w.from_at - (g.day::timestamp at time zone g.zone)));

-- Each cell's sets of instants.
create temporary view base as
select c.*, c.period * pg_temp.union_of(agreed.during) as agreed, pg_temp.union_of(windows.during) as cut
from cell c
cross join lateral (
	select range_agg(tstzrange(t.from_at, t.to_at)) as during
	from read.agreed_time t
	where t.month = c.month and t.service = c.service and t.municipality = c.municipality
) agreed
cross join lateral (
	select range_agg(w.during) as during
	from counting w
	where (w.services = '{}' or c.service = any (w.services))
		and (w.municipalities = '{}' or c.municipality = any (w.municipalities))
		and (w.channels = '{}' or c.channel = any (w.channels)
			or c.channel is null and w.channels @> (
				select array_agg(distinct o.channel)
				from read.availability o
				where o.month = c.month and o.service = c.service and o.channel is not null))
) windows
where c.municipality is not null;

create temporary view sets as
select b.*, pg_temp.union_of(s.down) as down, pg_temp.union_of(s.degraded) as degraded, pg_temp.union_of(s.external) as external,
	pg_temp.union_of(s.unknown) as unknown, pg_temp.union_of(s.measured) as measured, s.pieces,
	case when b.external_policy = 'exclude' then b.cut + pg_temp.union_of(s.external) else b.cut end as left_out
from base b
cross join lateral (
	select
		range_agg(during) filter (where state = 'down' and counts) as down,
		range_agg(during) filter (where state = 'degraded' and counts) as degraded,
		range_agg(during) filter (where state in ('down', 'degraded') and not counts) as external,
		range_agg(during) filter (where state = 'no_data') as unknown,
		range_agg(during) as measured,
		sum(extract(epoch from upper(during) - lower(during)))::bigint as pieces
	from (
		select state, cause in ('vgr', 'supplier', 'unknown') as counts, tstzrange(from_at, to_at) as during
		from read.state s
		where s.month = b.month and s.service = b.service and s.municipality = b.municipality
			and s.channel is not distinct from b.channel
	) as piece
) s;

create temporary view again as
select
	month, municipality, service, channel,
	pg_temp.seconds(period) as period_s,
	pg_temp.seconds(period - agreed) as outside_s,
	pg_temp.seconds(agreed * left_out) as excluded_s,
	pg_temp.seconds(agreed - left_out) as base_s,
	pg_temp.seconds(agreed - left_out - down - degraded - external - unknown) as up_s,
	pg_temp.seconds((agreed - left_out) * external) as external_s,
	pg_temp.seconds((agreed - left_out) * degraded) as degraded_s,
	pg_temp.seconds((agreed - left_out) * down) as down_s,
	pg_temp.seconds((agreed - left_out) * unknown) as unknown_s,
	degraded_ppm, unknown_policy
from sets;

-- Degraded time with a weight between 0 and 1 makes both sides of a share millionths of seconds.
create temporary view shares as
select a.*,
	case when base_s = unknown_s then 0 else scale * (measured_s - down_s) - weighted end as num,
	case when base_s = unknown_s then 0 else scale * measured_s end as den,
	scale * (base_s - unknown_s - down_s) - weighted as low_num,
	scale * base_s as low_den
from again a
cross join lateral (
	select case when degraded_ppm % 1000000 = 0 then 1 else 1000000 end as scale
) s
cross join lateral (
	select case when unknown_policy = 'as_up' then base_s else base_s - unknown_s end as measured_s,
		degraded_ppm * scale / 1000000 * degraded_s as weighted
) m;

select isnt_empty('select from read.availability where municipality is not null and base_s > down_s and down_s > 0',
	'there are cells, with outages in them');
select is_empty($$select month, municipality, service, channel, pieces, pg_temp.seconds(period) from sets
	where pieces <> pg_temp.seconds(period) or measured <> period$$,
	'the pieces of every cell are its period, without gap and without overlap');
select results_eq(
	$$select month, municipality, service, channel, period_s, outside_s, excluded_s, base_s, up_s, external_s, degraded_s,
		down_s, unknown_s from read.availability where municipality is not null order by 1, 2, 3, 4$$,
	$$select month, municipality, service, channel, period_s, outside_s, excluded_s, base_s, up_s, external_s, degraded_s,
		down_s, unknown_s from again order by 1, 2, 3, 4$$,
	'the seconds of every cell, computed by unions of ranges');
select results_eq(
	$$select month, municipality, service, channel, num, den, low_num, low_den
	from read.availability where municipality is not null order by 1, 2, 3, 4$$,
	$$select month, municipality, service, channel, num, den, low_num, low_den from shares order by 1, 2, 3, 4$$,
	'and numerators and denominators');
select is_empty($$select * from cell where municipality is not null and verdict <> case
		when den = 0 then 'not_applicable'
		when target_ppm is null then 'no_target'
		when (base_s - unknown_s) * 1000000 < coverage_ppm * base_s then 'insufficient'
		when num * 1000000 >= target_ppm * den then 'met'
		else 'missed' end$$,
	'and the verdicts');
select is_empty($$select r.* from read.availability r
	join (
		select month, service, channel, sum(base_s) as base_s, sum(down_s) as down_s,
			sum(div(num::numeric * 1000000000, den)) filter (where den > 0) as shares,
			count(*) filter (where den > 0) as n
		from read.availability
		where municipality is not null
		group by 1, 2, 3
	) m on m.month = r.month and m.service = r.service and m.channel is not distinct from r.channel
	where r.municipality is null
		and (r.base_s <> m.base_s or r.down_s <> m.down_s or m.n > 0 and r.unweighted_num <> div(m.shares, m.n))$$,
	'and the region is the sum of its municipalities');

select * from finish();
rollback;
