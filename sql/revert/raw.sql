-- Revert vinga:raw from pg
-- Destroys the raw rows in PostgreSQL.

begin;

set local role vinga_owner;

-- The writer calls it, the owner's rights make the table. Attaching (instead of "partition of") lets readers go on.
create or replace function ledger.make_partitions(first date, months_ahead integer) returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
	month date;
	name text;
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
		name := to_char(month, '"row_"YYYY_MM');
		continue when to_regclass('ledger.' || name) is not null;
		execute format('create table ledger.%I (like ledger.row including all)', name);
		execute format('alter table ledger.row attach partition ledger.%I for values from (%L) to (%L)',
			name, month, month + interval '1 month');
		execute format('create trigger append_only_truncate before truncate on ledger.%I'
			' for each statement execute function ledger.refuse_change()', name);
		execute format('alter table ledger.%I enable always trigger append_only_truncate', name);
		execute format('alter table ledger.%I enable always trigger append_only', name);
		execute format('comment on table ledger.%I is %L', name, 'ledger.row received in ' || to_char(month, 'YYYY-MM'));
		made := made + 1;
	end loop;
	return made;
end
$$;
comment on function ledger.make_partitions(date, integer) is
	'Makes the partition of a month and of those ahead of it unless they are there; returns how many it made';

drop function ledger.make_partition(text, date);
drop index ledger.row_sealed;
drop table ledger.raw, ledger.raw_dropped;

commit;
