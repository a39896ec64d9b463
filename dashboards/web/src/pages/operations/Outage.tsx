// One outage as persons have judged it: what was measured under it, whether it counts and why, who decided. Who may correct does it
// here, tells those who are hit, and sees whom to call.
import { useState } from 'preact/hooks';
import { post } from '../../api';
import { Strip } from '../../charts/Chart';
import { may, municipalityName, serviceName, useWorld } from '../../directory';
import { choice, t } from '../../i18n';
import { Act, Area, Form } from '../../parts/Form';
import { Page } from '../../parts/Shell';
import { Empty, Shown } from '../../parts/Shown';
import { At, Since, Span, StateMark } from '../../parts/small';
import { Table } from '../../parts/Table';
import { A } from '../../router';
import { GLYPH, type State } from '../../state';
import { duration, now } from '../../time';
import { useGet } from '../../use';
import type { OutageDetail, Ticket } from './answers';
import { Contacts } from './Contacts';
import { Night } from './NewOutage';
import { OutageForm } from './OutageForm';
import { where } from './Outages';
import { Published, PublishForm } from './Publish';
import { ofWindows, shownState, spoken } from './stretches';

function stateOf(outage: OutageDetail): State {
	if (outage.effect === 'down' || outage.effect === 'degraded') return outage.effect;
	if (outage.effect === 'refute') return 'unknown';
	return outage.measured.some((one) => one.state === 'down') ? 'down' : 'degraded';
}

function Saying({ outage }: { outage: OutageDetail }) {
	const { directory } = useWorld();
	const state = stateOf(outage);
	const end = outage.to ?? (outage.measured.length > 0 && !outage.measured.some((m) => m.running) ? outage.measured.map((m) => m.to ?? '').sort().pop() ?? null : null);
	return <section class={`headline fillbox ${outage.withdrawn ? 'ok' : state}`}>
		<p class="saying">{outage.withdrawn ? t('outage.withdrawn') : outage.effect === 'refute' ? choice('judge', outage.effect) : <>{GLYPH[state]} {t(`state.${state}`)}</>}: {serviceName(directory, outage.service)}</p>
		<p>{where(directory, outage.municipalities)} · <Span from={outage.from} to={end} /> · {end ? duration((Date.parse(end) - Date.parse(outage.from)) / 1000) : <Since at={outage.from} />}</p>
	</section>;
}

/** Whether it counts, and who says so. */
function Counted({ outage }: { outage: OutageDetail }) {
	return <>
		<h3>{t('outage.counts')}</h3>
		<p><strong>{outage.counted ? `✓ ${t('outage.counted', { long: duration(outage.counted_s) })}` : `– ${t('outage.not_counted')}`}</strong><br />{choice('outage_why', outage.why)}</p>
		<dl>
			<dt>{t('word.cause')}</dt><dd>{choice('party', outage.cause)}</dd>
			{outage.channel && <><dt>{t('outage.channel')}</dt><dd>{outage.channel}</dd></>}
		</dl>
		<h3>{t('outage.history')}</h3>
		<ol class="plain-list">{outage.decided.map((one) => <li key={one.at + one.what}><At at={one.at} /> {choice('outage_act', one.what)}, {one.actor}{one.reason && <div class="muted" lang="sv">{one.reason}</div>}</li>)}</ol>
	</>;
}

function TimelineBox({ outage }: { outage: OutageDetail }) {
	const { directory } = useWorld();
	if (outage.measured.length === 0) return <section class="box"><h2>{t('outage.measured')}</h2><Empty>{t('outage.measured_none')}</Empty></section>;
	const codes = [...new Set(outage.measured.map((one) => one.municipality))];
	const ends = outage.measured.map((one) => one.to ? Date.parse(one.to) : now());
	const from = Math.min(...outage.measured.map((one) => Date.parse(one.from)), Date.parse(outage.from)), to = Math.max(...ends);
	const margin = Math.max((to - from) / 10, 300_000);
	return <section class="box"><h2>{t('outage.measured')}</h2>
		{codes.slice(0, 12).map((code) => <div class="strip-row" key={code}><h3>{municipalityName(directory, code)}</h3>
			<Strip quiet={codes.length > 1} name={`${serviceName(directory, outage.service)}, ${municipalityName(directory, code)}`} from={from - margin} to={to + margin}
				stretches={[...ofWindows(outage.windows, outage.service, code), ...outage.measured.filter((one) => one.municipality === code).map((one) => {
					const begin = Date.parse(one.from), end = one.to ? Date.parse(one.to) : now(), state = shownState(one.state);
					return { from: begin, to: end, state, id: one.from, label: duration(one.seconds), text: spoken(begin, end, choice('state', state).toLowerCase()) };
				})]} /></div>)}
		<details open={codes.length === 1}><summary>{t('chart.table')}</summary>
			<Table caption={t('outage.measured')} hidden rows={outage.measured} keyOf={(one) => `${one.municipality}${one.from}`} columns={[
				{ key: 'where', head: t('municipality'), header: true, cell: (one) => municipalityName(directory, one.municipality) },
				{ key: 'state', head: t('word.state'), cell: (one) => <StateMark state={shownState(one.state)} /> },
				{ key: 'when', head: t('word.when'), cell: (one) => <Span from={one.from} to={one.running ? null : one.to} /> },
				{ key: 'long', head: t('word.length'), number: true, cell: (one) => duration(one.seconds) },
				{ key: 'counted', head: t('outages.counted'), number: true, cell: (one) => one.counted_s > 0 ? duration(one.counted_s) : t('outages.not_counted') },
			]} /></details>
	</section>;
}

export function TicketLine({ ticket }: { ticket: Ticket }) {
	return <><A to={`/arenden/${ticket.id}`}>{ticket.refs[0]?.ref ?? ticket.id}</A> {ticket.title && <span lang="sv">{ticket.title}</span>} <span class="muted">{choice('status', ticket.status)}</span></>;
}

function Evidence({ outage }: { outage: OutageDetail }) {
	const SAID: Record<string, State> = { ok: 'ok', warning: 'degraded', critical: 'down' };
	return <div class="boxes">
		<section class="box"><h2>{t('cell.probes')}</h2>{outage.probes.length === 0 ? <p class="empty">{t('probes.none')}</p>
			: <ul class="plain-list">{outage.probes.map((one) => <li key={`${one.source}${one.probe}`}><StateMark state={SAID[one.state] ?? 'unknown'}>{choice('sample', one.state)}</StateMark> {one.probe} <At at={one.at} /> <span class="muted" lang="en">{one.text}</span></li>)}</ul>}</section>
		<section class="box"><h2>{t('menu.alarms')}</h2>{outage.alarms.length === 0 ? <p class="empty">{t('outage.no_alarms')}</p>
			: <ul class="plain-list">{outage.alarms.map((one) => <li key={one.id}><A to={`/larm/${one.id}`}>{one.id}</A> {one.resource}, {one.type} <span class="muted" lang="en">{one.text}</span></li>)}</ul>}</section>
		<section class="box"><h2>{t('menu.tickets')}</h2>{outage.tickets.length === 0 ? <p class="empty">{t('outage.no_tickets')}</p>
			: <ul class="plain-list">{outage.tickets.map((one) => <li key={one.id}><TicketLine ticket={one} /></li>)}</ul>}</section>
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
			{may(me, 'correct') ? <Night municipalities={data.municipalities} said={<><Judge outage={data} again={outage.again} /><Counted outage={data} /></>} told={<Tell outage={data} again={outage.again} />} />
				: <div class="boxes"><section class="box"><Counted outage={data} /></section>{data.disturbances.length > 0 && <section class="box"><h2>{t('footer.status')}</h2><Published disturbances={data.disturbances} /></section>}
					<section class="box"><h2>{t('night.call')}</h2><Contacts municipalities={data.municipalities} /></section></div>}
			<TimelineBox outage={data} />
			<Evidence outage={data} />
		</>}</Shown>
	</Page>;
}
