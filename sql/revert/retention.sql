-- Revert vinga:retention from pg

begin;

set local role vinga_owner;

drop function ledger.drop_raw(date);
drop function ledger.keep_latencies(date);
drop function ledger.refuse_drop(date);
drop policy owner on read.probe_day;
drop table side.latency_5min, side.latency_day;
revoke usage on schema side from vinga_report;

commit;
