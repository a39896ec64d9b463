-- Deploy vinga:disturbance to pg
-- Disturbance information as it was told, and feedback on the public pages. What a person wrote stands in side.title alone.
-- The daemon must be stopped; it fills the read model again from its beginning when it starts.

begin;

set local role vinga_owner;

create table read.disturbance (
	disturbance_id bigint primary key,
	changed_seq bigint not null,
	state text not null,
	kind text not null,
	services text[] not null,
	municipalities text[] not null,
	title text not null,
	text text not null,
	advice text,
	title_en text,
	text_en text,
	advice_en text,
	started_at timestamptz not null,
	next_update_at timestamptz,
	ended_at timestamptz,
	outage_id bigint,
	author text not null,
	created_at timestamptz not null,
	published_at timestamptz,
	updated_at timestamptz,
	closed_at timestamptz,
	messages integer not null
);
create index on read.disturbance (state, started_at);
comment on table read.disturbance is 'Disturbance information; S-<disturbance_id>. Texts as last published, or as drafted';
comment on column read.disturbance.municipalities is 'whom it concerns; empty = all';
comment on column read.disturbance.published_at is 'null with closed = a draft that was dropped';

create table read.disturbance_message (
	seq bigint primary key,
	changed_seq bigint not null,
	disturbance_id bigint not null,
	n integer not null,
	at timestamptz not null,
	services text[] not null,
	municipalities text[] not null,
	title text not null,
	text text not null,
	advice text,
	title_en text,
	text_en text,
	advice_en text,
	next_update_at timestamptz,
	closing boolean not null,
	author text not null
);
create unique index on read.disturbance_message (disturbance_id, n);
comment on table read.disturbance_message is 'Every message as it was told, and to whom; none is ever changed';
comment on column read.disturbance_message.next_update_at is 'when more was promised';

create table read.feedback (
	feedback_id bigint primary key,
	changed_seq bigint not null,
	text_digest text,
	contact boolean not null,
	received_at timestamptz not null,
	answered_at timestamptz,
	answer text,
	answered_by text
);
comment on table read.feedback is 'What came in on the accessibility of the public pages; T-<feedback_id>. The words stand in side.title';
comment on column read.feedback.contact is 'the writer said how they can be reached';

do $$
declare
	behind text;
begin
	foreach behind in array array['disturbance', 'disturbance_message', 'feedback']
	loop
		execute format('alter table read.%I enable row level security', behind);
		execute format('alter table read.%I force row level security', behind);
		execute format('grant select, insert, update, delete on read.%I to vinga_writer', behind);
		execute format('create policy writer on read.%I to vinga_writer using (true) with check (true)', behind);
		execute format('grant select on read.%I to vinga_reader', behind);
		execute format('create policy scope_all on read.%I for select using ((select access.sees_all()))', behind);
	end loop;
end
$$;
-- A municipality sees what was published and concerns it, and no draft.
create policy scope_municipality on read.disturbance for select
	using (published_at is not null and exists (select from access.my_municipality m
		where municipalities = '{}' or m.municipality = any (municipalities)));
create policy scope_municipality on read.disturbance_message for select
	using (exists (select from access.my_municipality m where municipalities = '{}' or m.municipality = any (municipalities)));
grant select on read.disturbance, read.disturbance_message to vinga_report, vinga_municipality;
grant select on read.feedback to vinga_report;

create view report.disturbance with (security_invoker) as
select
	'S-' || disturbance_id as disturbance,
	state,
	kind,
	services,
	municipalities,
	title,
	started_at,
	next_update_at,
	ended_at,
	'O-' || outage_id as outage,
	author,
	published_at,
	updated_at,
	closed_at,
	messages
from read.disturbance
where published_at is not null;
comment on view report.disturbance is 'Störningsinformation som har publicerats. Tomma kommuner eller tjänster = alla.';

create view report.disturbance_message with (security_invoker) as
select
	'S-' || disturbance_id as disturbance,
	n + 1 as no,
	at,
	services,
	municipalities,
	title,
	text,
	advice,
	next_update_at,
	closing,
	author,
	seq
from read.disturbance_message;
comment on view report.disturbance_message is 'Varje meddelande om en störning: vad som sades, till vilka och när';
comment on column report.disturbance_message.next_update_at is 'då nästa besked lovades';

create view report.feedback with (security_invoker) as
select
	'T-' || feedback_id as feedback,
	received_at,
	answered_at
from read.feedback;
comment on view report.feedback is 'Synpunkter på tillgänglighet: vad som kom in och när det besvarades, utan texter';

grant select on report.disturbance, report.disturbance_message to vinga_reader, vinga_report, vinga_municipality;
grant select on report.feedback to vinga_reader, vinga_report;

update ledger.position set read_seq = 0;

commit;
