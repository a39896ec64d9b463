-- Revert vinga:dashboards from pg

begin;

set local role vinga_owner;

drop view report.state, report.outage_day, report.ticket_day;

commit;
