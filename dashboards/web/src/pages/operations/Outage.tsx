// One outage as persons have judged it: what was measured under it, whether it counts and why, who decided. Who may correct does it
// here, tells those who are hit, and sees whom to call.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { post } from '../../api';
import { Strip, type Stretch } from '../../charts/Chart';
import { may, municipalityName, serviceName, useWorld } from '../../directory';
import { choice, t } from '../../i18n';
import { Act, Area, Form } from '../../parts/Form';
import { Page } from '../../parts/Shell';
import { Shown } from '../../parts/Shown';
import { At, Since, Span } from '../../parts/small';
import { Table } from '../../parts/Table';
import { A } from '../../router';
import { GLYPH, type State } from '../../state';
import { duration, now } from '../../time';
import { useGet } from '../../use';
import type { OutageDetail } from './answers';
import { Contacts } from './Contacts';
import { Night } from './NewOutage';
import { OutageForm } from './OutageForm';
import { where } from './Outages';
import { sampleState } from './ProbeTable';
import { Published, PublishForm } from './Publish';
import { ofWindows, spoken } from './stretches';

const ROWS_MAX = 12;
const MARGIN_MS = 300_000;

function stateOf(outage: OutageDetail): State {
	if (outage.effect === 'refute') return 'unknown';
	return outage.effect === 'degraded' || (outage.effect === 'cause' && outage.seen.length === 0) ? 'degraded' : 'down';
}

function Saying({ outage }: { outage: OutageDetail }) {
	const { directory } = useWorld();
	const state = stateOf(outage);
	const over = outage.seen.length > 0 && !outage.seen.some((one) => one.running);
	const end = outage.to ?? (over ? outage.seen.map((one) => one.to).sort().pop() ?? null : null);
	return <section class={`headline fillbox ${outage.withdrawn ? 'ok' : state}`}>
		<p class="saying">{outage.withdrawn ? t('outage.withdrawn') : outage.effect === 'refute' ? choice('judge', outage.effect) : <>{GLYPH[state]} {t(`state.${state}`)}</>}: {serviceName(directory, outage.service)}</p>
		<p>{where(directory, outage.municipalities)} · <Span from={outage.from} to={end} /> · {end ? duration((Date.parse(end) - Date.parse(outage.from)) / 1000) : <Since at={outage.from} />}</p>
	</section>;
}

/** Whether it counts, and who says so. */
function Counted({ outage }: { outage: OutageDetail }) {
	return <>
		<p><strong>{outage.counted_s > 0 ? `✓ ${t('outage.counted', { long: duration(outage.counted_s) })}` : `– ${t('outage.not_counted')}`}</strong><br />{choice('outage_why', outage.why)}</p>
		<dl>
			<dt>{t('outages.what')}</dt><dd>{choice('effect', outage.effect)}{outage.channel && `, ${outage.channel}`}</dd>
			<dt>{t('word.cause')}</dt><dd>{choice('party', outage.cause)}</dd>
			<dt>{t('reason')}</dt><dd lang="sv">{outage.reason}</dd>
			<dt>{t('outage.decided_by')}</dt><dd>{outage.author}</dd>
			<dt>{t('outage.approved')}</dt><dd>{outage.waits ? `◔ ${t('outage.waits')}` : outage.approved_by || '–'}</dd>
		</dl>
	</>;
}

function stretchOf(from: number, to: number, state: State, id: string): Stretch {
	return { from, to, state, id, ...(state === 'ok' ? {} : { label: duration((to - from) / 1000) }), text: spoken(from, to, t(`state.${state}`).toLowerCase()) };
}

/** What was measured, for whom, and under that what each probe said meanwhile. */
function TimelineBox({ outage }: { outage: OutageDetail }) {
	const { directory } = useWorld();
	const from = Math.min(Date.parse(outage.from), ...outage.seen.map((one) => Date.parse(one.from))), until = outage.to ? Math.min(Date.parse(outage.to), now()) : now();
	const margin = Math.max((until - from) / 10, MARGIN_MS);
	const codes = [...new Set(outage.seen.map((one) => one.municipality))].slice(0, ROWS_MAX);
	const probes = [...new Set(outage.probes.map((run) => `${run.source}/${run.probe}`))].slice(0, ROWS_MAX);
	const rows = [
		...codes.map((code) => ({ name: municipalityName(directory, code), stretches: [...ofWindows(outage.windows, outage.service, code),
			...outage.seen.filter((one) => one.municipality === code).map((one) => stretchOf(Date.parse(one.from), Date.parse(one.to), 'down', one.from))] })),
		...probes.map((name) => ({ name, stretches: outage.probes.filter((run) => `${run.source}/${run.probe}` === name).map((run) => stretchOf(Date.parse(run.first), Date.parse(run.last), sampleState(run.state), run.first)) })),
	];
	return <section class="box"><h2>{t('outage.measured')}</h2>
		{rows.length === 0 && <p class="empty">{t('outage.measured_none')}</p>}
		{rows.map((row) => <div class="strip-row" key={row.name}><h3>{row.name}</h3><Strip quiet={rows.length > 3} name={row.name} from={from - margin} to={until + margin} stretches={row.stretches} /></div>)}
		{outage.seen.length > 0 && <details><summary>{t('chart.table')}</summary>
			<Table caption={t('outage.measured')} hidden rows={outage.seen} keyOf={(one) => `${one.municipality}${one.from}`} columns={[
				{ key: 'where', head: t('municipality'), header: true, cell: (one) => municipalityName(directory, one.municipality) },
				{ key: 'when', head: t('word.when'), cell: (one) => <Span from={one.from} to={one.running ? null : one.to} /> },
				{ key: 'long', head: t('word.length'), number: true, cell: (one) => duration(one.length_s) },
				{ key: 'counted', head: t('outages.counted'), number: true, cell: (one) => one.counted_s > 0 ? duration(one.counted_s) : t('outages.not_counted') },
				{ key: 'cause', head: t('word.cause'), cell: (one) => choice('party', one.cause) },
			]} /></details>}
		{outage.cut && <p class="muted">{t('outage.cut')}</p>}
	</section>;
}

function Linked({ title, none, children }: { title: string; none: string; children: ComponentChildren[] }) {
	return <section class="box"><h2>{title}</h2>{children.length === 0 ? <p class="empty">{none}</p> : <ul class="plain-list">{children}</ul>}</section>;
}

function Evidence({ outage }: { outage: OutageDetail }) {
	const { directory } = useWorld();
	return <div class="boxes">
		<Linked title={t('menu.alarms')} none={t('outage.no_alarms')}>{outage.alarms.map((one) => <li key={one.id}><A to={`/larm/${one.id}`}>{one.id}</A> {one.resource} <span class="muted"><At at={one.raised} /> <span lang="en">{one.text}</span></span></li>)}</Linked>
		<Linked title={t('menu.tickets')} none={t('outage.no_tickets')}>{outage.tickets.map((one) => <li key={one.id}><A to={`/arenden/${one.id}`}>{one.id}</A> {municipalityName(directory, one.municipality)} <span class="muted">{choice('status', one.status)}</span></li>)}</Linked>
		<Linked title={t('menu.windows')} none={t('outage.no_windows')}>{outage.windows.map((one) => <li key={one.id}><A to="/servicefonster">{one.name || one.id}</A> <Span from={one.from} to={one.to} /></li>)}</Linked>
	</div>;
}

function Judge({ outage, again }: { outage: OutageDetail; again: () => void }) {
	const { me } = useWorld();
	const [doing, set] = useState<'correct' | 'withdraw' | null>(null);
	const done = () => {
		set(null);
		again();
	};
	const path = `/outages/${outage.id}`;
	if (outage.withdrawn) return <p>{t('outage.withdrawn_text')}</p>;
	if (doing === 'correct') return <OutageForm fixed start={outage} submit={t('outage.correct_send')} onCancel={() => set(null)} send={async (body) => { await post(`${path}/correct`, body); done(); }} />;
	if (doing === 'withdraw') {
		return <Form danger submit={t('outage.withdraw')} onCancel={() => set(null)} send={async (values) => { await post(`${path}/withdraw`, { reason: values.get('reason') }); done(); }}>
			<Area name="reason" label={t('reason')} hint={t('outage.withdraw_hint')} rows={3} maxLength={1000} required />
		</Form>;
	}
	return <>
		<p>{outage.waits ? outage.author === me.name ? t('outage.own') : t('outage.another') : `✓ ${t('outage.approved_by', { who: outage.approved_by })}`}</p>
		<p class="buttons">
			{outage.waits && outage.author !== me.name && <Act label={t('outage.approve')} act={async () => { await post(`${path}/approve`); again(); }} />}
			<button type="button" onClick={() => set('correct')}>{t('outage.correct')}</button>
			<button type="button" class="danger" onClick={() => set('withdraw')}>{t('outage.withdraw')}</button>
		</p>
	</>;
}

function Tell({ outage, again }: { outage: OutageDetail; again: () => void }) {
	const { me } = useWorld();
	const [open, set] = useState(false);
	const state = stateOf(outage);
	if (outage.disturbances.length > 0 && !open) return <><Published disturbances={outage.disturbances} /><button type="button" onClick={() => set(true)}>{t('publish.another')}</button></>;
	if (me.municipality !== null) return <p>{t('publish.region')}</p>;
	return <>
		<PublishForm about={{ service: outage.service, municipalities: outage.municipalities, from: outage.from, state: state === 'degraded' ? 'degraded' : 'down', outage: outage.id }} onDone={() => { set(false); again(); }} />
		<p><A to={`/storningar/ny?avbrott=${outage.id}`}>{t('publish.editor')}</A></p>
	</>;
}

export function Outage({ id }: { id: string }) {
	const { me } = useWorld();
	const outage = useGet<OutageDetail>(`/outages/${encodeURIComponent(id)}`, 'outage', 'state', 'disturbance', 'ticket', 'alarm');
	return <Page title={t('outage.title', { id })} aside={<A to="/avbrott">{t('outage.all')}</A>}>
		<Shown of={outage} lines={12}>{(data) => <>
			<Saying outage={data} />
			{may(me, 'correct') ? <Night municipalities={data.municipalities} said={<><Judge outage={data} again={outage.again} /><h3>{t('outage.counts')}</h3><Counted outage={data} /></>} told={<Tell outage={data} again={outage.again} />} />
				: <div class="boxes"><section class="box"><h2>{t('outage.counts')}</h2><Counted outage={data} /></section>{data.disturbances.length > 0 && <section class="box"><h2>{t('footer.status')}</h2><Published disturbances={data.disturbances} /></section>}
					<section class="box"><h2>{t('municipality.escalate')}</h2><Contacts municipalities={data.municipalities} /></section></div>}
			<TimelineBox outage={data} />
			<Evidence outage={data} />
		</>}</Shown>
	</Page>;
}
