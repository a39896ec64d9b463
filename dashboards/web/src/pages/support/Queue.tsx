// The queue: open tickets, least time left first. Enter opens a ticket beside the list; arrows walk from row to row; "/" goes to the
// search. What crosses half an hour or its limit is said once.
import { useEffect, useRef, useState } from 'preact/hooks';
import { may, municipalityName, serviceName, useWorld } from '../../directory';
import { choice, t } from '../../i18n';
import { count } from '../../numbers';
import { Dialog } from '../../parts/Dialog';
import { announce, Page } from '../../parts/Shell';
import { Empty, Shown } from '../../parts/Shown';
import { At } from '../../parts/small';
import { Table, type Column } from '../../parts/Table';
import { A, address, go, here, narrow } from '../../router';
import { now } from '../../time';
import { useGet } from '../../use';
import { Escalate, mayEscalate } from './acts';
import { Pager, Pick, PickMunicipality, PickService, question, Search, useKept } from './filters';
import { Left } from './Left';
import { TicketDetail } from './TicketDetail';
import { crossed, secondsLeft, standing, type Standing, type Ticket, type TicketPage } from './tickets';

const AGAIN_MS = 60_000; // closed hours begin and end without an event
const SLASH = 'vinga.slash';

function path(): string {
	const { query } = here();
	const all = query.get('alla') === '1';
	return question('/tickets', {
		...(all ? {} : { sort: 'left', open: 'true', line: query.get('linje'), priority: query.get('prio'), service: query.get('tjanst'), q: query.get('q') }),
		municipality: query.get('kommun'), over: query.get('over') === '1' ? 'true' : '', cursor: query.get('fran'), limit: '100',
	});
}

/** Opens beside the list; with a key held, or on a small screen, as a page of its own. */
function Open({ id }: { id: string }) {
	const to = `/arenden/${id}`;
	const onClick = (event: MouseEvent) => {
		if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
		event.preventDefault();
		matchMedia('(max-width: 40rem)').matches ? go(to) : narrow({ visa: id });
	};
	return <a href={address(to)} data-row onClick={onClick}>{id}</a>;
}

function walk(event: KeyboardEvent): void {
	const rows = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('[data-row]')];
	const at = rows.indexOf(event.target as HTMLElement);
	const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
	if (at < 0 || next === undefined) return;
	event.preventDefault();
	rows[Math.min(Math.max(next, 0), rows.length - 1)]?.focus();
}

function Escalation({ of }: { of: Ticket }) {
	if (!of.escalation) return <span class="muted">–</span>;
	const { duty, at, state } = of.escalation;
	return <>{state === 'pending' ? `${t('tickets.next_call')}: ` : ''}{duty} <At at={at} /></>;
}

function useColumns(asof: string, onEscalate: (id: string) => void): Column<Ticket>[] {
	const { me, directory } = useWorld();
	return [
		{ key: 'kvar', head: t('tickets.left'), cell: (ticket) => <Left of={ticket} asof={asof} />, by: (ticket) => ticket.resolution.remaining_s },
		{ key: 'id', head: t('tickets.ticket'), header: true, cell: (ticket) => <Open id={ticket.id} />, by: (ticket) => ticket.id },
		{ key: 'prio', head: t('tickets.priority'), cell: (ticket) => ticket.priority || '–', by: (ticket) => ticket.priority },
		...(me.municipality === null ? [{ key: 'kommun', head: t('municipality'), cell: (ticket: Ticket) => municipalityName(directory, ticket.municipality),
			by: (ticket: Ticket) => municipalityName(directory, ticket.municipality) }] : []),
		{ key: 'rubrik', head: t('tickets.about'), cell: (ticket) => <>{ticket.title && <span lang="sv">{ticket.title}<br /></span>}
			<span class="muted">{serviceName(directory, ticket.service)}</span></> },
		{ key: 'status', head: t('tickets.status'), cell: (ticket) => <>{choice('status', ticket.status)}{ticket.open && ticket.assigned && <><br /><span class="muted">{t('tickets.assigned')}</span></>}</>, by: (ticket) => ticket.status },
		{ key: 'linje', head: t('tickets.line'), cell: (ticket) => choice('support_line', String(ticket.line ?? '')), by: (ticket) => ticket.line },
		{ key: 'eskalering', head: t('tickets.escalation'), cell: (ticket) => mayEscalate(me, ticket)
			? <button type="button" onClick={() => onEscalate(ticket.id)}>{t('ticket.escalate')}<span class="unseen"> {ticket.id}</span></button>
			: <Escalation of={ticket} /> },
	];
}

/** Says what has crossed half an hour or its limit, between answers too. */
function useCrossings(page: TicketPage | null): void {
	const before = useRef<Map<string, Standing>>(new Map());
	useEffect(() => {
		if (!page) return;
		const look = () => {
			const after = new Map(page.tickets.map(({ id, resolution }) => [id, standing(resolution, secondsLeft(resolution, Date.parse(page.asof), now()))]));
			for (const { id, standing: how } of crossed(before.current, after)) announce(how === 'over' ? t('tickets.crossed_over', { id }) : t('tickets.crossed_soon', { id }));
			before.current = after;
		};
		look();
		const timer = setInterval(look, 1_000);
		return () => clearInterval(timer);
	}, [page]);
}

/** "/" goes to the search, unless somebody writes, or has switched it off. */
function Slash() {
	const [on, set] = useState(localStorage.getItem(SLASH) !== 'off');
	useEffect(() => {
		if (!on) return;
		const onKey = (event: KeyboardEvent) => {
			if (event.key !== '/' || (event.target as HTMLElement).closest('input, select, textarea, dialog')) return;
			event.preventDefault();
			document.querySelector<HTMLElement>('input[name=q]')?.focus();
		};
		addEventListener('keydown', onKey);
		return () => removeEventListener('keydown', onKey);
	}, [on]);
	return <label class="tick"><input type="checkbox" checked={on} onInput={() => {
		localStorage.setItem(SLASH, on ? 'off' : 'on');
		set(!on);
	}} /> {t('tickets.slash')}</label>;
}

function Filters() {
	const { directory } = useWorld();
	const { query } = here();
	const all = query.get('alla') === '1';
	const tick = (name: string, text: string) => <label class="tick"><input type="checkbox" checked={query.get(name) === '1'}
		onInput={(event) => narrow({ [name]: event.currentTarget.checked ? '1' : '', fran: '' })} /> {text}</label>;
	return <div class="filters" role="search">
		{!all && <Search name="q" label={t('tickets.search')} />}
		{!all && <Pick name="linje" label={t('tickets.line')} options={[['', t('tickets.any_line')], ['1', choice('support_line', '1')], ['2', choice('support_line', '2')], ['3', choice('support_line', '3')]]} />}
		<PickMunicipality />
		{!all && <Pick name="prio" label={t('tickets.priority')} options={[['', t('filter.all')], ...directory.priorities.map((name): [string, string] => [name, name])]} />}
		{!all && <PickService />}
		<div class="ticks">{tick('over', t('tickets.only_over'))}{tick('alla', t('tickets.closed_too'))}{!all && <Slash />}</div>
	</div>;
}

function Summary({ page }: { page: TicketPage }) {
	if (!page.counts) return null;
	const { open, over, soon } = page.counts;
	return <p class="summary"><A to="/arenden">{t('tickets.open', { n: count(open) })}</A> · <A to="/arenden?over=1">{t('tickets.over', { n: count(over) })}</A> · {t('tickets.soon', { n: count(soon) })}
		{page.cut && <> · <strong>{t('tickets.cut')}</strong></>}</p>;
}

function Nothing() {
	const { directory } = useWorld();
	const { query } = here();
	const code = query.get('kommun');
	const narrowed = ['linje', 'prio', 'tjanst', 'q', 'over', 'fran'].some((name) => query.has(name));
	return <Empty>{narrowed ? <>{t('tickets.none_fits')} <A to="/arenden">{t('filter.reset')}</A></>
		: <>{code ? t('tickets.none_of', { name: municipalityName(directory, code) }) : t('tickets.none')} <A to="/arenden?alla=1">{t('tickets.see_closed')}</A></>}</Empty>;
}

function Imports() {
	const { me } = useWorld();
	const sources = useGet<{ sources: { name: string; kind: string; last: string | null; state: string }[]; asof: string; seq: number }>(me.municipality === null ? '/sources' : null, 'ticket');
	const late = sources.data?.sources.filter(({ kind, state }) => kind === 'tickets' && state !== 'ok') ?? [];
	return <>{late.map(({ name, last }) => <p class="box note" key={name}>{t('tickets.late', { name })} <At at={last} /></p>)}</>;
}

export function Queue() {
	const { me } = useWorld();
	const asked = useKept(useGet<TicketPage>(path(), 'ticket'));
	const [escalating, escalate] = useState<string | null>(null);
	const columns = useColumns(asked.data?.asof ?? '', escalate);
	const shown = here().query.get('visa');
	useCrossings(asked.data);
	useEffect(() => {
		const timer = setInterval(asked.again, AGAIN_MS);
		return () => clearInterval(timer);
	}, [asked.again]);
	return <Page title={t('tickets.title')} wide aside={may(me, 'work') && may(me, 'ingest') && <A to="/arenden/ny" class="button primary">{t('tickets.new')}</A>}>
		<Imports />
		<Filters />
		<Shown of={asked} lines={10}>{(page) => <>
			<Summary page={page} />
			{page.tickets.length === 0 ? <Nothing /> : <div class="queue" onKeyDown={walk}>
				<Table caption={t('tickets.caption')} hidden columns={columns} rows={page.tickets} keyOf={(ticket) => ticket.id}
					rowClass={(ticket) => standing(ticket.resolution, ticket.resolution.remaining_s)} />
			</div>}
			<Pager next={page.next} />
		</>}</Shown>
		{shown && <Dialog key={shown} side title={shown} onClose={() => narrow({ visa: '' })}>
			<p><A to={`/arenden/${encodeURIComponent(shown)}`}>{t('ticket.own_page')}</A></p>
			<TicketDetail id={shown} />
		</Dialog>}
		{escalating && <Escalate id={escalating} onDone={() => escalate(null)} />}
	</Page>;
}
