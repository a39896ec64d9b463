-- The position is one row; the conditional update tells the one writer that may go on from all others.
begin;
select plan(8);

create function pg_temp.move(from_seq bigint, from_hash text, to_seq bigint) returns bigint
language plpgsql
as $$
declare
	moved bigint;
begin
	update ledger.position
	set instance = 'i1', seq = to_seq, hash = sha256(to_seq::text::bytea)
	where instance in ('', 'i1') and seq = from_seq and hash = decode(from_hash, 'hex');
	get diagnostics moved = row_count;
	return moved;
end
$$;

set local role vinga_writer;
select is((select seq from ledger.position), 0::bigint, 'a new ledger stands at 0');
select is(pg_temp.move(0, repeat('00', 32), 7), 1::bigint, 'the position moves where it matches');
select is(pg_temp.move(0, repeat('00', 32), 7), 0::bigint, 'the same batch does not move it twice');
select is(pg_temp.move(7, repeat('00', 32), 9), 0::bigint, 'another hash does not move it');
select is(pg_temp.move(7, encode(sha256('7'), 'hex'), 9), 1::bigint, 'the next batch does');
select throws_ok($$update ledger.position set read_seq = 10$$, '23514', null, 'the read model is never ahead of the ledger');
select throws_ok($$insert into ledger.position (seq) values (1)$$, '42501', null, 'there is no second position');
select throws_ok($$delete from ledger.position$$, '42501', null, 'the position cannot be deleted');

select * from finish();
rollback;
