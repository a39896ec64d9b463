// A municipality's own page: can our users work now, what is being done about it, who has our tickets, and whom do we call.
import { Strip, type Stretch } from '../../charts/Chart';
import { municipalityName, serviceName, useWorld } from '../../directory';
import { choice, language, t } from '../../i18n';
import { percent } from '../../numbers';
import { Select } from '../../parts/Form';
import { Page } from '../../parts/Shell';
import { Empty, Shown } from '../../parts/Shown';
import { At, Figure, Since, Span, StateMark } from '../../parts/small';
import { Table } from '../../parts/Table';
import { A, address, go } from '../../router';
import { GLYPH } from '../../state';
import type { Stamped } from '../../api';
import { day, duration, monthName, now } from '../../time';
import { useGet } from '../../use';
import type { Disturbance, MunicipalityView, Ticket } from './answers';
import { ContactList } from './Contacts';
import { dayStretches, daysSaying } from './days';
import { services } from './Wall';

const DAYS_MS = 30 * 86_400_000;

function Saying({ view }: { view: MunicipalityView }) {
	const bad = view.services.filter((s) => s.state === view.state).map((s) => s.name).join(', ');
	const since = view.services.filter((s) => s.state === view.state && s.since).map((s) => s.since as string).sort()[0];
	const well = view.state === 'ok' || view.state === 'maint';
	return <section class={`headline fillbox ${view.state}`} aria-label={t('wall.headline')}>
		<p class="saying"><span aria-hidden="true">{GLYPH[view.state]} </span>{view.state === 'ok' ? t('municipality.well') : `${choice('municipality.state', view.state)}: ${bad}`}</p>
		{!well && since && <p>{t('wall.since')} <At at={since} /> · <Since at={since} /></p>}
	</section>;
}

function Messages({ disturbances }: { disturbances: readonly Disturbance[] }) {
	return <>{disturbances.filter((one) => one.state === 'published').map((one) => <article class="box note" key={one.id} lang="sv">
		<h2><A to={`/storningar/${one.id}`}>{one.title}</A></h2>
		<p>{one.text}</p>
		{one.advice && <p><strong>{one.advice}</strong></p>}
		{one.next_update && <p class={one.overdue ? 'wrong' : 'muted'}>{one.overdue ? `▲ ${t('wall.update_overdue')}: ` : `${t('publish.next')}: `}<At at={one.next_update} /></p>}
	</article>)}</>;
}

function Services({ view }: { view: MunicipalityView }) {
	return <section class="box" aria-labelledby="services"><h2 id="services">{t('municipality.services')}</h2>
		<ul class="services">{view.services.map((service) => <li key={service.id}>
			<StateMark state={service.state} />
			<span><A to={`/avbrott?kommun=${view.code}&tjanst=${service.id}`}>{service.name}</A>{service.since && service.state !== 'ok' && <span class="muted"> {t('wall.since')} <At at={service.since} /></span>}
				{service.channels.length > 1 && <span class="channels">{service.channels.map((channel) => <span key={channel.id} class={channel.state === 'ok' ? 'muted' : ''}>
					<span aria-hidden="true">{GLYPH[channel.state]}</span> {channel.name}<span class="unseen">: {choice('state', channel.state)}</span></span>)}</span>}</span>
		</li>)}</ul>
	</section>;
}

function Left({ ticket }: { ticket: Ticket }) {
	const left = ticket.resolution.remaining_s;
	if (ticket.pending_reason) return <span class="muted"><span aria-hidden="true">‖ </span>{choice('reason', ticket.pending_reason)}</span>;
	if (left === null) return <span class="muted">{t('municipality.no_limit')}</span>;
	return left < 0 ? <span class="wrong"><span aria-hidden="true">✕ </span>{t('municipality.over', { long: duration(left) })}</span>
		: <span>{left < 1_800 && <span aria-hidden="true">▲ </span>}{t('municipality.left', { long: duration(left) })}</span>;
}

function Tickets({ view }: { view: MunicipalityView }) {
	const { me } = useWorld();
	const tickets = useGet<Stamped & { tickets: Ticket[]; next: unknown }>(`/tickets?municipality=${view.code}&open=true&sort=left&limit=8`, 'ticket');
	return <section class="box" aria-labelledby="tickets"><h2 id="tickets"><A to={`/arenden?kommun=${view.code}`}>{t('municipality.tickets', { n: view.tickets.open })}</A></h2>
		<Shown of={tickets}>{(data) => data.tickets.length === 0 ? <Empty>{t('municipality.no_tickets')}</Empty> : <ul class="lines">{data.tickets.map((ticket) => <li key={ticket.id}>
			<span><A to={`/arenden/${ticket.id}`}>{ticket.refs[0]?.ref ?? ticket.id}</A> {ticket.title && <span lang="sv">{ticket.title}</span>}</span>
			<span class="muted">{ticket.line === 2 ? t('municipality.line2') : me.municipality ? t('municipality.line1_own') : t('municipality.line1')}</span>
			<Left ticket={ticket} />
		</li>)}</ul>}</Shown>
		<p><A class="button" to={`/arenden/ny?kommun=${view.code}`}>{t('municipality.new_ticket')}</A></p>
	</section>;
}

function Windows({ view }: { view: MunicipalityView }) {
	const { directory } = useWorld();
	const status = `/status/kommun/${view.code}`;
	return <section class="box" aria-labelledby="windows"><h2 id="windows"><A to="/servicefonster">{t('menu.windows')}</A></h2>
		{view.windows.length === 0 ? <p class="empty">{t('wall.no_window')}</p> : <ul class="plain-list">{view.windows.map((one) => <li key={one.id}><Span from={one.from} to={one.to} /> {services(directory, one.services)} <span class="muted">{one.name}</span></li>)}</ul>}
		<p class="muted">{t('municipality.follow')} <a href={`${status}/windows.ics`}>{t('municipality.calendar')}</a> · <a href={`${status}/feed.atom`}>{t('municipality.feed')}</a> · <a href={address(status)}>{t('municipality.public')}</a></p>
	</section>;
}

function Days({ view }: { view: MunicipalityView }) {
	const { directory } = useWorld();
	const stretches: Stretch[] = dayStretches(view.days);
	const from = stretches[0]?.from ?? now() - DAYS_MS, to = stretches[stretches.length - 1]?.to ?? now();
	const cell = view.month;
	return <section class="box" aria-labelledby="days"><h2 id="days">{t('municipality.days')}</h2>
		<p>{daysSaying(view.days)}</p>
		<Strip name={t('municipality.days')} from={from} to={to} stretches={stretches}
			axis={<div class="days" aria-hidden="true"><span>{day(from)}</span><span class="end">{t('municipality.today')}</span></div>} />
		<details><summary>{t('chart.table')}</summary><Table caption={t('municipality.days')} hidden rows={[...view.days].reverse()} keyOf={(one) => one.day} columns={[
			{ key: 'day', head: t('word.day'), header: true, cell: (one) => one.day },
			{ key: 'down', head: t('state.down'), number: true, cell: (one) => duration(one.down_s) },
			{ key: 'degraded', head: t('state.degraded'), number: true, cell: (one) => duration(one.degraded_s) },
			{ key: 'maint', head: t('state.maint'), number: true, cell: (one) => duration(one.maint_s) },
			{ key: 'unknown', head: t('state.unknown'), number: true, cell: (one) => duration(one.unknown_s) },
		]} /></details>
		{cell && <p class="month">{monthName(cell.month)}: <Figure cell={cell} to={`/rapporter/${cell.month}/kpi/availability/${view.code}?tjanst=${cell.service}`} /> <span class="muted">({t('wall.target', { target: percent(cell.target_ppm, 1) })}) {serviceName(directory, cell.service)}. {t('municipality.evidence')}</span></p>}
	</section>;
}

function NotYet({ view }: { view: MunicipalityView }) {
	return <section class="box note"><h2>{t('municipality.not_yet', { name: view.name })}</h2>
		<p>{view.live_from ? <>{t('municipality.starts')} <strong>{day(Date.parse(view.live_from))}</strong>. {t('municipality.until_then')}</> : t('municipality.no_start')}</p></section>;
}

function View({ view }: { view: MunicipalityView }) {
	const member = view.live_from === null ? view.services.length > 0 : Date.parse(view.live_from) <= now();
	if (!member) return <><NotYet view={view} />{view.contacts.length > 0 && <section class="box"><h2>{t('municipality.escalate')}</h2><ContactList contacts={view.contacts} /></section>}</>;
	return <>
		<Saying view={view} />
		<Messages disturbances={view.disturbances} />
		<div class="boxes three">
			<Services view={view} />
			<Tickets view={view} />
			<section class="box" aria-labelledby="escalate"><h2 id="escalate">{t('municipality.escalate')}</h2><ContactList contacts={view.contacts} /></section>
		</div>
		<div class="boxes"><Days view={view} /><Windows view={view} /></div>
	</>;
}

export function Municipality({ code }: { code: string }) {
	const { me, directory } = useWorld();
	const view = useGet<MunicipalityView>(`/municipalities/${encodeURIComponent(code)}`, 'state', 'ticket', 'disturbance', 'window', 'outage');
	const down = view.data?.services.filter((service) => service.state === 'down').length ?? 0;
	const all = [...directory.municipalities].sort((a, b) => a.name.localeCompare(b.name, language));
	return <Page title={municipalityName(directory, code)} badge={down} wide
		aside={me.municipality === null && <div class="filters"><Select name="kommun" label={t('municipality')} value={code} onInput={(to) => go(`/kommun/${to}`)} options={all.map((one) => [one.code, one.name] as const)} /></div>}>
		<Shown of={view} lines={14}>{(data) => <View view={data} />}</Shown>
	</Page>;
}
