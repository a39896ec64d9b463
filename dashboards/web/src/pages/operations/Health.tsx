// Vinga itself: what it hears, how old that is, what waits, and whether its own books are in order.
import { Problem, type Stamped } from '../../api';
import { may, useWorld } from '../../directory';
import { choice, t } from '../../i18n';
import { bytes, count } from '../../numbers';
import { Page } from '../../parts/Shell';
import { Empty, ProblemBox, Shown } from '../../parts/Shown';
import { At, StateMark } from '../../parts/small';
import { Table } from '../../parts/Table';
import { A, narrow, usePlace } from '../../router';
import type { State } from '../../state';
import { duration, monthName } from '../../time';
import { useGet } from '../../use';
import type { Agents } from './CellDetail';
import { ProbeTable } from './ProbeTable';

interface Source {
	name: string;
	kind: string;
	last: string | null;
	lag_s: number | null;
	errors: number;
	state: string;
	text: string;
}
interface Status extends Stamped {
	version: string;
	uptime_s: number;
	head: string;
	checkpoint_seq: number;
	loop_lag_ms: number;
	core_bytes: number;
	tickets: number;
	journal: { bytes: number; bytes_max: number; queued: number; full: boolean; failed: boolean; why: string; last_seq: number };
	sink: { status: string; text: string; ledger_seq: number; read_seq: number };
	http: { connections: number };
}
const STATE_OF: Record<string, State> = { ok: 'ok', late: 'degraded', silent: 'unknown' };

function Sources() {
	const sources = useGet<Stamped & { sources: Source[] }>('/sources', 'state', 'ticket', 'alarm');
	return <section class="box"><h2>{t('health.sources')}</h2><Shown of={sources} lines={5}>{(data) => data.sources.length === 0 ? <Empty>{t('health.no_sources')}</Empty>
		: <Table caption={t('health.sources')} hidden rows={data.sources} keyOf={(one) => `${one.kind}/${one.name}`} columns={[
			{ key: 'name', head: t('health.source'), header: true, by: (one) => one.name, cell: (one) => <>{one.name} <span class="muted">{choice('health.kind', one.kind)}</span></> },
			{ key: 'state', head: t('word.state'), by: (one) => one.state, cell: (one) => <StateMark state={STATE_OF[one.state] ?? 'unknown'}>{choice('health.state', one.state)}</StateMark> },
			{ key: 'last', head: t('health.last'), by: (one) => one.last, cell: (one) => <At at={one.last} none={t('health.never')} /> },
			{ key: 'lag', head: t('health.lag'), number: true, by: (one) => one.lag_s, cell: (one) => one.lag_s === null ? '–' : duration(one.lag_s) },
			{ key: 'errors', head: t('health.errors'), number: true, by: (one) => one.errors, cell: (one) => one.errors > 0 && one.kind === 'tickets' ? <A to="/karantan">{count(one.errors)}</A> : count(one.errors) },
			{ key: 'text', head: t('health.text'), cell: (one) => <span lang="sv">{one.text}</span> },
		]} />}</Shown></section>;
}

function Books({ status }: { status: Status }) {
	const { directory } = useWorld();
	const { journal, sink } = status;
	return <div class="boxes">
		<section class="box"><h2>{t('health.journal')}</h2>
			{(journal.full || journal.failed) && <p class="wrong" role="alert"><span aria-hidden="true">✕ </span>{journal.full ? t('health.journal_full') : t('health.journal_failed')} <span lang="en">{journal.why}</span></p>}
			<dl>
				<dt>{t('health.size')}</dt><dd>{t('health.of', { n: bytes(journal.bytes), most: bytes(journal.bytes_max) })}<meter aria-label={t('health.size')} min={0} max={journal.bytes_max} high={journal.bytes_max * 0.8} value={journal.bytes} /></dd>
				<dt>{t('health.rows')}</dt><dd>{count(journal.last_seq)}</dd>
				<dt>{t('health.queued')}</dt><dd>{count(journal.queued)}</dd>
				<dt>{t('health.checkpoint')}</dt><dd>{t('health.behind', { n: journal.last_seq - status.checkpoint_seq })}</dd>
				<dt>{t('health.head')}</dt><dd><code>{status.head.slice(0, 16)}…</code></dd>
			</dl></section>
		<section class="box"><h2>PostgreSQL</h2>
			<p><StateMark state={sink.status === 'current' ? 'ok' : sink.status === 'gap' || sink.status === 'refused' ? 'down' : 'degraded'}>{choice('health.sink', sink.status)}</StateMark> <span lang="en">{sink.text}</span></p>
			<dl>
				<dt>{t('health.ledger')}</dt><dd>{t('health.behind', { n: journal.last_seq - sink.ledger_seq })}</dd>
				<dt>{t('health.read')}</dt><dd>{t('health.behind', { n: journal.last_seq - sink.read_seq })}</dd>
			</dl></section>
		<section class="box"><h2>{t('health.daemon')}</h2>
			<dl>
				<dt>{t('health.version')}</dt><dd>{status.version}</dd>
				<dt>{t('health.uptime')}</dt><dd>{duration(status.uptime_s)}</dd>
				<dt>{t('health.memory')}</dt><dd>{bytes(status.core_bytes)}</dd>
				<dt>{t('health.loop')}</dt><dd>{status.loop_lag_ms} ms</dd>
				<dt>{t('health.connections')}</dt><dd>{count(status.http.connections)}</dd>
				<dt>{t('health.agreement')}</dt><dd>{directory.agreement ? `${directory.agreement.name} ${directory.agreement.version}` : t('health.no_agreement')}</dd>
				<dt>{t('health.report')}</dt><dd><LastReport /></dd>
			</dl></section>
	</div>;
}

function LastReport() {
	const reports = useGet<Stamped & { reports: { month: string }[] }>('/reports?limit=5000');
	const last = reports.data?.reports.map((one) => one.month).sort().pop();
	return last ? <A to={`/rapporter/${last}`}>{monthName(last)}</A> : <>{t('health.no_report')}</>;
}

function AgentsBox() {
	const agents = useGet<Agents>('/agents', 'state');
	return <section class="box"><h2>{t('health.agents')}</h2><Shown of={agents} lines={4}>{(data) => data.agents.length === 0 ? <Empty>{t('health.no_agents')}</Empty>
		: <>{data.agents.map((agent) => <details key={agent.source} open={agent.silent}>
			<summary><StateMark state={agent.silent ? 'unknown' : 'ok'}>{agent.silent ? t('health.silent') : t('health.heard')}</StateMark> <strong>{agent.source}</strong> <At at={agent.received} /> <span class="muted">{t('health.samples', { n: count(agent.samples) })}{agent.dropped > 0 ? `, ${t('health.dropped', { n: count(agent.dropped) })}` : ''}</span></summary>
			<ProbeTable probes={agent.probes} />
		</details>)}</>}</Shown></section>;
}

interface Noted {
	seq: number;
	at: string;
	what: string;
	who: string | null;
	by: string | null;
	about: string | null;
	count: number;
}

function Audit() {
	const cursor = usePlace().query.get('fore');
	const audit = useGet<Stamped & { accesses: Noted[]; next: string | number | null }>(`/audit?limit=50${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
	if (audit.problem && (audit.problem.status === 404 || audit.problem.status === 403)) return null;
	return <section class="box"><h2>{t('health.audit')}</h2><Shown of={audit}>{(data) => data.accesses.length === 0 ? <Empty>{t('health.no_audit')}</Empty> : <>
		<Table caption={t('health.audit')} hidden rows={data.accesses} keyOf={(one) => String(one.seq)} columns={[
			{ key: 'at', head: t('word.when'), header: true, cell: (one) => <At at={one.at} /> },
			{ key: 'who', head: t('health.who'), cell: (one) => one.who ?? '–' },
			{ key: 'what', head: t('outages.what'), cell: (one) => <>{choice('audit', one.what)}{one.count > 1 && ` × ${one.count}`} {one.about}</> },
			{ key: 'by', head: t('health.by'), cell: (one) => choice('audit_by', one.by) },
		]} />
		<p class="buttons">
			{cursor && <button type="button" onClick={() => narrow({ fore: '' })}>{t('list.first')}</button>}
			{data.next !== null && <button type="button" onClick={() => narrow({ fore: String(data.next) })}>{t('list.next')}</button>}
		</p></>}</Shown></section>;
}

export function Health() {
	const { me } = useWorld();
	const status = useGet<Status>(me.municipality === null ? '/status' : null, 'state', 'ticket');
	if (me.municipality !== null) return <Page title={t('health.title')}><ProblemBox problem={new Problem(403, '', '')} /></Page>;
	return <Page title={t('health.title')} wide>
		<Sources />
		<AgentsBox />
		<Shown of={status} lines={6}>{(data) => <Books status={data} />}</Shown>
		{may(me, 'audit') && <Audit />}
	</Page>;
}
