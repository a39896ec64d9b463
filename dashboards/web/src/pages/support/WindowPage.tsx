// Service windows: the next one and whom it hits, then a month as a calendar, or what comes as a list.
import { useState } from 'preact/hooks';
import { may, useWorld } from '../../directory';
import { choice, language, t } from '../../i18n';
import { Page } from '../../parts/Shell';
import { Empty, Shown } from '../../parts/Shown';
import { Span } from '../../parts/small';
import { Table } from '../../parts/Table';
import { here, narrow } from '../../router';
import { clock, dayOf, duration, monthName, monthOf, now } from '../../time';
import { useGet } from '../../use';
import { where } from '../operations/Outages';
import { services } from '../operations/Wall';
import { PlanWindow } from './PlanWindow';
import { WindowPanel } from './WindowPanel';
import { collisions, daysAhead, liesIn, monthAfter, nextWindow, stageOf, weeks, type Window, type WindowList } from './windows';

const weekday = (day: string, length: 'short' | 'long') => new Intl.DateTimeFormat(language === 'sv' ? 'sv-SE' : 'en-GB', { timeZone: 'UTC', weekday: length }).format(Date.parse(day));

function Open({ of, children }: { of: Window; children: string }) {
	return <button type="button" class="plain" onClick={() => narrow({ visa: of.id })}>{children}<span class="unseen"> {of.id}</span></button>;
}

function Next({ windows }: { windows: readonly Window[] }) {
	const { directory } = useWorld();
	const next = nextWindow(windows, now());
	if (!next) return <Empty>{t('windows.none')}</Empty>;
	const begins = Date.parse(next.from), runs = begins <= now();
	return <section class="box next-window" aria-labelledby="next">
		<h2 id="next">{runs ? t('windows.runs') : t('windows.next')}</h2>
		<p class="lead"><Open of={next}>{next.name}</Open></p>
		<p><Span from={next.from} to={next.to} />{!runs && ` (${t('windows.in', { time: duration((begins - now()) / 1000) })})`} · {services(directory, next.services)} · {where(directory, next.municipalities)} · {choice('window_stage', stageOf(next, now()))}</p>
	</section>;
}

function Flags({ of, hits }: { of: Window; hits: readonly string[] | undefined }) {
	const ahead = daysAhead(of);
	return <>
		{hits && <span class="flag"><span aria-hidden="true">▲ </span>{t('effect.collides', { id: hits.join(', ') })} </span>}
		{ahead !== null && of.category === 'planned' && <span class="muted">{t('windows.ahead', { n: Math.max(ahead, 0) })}{of.agreed_by && `, ${t('windows.agreed', { who: of.agreed_by })}`}</span>}
	</>;
}

function List({ windows }: { windows: readonly Window[] }) {
	const { directory } = useWorld();
	const hits = collisions(windows);
	if (windows.length === 0) return <Empty>{t('windows.none')}</Empty>;
	const shown = [...windows].sort((a, b) => a.from < b.from ? -1 : 1);
	return <Table caption={t('menu.windows')} hidden rows={shown} keyOf={({ id }) => id} rowClass={({ withdrawn }) => withdrawn ? 'withdrawn' : ''} columns={[
		{ key: 'tid', head: t('ticket.when'), header: true, cell: ({ from, to }) => <Span from={from} to={to} />, by: ({ from }) => from },
		{ key: 'namn', head: t('windows.name'), cell: (window) => <Open of={window}>{window.name}</Open> },
		{ key: 'tjanst', head: t('service'), cell: (window) => services(directory, window.services) },
		{ key: 'kommun', head: t('municipality'), cell: (window) => where(directory, window.municipalities) },
		{ key: 'lage', head: t('tickets.status'), cell: (window) => <>{choice('window_stage', stageOf(window, now()))}{window.category === 'emergency' && `, ${choice('window_category', 'emergency')}`}</> },
		{ key: 'mark', head: t('windows.notes'), cell: (window) => <Flags of={window} hits={hits.get(window.id)} /> },
	]} />;
}

function Calendar({ month, windows }: { month: string; windows: readonly Window[] }) {
	const rows = weeks(month), today = dayOf(now()), hits = collisions(windows);
	return <table class="calendar">
		<caption class="unseen">{monthName(month)}</caption>
		<thead><tr>{rows[0]?.map((day) => <th scope="col" key={day} abbr={weekday(day, 'long')}>{weekday(day, 'short')}</th>)}</tr></thead>
		<tbody>{rows.map((days) => <tr key={days[0]}>{days.map((day) => <td key={day} class={day.startsWith(month) ? '' : 'outside'} {...(day === today ? { 'aria-current': 'date' as const } : {})}>
			<span class="date">{Number(day.slice(8))}</span>
			<ul>{windows.filter((window) => liesIn(window, day)).map((window) => <li key={window.id} class={window.withdrawn ? 'withdrawn' : window.waits ? 'waits' : ''}>
				<Open of={window}>{`${hits.has(window.id) ? '▲ ' : ''}${dayOf(Date.parse(window.from)) === day ? `${clock(Date.parse(window.from))} ` : ''}${window.name}`}</Open></li>)}</ul>
		</td>)}</tr>)}</tbody>
	</table>;
}

function Views({ month, list }: { month: string; list: boolean }) {
	const { me } = useWorld();
	return <p class="buttons views">
		<button type="button" aria-pressed={!list} onClick={() => narrow({ vy: '' })}>{t('windows.month')}</button>
		<button type="button" aria-pressed={list} onClick={() => narrow({ vy: 'lista' })}>{t('windows.list')}</button>
		{!list && <span class="month-nav">
			<button type="button" aria-label={t('windows.earlier')} onClick={() => narrow({ m: monthAfter(month, -1) })}>‹</button>
			<strong aria-live="polite">{monthName(month)}</strong>
			<button type="button" aria-label={t('windows.later')} onClick={() => narrow({ m: monthAfter(month) })}>›</button>
		</span>}
		<a href={me.municipality === null ? '/status/windows.ics' : `/status/kommun/${me.municipality}/windows.ics`}>{t('windows.calendar')} (.ics)</a>
	</p>;
}

export function Windows() {
	const { me } = useWorld();
	const { query } = here();
	const [planning, plan] = useState(false);
	const list = query.get('vy') === 'lista';
	const month = /^\d{4}-(0[1-9]|1[0-2])$/.test(query.get('m') ?? '') ? query.get('m') as string : monthOf(now());
	const coming = useGet<WindowList>('/windows', 'window');
	const whole = useGet<WindowList>(list ? null : `/windows?month=${month}`, 'window');
	const visible = [...coming.data?.windows ?? [], ...whole.data?.windows ?? []].find(({ id, series }) => id === query.get('visa') || series === query.get('visa'));
	const again = () => {
		coming.again();
		whole.again();
	};
	return <Page title={t('menu.windows')} wide aside={may(me, 'correct') && me.municipality === null && <button type="button" class="primary" onClick={() => plan(true)}>{t('windows.plan')}</button>}>
		<Shown of={coming} lines={3}>{({ windows }) => <Next windows={windows} />}</Shown>
		<Views month={month} list={list} />
		{list ? <Shown of={coming} lines={6}>{({ windows }) => <List windows={windows} />}</Shown>
			: <Shown of={whole} lines={12}>{({ windows }) => <>
				<Calendar month={month} windows={windows} />
				<div class="small-only"><List windows={windows} /></div>
			</>}</Shown>}
		{visible && <WindowPanel key={visible.id} of={visible} onClose={() => narrow({ visa: '' })} again={again} />}
		{planning && <PlanWindow onDone={(window) => {
			plan(false);
			again();
			if (window) narrow({ visa: window });
		}} />}
	</Page>;
}
