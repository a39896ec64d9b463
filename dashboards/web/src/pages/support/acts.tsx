// What is done with a ticket: handing it to second line, and correcting what was said of it.
import { post, type Me } from '../../api';
import { may, useWorld } from '../../directory';
import { choice, t } from '../../i18n';
import { Dialog } from '../../parts/Dialog';
import { Area, Form, Input, Select, type Values } from '../../parts/Form';
import { instant, moment } from '../../time';
import { Decide } from '../finance/decide';
import { municipalityOptions, type Options } from './filters';
import type { Fact, Ticket, TicketWhole } from './tickets';

export function mayEscalate(me: Me, ticket: Ticket): boolean {
	return may(me, 'work') && ticket.open && (ticket.line === null || ticket.line < 2);
}

export function Escalate({ id, onDone }: { id: string; onDone: () => void }) {
	return <Dialog title={t('ticket.escalate_title', { id })} onClose={onDone}>
		<p>{t('ticket.escalate_text')}</p>
		<Form submit={t('ticket.escalate')} onCancel={onDone} send={async (values) => {
			const note = String(values.get('note')).trim();
			await post(`/tickets/${encodeURIComponent(id)}/escalate`, note ? { note } : {});
			onDone();
		}}>
			<Area name="note" label={t('ticket.note')} hint={t('no_names')} maxLength={2000} />
		</Form>
	</Dialog>;
}

const choices = (group: (word: string) => string, words: readonly string[]): Options => [['', t('ticket.unchanged')], ...words.map((word): [string, string] => [word, group(word)])];

/** What the form states: only what was chosen. */
function stated(values: Values): Record<string, unknown> {
	const body: Record<string, unknown> = {};
	for (const name of ['status', 'pending_reason', 'priority', 'type', 'service', 'municipality', 'cause_party', 'duplicate_of']) {
		const value = String(values.get(name) ?? '').trim();
		if (value) body[name] = value;
	}
	const line = Number(values.get('support_line')), voids = Number(values.get('voids')), from = instant(String(values.get('from')));
	if (line > 0) body.support_line = line;
	if (voids > 0) body.voids = voids;
	if (from !== null) body.occurred_ms = from;
	return body;
}

function factName(fact: Fact): string {
	return `${moment(Date.parse(fact.at))}, ${fact.actor || fact.source}: ${Object.keys(fact.fields).map((name) => choice('field', name)).join(', ')}`;
}

export function Correct({ of, onDone }: { of: TicketWhole; onDone: () => void }) {
	const { directory } = useWorld();
	return <Decide title={t('ticket.correct_title', { id: of.id })} submit={t('ticket.correct')} path={`/tickets/${encodeURIComponent(of.id)}/correct`} hint={t('no_names')} onDone={onDone} body={stated}>
		<p>{t('ticket.correct_text')}</p>
		<Select name="voids" label={t('ticket.voids')} options={[['', t('ticket.voids_none')], ...of.facts.filter((fact) => !fact.voided).map((fact): [string, string] => [String(fact.seq), factName(fact)])]} />
		<details><summary>{t('ticket.new_values')}</summary><div class="boxes">
			<Input name="from" label={t('ticket.from')} type="datetime-local" hint={t('ticket.from_hint')} />
			<Select name="status" label={t('tickets.status')} options={choices((word) => choice('status', word), directory.statuses)} />
			<Select name="pending_reason" label={t('field.pending_reason')} options={choices((word) => choice('reason', word), directory.pending_reasons)} />
			<Select name="support_line" label={t('tickets.line')} options={choices((word) => choice('support_line', word), ['1', '2', '3'])} />
			<Select name="priority" label={t('tickets.priority')} options={choices((word) => word, directory.priorities)} />
			<Select name="type" label={t('field.type')} options={choices((word) => choice('ticket_type', word), directory.ticket_types)} />
			<Select name="service" label={t('service')} options={[['', t('ticket.unchanged')], ...directory.services.map(({ id, name }): [string, string] => [id, name])]} />
			<Select name="municipality" label={t('municipality')} options={[['', t('ticket.unchanged')], ...municipalityOptions(directory.municipalities)]} />
			<Select name="cause_party" label={t('field.cause_party')} options={choices((word) => choice('party', word), directory.cause_parties)} />
			<Input name="duplicate_of" label={t('field.duplicate_of')} placeholder="V-12" maxLength={60} />
		</div></details>
	</Decide>;
}
