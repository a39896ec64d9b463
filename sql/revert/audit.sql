-- Revert vinga:audit from pg

begin;

set local role vinga_owner;

drop view access.noted;
drop index ledger.row_access;

commit;
