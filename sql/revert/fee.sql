-- Revert vinga:fee from pg

begin;

set local role vinga_owner;

drop view report.comment, report.fee_revenue, report.fee_year, report.fee_line, report.fee_decision, report.fee_act,
	report.fee_objection, report.fee_statement;
drop policy scope_municipality on fee.act;
drop table fee.year, fee.line, fee.statement, fee.objection, fee.opening_ticket, fee.act, fee.decision, read.comment;
drop schema fee;
alter table read.ticket
	drop column service_window,
	drop column alarm,
	drop column major_incident;
alter table read.users drop column approver;
alter table read.quarantine drop column municipality;
comment on column read.ticket.outage is null;
comment on column read.users.users is null;

commit;
