-- Deploy vinga:audit to pg
-- Who came in, and who took out what: rows access.noted of the ledger, as a view. 24 months of it (semantics 7.4); the ledger
-- keeps the rows, since its chain has no holes.

begin;

set local role vinga_owner;

create index row_access on ledger.row (month, seq) where kind = 'access.noted';

create view access.noted with (security_invoker) as
select
	n.seq,
	to_timestamp(n.occurred_ms / 1000.0) as at,
	n.body ->> 'what' as what,
	n.body ->> 'who' as who,
	n.body ->> 'by' as by,
	n.body ->> 'about' as about,
	(n.body ->> 'count')::bigint as count
from (
	select r.seq, r.occurred_ms, r.bytes::jsonb -> 'body' as body
	from ledger.row r
	where r.kind = 'access.noted' and r.month >= (now() - interval '24 months')::date
) n;
comment on view access.noted is 'Who came in, and who took out what; 24 months';
comment on column access.noted.what is 'signed_in, signed_out, refused, expired, exported';
comment on column access.noted.who is 'name of a person or principal; null = none that is known';
comment on column access.noted.by is 'how it is known: session, proxy, token, socket';
comment on column access.noted.about is 'a file, or a reason';
comment on column access.noted.count is 'alike ones in this row: refusals of a name are gathered for a minute';

grant select on access.noted to vinga_reader;

commit;
