-- Revert vinga:alarms from pg
-- Destroys the raw rows of alarms in PostgreSQL.

begin;

set local role vinga_owner;

drop view report.alarm, report.alarm_history, report.alarm_effect, report.alarm_source, report.proposal;
drop table read.alarm_change, read.alarm, read.alarm_source, read.resource, read.proposal;
alter table read.agreement
	drop column alarm_transient_ms,
	drop column major_municipalities,
	drop column major_window_ms,
	drop column alarm_tickets;

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
		made := made + ledger.make_partition('row', month)::integer + ledger.make_partition('raw', month)::integer;
	end loop;
	return made;
end
$$;
drop table ledger.alarm;

commit;
