-- Revert vinga:ledger from pg
-- Destroys the evidence in PostgreSQL; only a superuser gets this far.

begin;

drop schema ledger cascade;

commit;
