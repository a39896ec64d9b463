// One ticket whole: its clocks and why they say so, who was called, what it belongs to, and everything that was said of it.
import { useState } from 'preact/hooks';
import { post, type Stamped } from '../../api';
import { may, municipalityName, serviceName, useWorld, type Directory } from '../../directory';
import { choice, t } from '../../i18n';
import { kronor } from '../../numbers';
import { Act } from '../../parts/Form';
import { Shown } from '../../parts/Shown';
import { At, Span } from '../../parts/small';
import { Table } from '../../parts/Table';
import { A, here } from '../../router';
import { duration, monthOf } from '../../time';
import { useGet } from '../../use';
import { Correct, Escalate, mayEscalate } from './acts';
import { Band } from './Band';
import { Left } from './Left';
import { reasonKey, type Fact, type Notification, type Segment, type TicketWhole } from './tickets';

interface Explained extends Stamped {
	segments: Segment[];
}

const PLACES: Record<string, string> = { V: '/arenden', O: '/avbrott', A: '/larm' };
const LINKS = ['outage', 'alarm', 'window', 'major_incident', 'problem', 'parent', 'duplicate_of', 'split_from', 'reopen_of'] as const;

/** "V-12", "O-7", "A-5" lead to what they name. */
export function Thing({ id }: { id: string }) {
	const place = PLACES[id.slice(0, id.indexOf('-'))];
	if (/^W-/.test(id)) return <A to={`/servicefonster?visa=${id}`}>{id}</A>;
	return place && /^[VOA]-\d+$/.test(id) ? <A to={`${place}/${id}`}>{id}</A> : <>{id}</>;
}

function valueText(directory: Directory, name: string, value: string): string {
	switch (name) {
	case 'status': return choice('status', value);
	case 'pending_reason': return choice('reason', value);
	case 'type': return choice('ticket_type', value);
	case 'channel': return choice('ticket_channel', value);
	case 'requester_class': return choice('requester', value);
	case 'cause_party': return choice('party', value);
	case 'support_line': return choice('support_line', value);
	case 'municipality': return municipalityName(directory, value);
	case 'service': return serviceName(directory, value);
	default: return value;
	}
}

function Value({ name, value }: { name: string; value: Fact['fields'][string] }) {
	const { directory } = useWorld();
	if (value === null || value === '') return <>–</>;
	if (typeof value === 'boolean') return <>{value ? t('yes') : t('no')}</>;
	if (name.endsWith('_ms')) return <At at={String(value)} />;
	const text = String(value);
	return /^[VOAW]-\d/.test(text) ? <Thing id={text} /> : <>{valueText(directory, name, text)}</>;
}

function Acts({ of, again }: { of: TicketWhole; again: () => void }) {
	const { me } = useWorld();
	const [open, set] = useState<'' | 'escalate' | 'correct'>(here().query.get('gor') === 'eskalera' ? 'escalate' : '');
	const done = () => {
		set('');
		again();
	};
	const escalates = mayEscalate(me, of);
	return <>
		<p class="buttons">
			{escalates && <button type="button" class="primary" onClick={() => set('escalate')}>{t('ticket.escalate')}</button>}
			{may(me, 'work') && of.open && of.acknowledged === null && of.line !== null && of.line >= 2 && me.municipality === null
				&& <Act label={t('ticket.take')} act={async () => { await post(`/tickets/${of.id}/acknowledge`); again(); }} />}
			{may(me, 'correct') && <button type="button" onClick={() => set('correct')}>{t('ticket.correct')}</button>}
		</p>
		{open === 'escalate' && escalates && <Escalate id={of.id} onDone={done} />}
		{open === 'correct' && <Correct of={of} onDone={done} />}
	</>;
}

function Head({ of }: { of: TicketWhole }) {
	const { directory } = useWorld();
	return <>
		{of.title && <p class="lead" lang="sv">{of.title}</p>}
		<p class="counting"><Left of={of} asof={of.asof} /></p>
		<dl>
			<dt>{t('tickets.status')}</dt><dd>{of.status === 'pending' && of.pending_reason !== 'none' ? choice('reason', of.pending_reason) : choice('status', of.status)}</dd>
			<dt>{t('tickets.priority')}</dt><dd>{of.priority || '–'}</dd>
			<dt>{t('municipality')}</dt><dd>{of.municipality ? <A to={`/kommun/${of.municipality}`}>{municipalityName(directory, of.municipality)}</A> : '–'}</dd>
			<dt>{t('service')}</dt><dd>{serviceName(directory, of.service)}</dd>
			<dt>{t('tickets.line')}</dt><dd>{choice('support_line', String(of.line ?? ''))}</dd>
			<dt>{t('field.received_at_ms')}</dt><dd><At at={of.received_at ?? of.created} /></dd>
			<dt>{t('ticket.taken')}</dt><dd><At at={of.acknowledged} none={t('ticket.not_taken')} /></dd>
			{of.resolved && <><dt>{t('ticket.resolved')}</dt><dd><At at={of.resolved} /></dd></>}
			<dt>{t('ticket.refs')}</dt><dd>{of.refs.map(({ source, ref }) => `${ref} (${source})`).join(', ') || '–'}</dd>
			{of.agreement && <><dt>{t('ticket.agreement')}</dt><dd>{of.agreement} {of.agreement_version}</dd></>}
			{of.faults.length > 0 && <><dt>{t('ticket.faults')}</dt><dd>{of.faults.map(({ name }) => choice('fault', name)).join(', ')}</dd></>}
		</dl>
	</>;
}

function Explanation({ segments }: { segments: readonly Segment[] }) {
	const counted = segments.reduce((sum, { counted_s }) => sum + counted_s, 0);
	return <details open><summary>{t('ticket.explanation', { n: segments.length })}</summary>
		<Table caption={t('ticket.explanation', { n: segments.length })} hidden rows={segments} keyOf={({ from, fact_seq }) => `${from}${fact_seq}`} columns={[
			{ key: 'tid', head: t('ticket.when'), header: true, cell: ({ from, to }) => <Span from={from} to={to} /> },
			{ key: 'why', head: t('ticket.why'), cell: ({ why }) => choice('why', reasonKey(why)) },
			{ key: 'line', head: t('tickets.line'), cell: ({ line }) => choice('support_line', String(line ?? '')) },
			{ key: 'prio', head: t('tickets.priority'), cell: ({ priority, calendar }) => `${priority || '–'}, ${choice('calendar', calendar)}` },
			{ key: 'counted', head: t('ticket.counted'), number: true, cell: ({ counted_s }) => counted_s > 0 ? duration(counted_s) : t('ticket.not_counted') },
		]} />
		<p>{t('ticket.sum')} <strong class="figure">{duration(counted)}</strong></p>
	</details>;
}

function Calls({ calls }: { calls: readonly Notification[] }) {
	if (calls.length === 0) return <p class="muted">{t('ticket.no_calls')}</p>;
	return <Table caption={t('ticket.calls')} hidden rows={calls} keyOf={({ id }) => String(id)} columns={[
		{ key: 'duty', head: t('ticket.duty'), header: true, cell: ({ duty, channel }) => `${duty} (${choice('call_channel', channel)})` },
		{ key: 'made', head: t('ticket.called'), cell: ({ made }) => <At at={made} /> },
		{ key: 'state', head: t('tickets.status'), cell: ({ state, repeats }) => <>{choice('delivery', state)}{repeats > 0 && `, ${t('ticket.repeats', { n: repeats })}`}</> },
		{ key: 'next', head: t('tickets.next_call'), cell: ({ next }) => <At at={next} /> },
	]} />;
}

function Links({ of }: { of: TicketWhole }) {
	const links = LINKS.filter((name) => of.fields[name]);
	if (links.length === 0) return <p class="muted">{t('ticket.no_links')}</p>;
	return <dl>{links.map((name) => <><dt>{choice('field', name)}</dt><dd><Thing id={String(of.fields[name])} /></dd></>)}</dl>;
}

function Facts({ facts }: { facts: readonly Fact[] }) {
	return <ol class="facts-list">{[...facts].reverse().map((fact) => <li key={fact.seq} class={fact.voided ? 'voided' : ''}>
		<p><At at={fact.at} /> · {fact.actor || fact.source} <span class="muted">{t('ticket.row', { seq: fact.seq })}</span>{fact.voided && <strong> {t('ticket.voided')}</strong>}</p>
		<p>{Object.entries(fact.fields).map(([name, value], i) => <span key={name}>{i > 0 && ' · '}<span class="muted">{choice('field', name)}:</span> {fact.voided ? <del><Value name={name} value={value} /></del> : <Value name={name} value={value} />}</span>)}</p>
	</li>)}</ol>;
}

interface FeeLine {
	ticket: string;
	kind: string;
	reason: string;
	amount_ore: number;
	disputed: boolean;
}

/** Asked for when it is opened: a statement can be long. */
function Fee({ of, resolved, municipality }: { of: TicketWhole; resolved: string; municipality: string }) {
	const [open, set] = useState(false);
	const month = monthOf(Date.parse(resolved));
	const statement = useGet<{ lines: FeeLine[] } & Stamped>(open ? `/statements/${month}/${municipality}` : null);
	return <details onToggle={(event) => set((event.currentTarget as HTMLDetailsElement).open)}><summary>{t('ticket.fee')}</summary>
		{open && <Shown of={statement} lines={1}>{({ lines }) => {
			const line = lines.find(({ ticket }) => ticket === of.id);
			return <p>{line ? <>{line.kind === 'counted' ? t('ticket.fee_counted', { sum: kronor(line.amount_ore) }) : t('ticket.fee_not_counted')}{line.disputed && `, ${t('ticket.fee_disputed')}`}. </> : `${t('ticket.fee_none')} `}
				<A to={`/avgifter/${month}/${municipality}`}>{t('ticket.fee_statement')}</A></p>;
		}}</Shown>}
	</details>;
}

export function TicketDetail({ id }: { id: string }) {
	const ticket = useGet<TicketWhole>(`/tickets/${encodeURIComponent(id)}`, 'ticket');
	const explained = useGet<Explained>(`/tickets/${encodeURIComponent(id)}/explain`, 'ticket');
	const again = () => {
		ticket.again();
		explained.again();
	};
	return <Shown of={ticket} lines={12}>{(of) => <div class="ticket">
		<Head of={of} />
		<Acts of={of} again={again} />
		<h2>{t('ticket.clocks')}</h2>
		<Shown of={explained} lines={3}>{({ segments }) => <><Band ticket={of} segments={segments} /><Explanation segments={segments} /></>}</Shown>
		<h2>{t('ticket.calls')}</h2>
		<Calls calls={of.notifications} />
		<h2>{t('ticket.links')}</h2>
		<Links of={of} />
		<h2>{t('ticket.history')}</h2>
		<Facts facts={of.facts} />
		{of.resolved && of.municipality && <Fee of={of} resolved={of.resolved} municipality={of.municipality} />}
	</div>}</Shown>;
}
