-- Revert vinga:disturbance from pg

begin;

set local role vinga_owner;

drop view report.feedback, report.disturbance_message, report.disturbance;
drop table read.feedback, read.disturbance_message, read.disturbance;

commit;
