-- Revert vinga:report from pg

begin;

drop schema report cascade;

commit;
