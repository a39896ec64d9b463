-- Revert vinga:side from pg

begin;

drop schema side cascade;

commit;
