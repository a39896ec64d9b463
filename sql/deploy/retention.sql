-- Deploy vinga:retention to pg
-- Raw rows go by whole months, 90 days after the month's end, and only when every one of them is covered by a raw.sealed
-- of lane main and every day that they speak of is sealed (semantics 4.4, 7.4). What is left of their latencies: 5-minute
-- roll-ups for 25 months, daily ones for ever.

begin;

set local role vinga_owner;

create table side.latency_5min (
	source text not null,
	probe text not null,
	at timestamptz not null,
	n bigint not null,
	sum_ms bigint not null,
	max_ms bigint not null,
	primary key (source, probe, at)
);
create index on side.latency_5min (at);
comment on table side.latency_5min is 'Latencies of raw rows that are gone, by 5 minutes; kept 25 months';

create table side.latency_day (
	source text not null,
	probe text not null,
	day date not null,
	n bigint not null,
	sum_ms bigint not null,
	max_ms bigint not null,
	primary key (source, probe, day)
);
comment on table side.latency_day is 'The same by UTC day, for ever';

-- Days that raw rows speak of must be found sealed by the owner too, who sees no other row of the read model.
create policy owner on read.probe_day for select to vinga_owner using (true);

create function ledger.refuse_drop(which date) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
	keep constant interval := '90 days';
	missing record;
begin
	if which is null or which <> date_trunc('month', which)::date then
		raise exception 'raw rows of "%": expected the first day of a month', which
			using errcode = 'invalid_parameter_value';
	end if;
	if which + interval '1 month' + keep > now() at time zone 'UTC' then
		raise exception 'raw rows of % are kept until %', to_char(which, 'YYYY-MM'),
			to_char(which + interval '1 month' + keep, 'YYYY-MM-DD')
			using errcode = 'restrict_violation';
	end if;
	select r.lane, max(r.seq) as newest, coalesce(s.sealed, 0) as sealed
	into missing
	from ledger.raw r
	left join (
		select s.bytes::jsonb #>> '{body,lane}' as lane, max((s.bytes::jsonb #>> '{body,last_seq}')::bigint) as sealed
		from ledger.row s
		where s.kind = 'raw.sealed' and s.month >= which
		group by 1
	) s on s.lane = r.lane
	where r.month = which
	group by r.lane, s.sealed
	having max(r.seq) > coalesce(s.sealed, 0)
	limit 1;
	if found then
		raise exception 'lane % is sealed up to row % and has rows of % up to %', missing.lane, missing.sealed,
			to_char(which, 'YYYY-MM'), missing.newest
			using errcode = 'restrict_violation', hint = 'the daemon seals a day 24 hours after its end';
	end if;
	select p.source, p.probe, p.day
	into missing
	from read.probe_day p
	where not p.sealed and p.day <= which + interval '1 month'
		and exists (select from ledger.raw r where r.month = which and r.lane = 'probe:' || p.source)
	limit 1;
	if found then
		raise exception 'probe % of % is not sealed for %', missing.probe, missing.source, missing.day
			using errcode = 'restrict_violation', hint = 'the daemon seals a day 24 hours after its end';
	end if;
	if (select p.read_seq from ledger.position p) < (select max(r.seq) from ledger.raw r where r.month = which) then
		raise exception 'the read model has not come to the raw rows of %', to_char(which, 'YYYY-MM')
			using errcode = 'restrict_violation', hint = 'let the daemon catch up';
	end if;
end
$$;
comment on function ledger.refuse_drop(date) is 'Raises why the raw rows of a month may not be dropped; else returns';
revoke all on function ledger.refuse_drop(date) from public;

create function ledger.keep_latencies(which date) returns void
language sql
set search_path = pg_catalog, pg_temp
as $$
	insert into side.latency_5min (source, probe, at, n, sum_ms, max_ms)
	select r.source, s.value ->> 0, date_bin('5 minutes', to_timestamp((s.value ->> 1)::bigint / 1000.0), 'epoch'),
		count(*), sum((s.value ->> 3)::bigint), max((s.value ->> 3)::bigint)
	from ledger.raw r
	cross join lateral jsonb_array_elements(r.bytes::jsonb #> '{body,samples}') as s (value)
	where r.month = which and s.value ->> 3 is not null
	group by 1, 2, 3
	on conflict (source, probe, at) do update
	set n = latency_5min.n + excluded.n, sum_ms = latency_5min.sum_ms + excluded.sum_ms,
		max_ms = greatest(latency_5min.max_ms, excluded.max_ms);
	insert into side.latency_day (source, probe, day, n, sum_ms, max_ms)
	select r.source, s.value ->> 0, (to_timestamp((s.value ->> 1)::bigint / 1000.0) at time zone 'UTC')::date,
		count(*), sum((s.value ->> 3)::bigint), max((s.value ->> 3)::bigint)
	from ledger.raw r
	cross join lateral jsonb_array_elements(r.bytes::jsonb #> '{body,samples}') as s (value)
	where r.month = which and s.value ->> 3 is not null
	group by 1, 2, 3
	on conflict (source, probe, day) do update
	set n = latency_day.n + excluded.n, sum_ms = latency_day.sum_ms + excluded.sum_ms,
		max_ms = greatest(latency_day.max_ms, excluded.max_ms);
	delete from side.latency_5min where at < now() - interval '25 months';
$$;
comment on function ledger.keep_latencies(date) is 'Rolls up the latencies of a month''s raw rows, and lets old roll-ups go';
revoke all on function ledger.keep_latencies(date) from public;

-- The writer calls it, the owner's rights drop the table.
create function ledger.drop_raw(which date) returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
	gone ledger.raw_dropped;
begin
	perform ledger.refuse_drop(which);
	select which, now(), count(*), min(r.seq), max(r.seq), array_agg(distinct r.lane)
	into gone
	from ledger.raw r
	where r.month = which;
	if gone.rows = 0 then
		return 0;
	end if;
	perform ledger.keep_latencies(which);
	execute format('drop table ledger.%I', to_char(which, '"raw_"YYYY_MM'));
	insert into ledger.raw_dropped values (gone.*);
	return gone.rows;
end
$$;
comment on function ledger.drop_raw(date) is
	'Drops the raw rows of a month that are sealed and past their age, and logs how many; refuses otherwise';
revoke all on function ledger.drop_raw(date) from public;
grant execute on function ledger.drop_raw(date) to vinga_writer;

grant select on side.latency_5min, side.latency_day to vinga_reader, vinga_report;
grant usage on schema side to vinga_report;

commit;
