-- Revert vinga:read from pg

begin;

drop schema read cascade;

commit;
