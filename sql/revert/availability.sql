-- Revert vinga:availability from pg

begin;

set local role vinga_owner;

drop view report.availability, report.outage, report.outage_record, report.service_window, report.signal, report.agent;
drop table read.agent, read.probe_day, read.run, read.outage, read.service_window, read.signal, read.availability,
	read.state, read.outage_seen, read.agreed_time;
alter table read.notification drop column signal_id;
alter table read.agreement
	drop column slot_ms,
	drop column confirm_slots,
	drop column join_gap_s,
	drop column degraded_ppm,
	drop column coverage_ppm,
	drop column window_notice_days,
	drop column unknown_policy,
	drop column external_policy;

commit;
