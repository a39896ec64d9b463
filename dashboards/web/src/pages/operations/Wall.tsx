// The wall: in one second, is something wrong, where, and since when. By its address it fills a screen without a menu (?vagg=1), dark
// (&tema=mork), and takes turns with the matrix (&rotera=30).
import { useEffect, useRef, useState } from 'preact/hooks';
import { municipalityNames, serviceName, useWorld, type Directory } from '../../directory';
import { t } from '../../i18n';
import { count, percent } from '../../numbers';
import { announce, Page } from '../../parts/Shell';
import { At, Since, StateMark, Verdict } from '../../parts/small';
import { Shown } from '../../parts/Shown';
import { A, go, here } from '../../router';
import { GLYPH, STATES, type State } from '../../state';
import { duration, monthName } from '../../time';
import { useGet } from '../../use';
import type { Ongoing, Overview } from './overview';

export function services(directory: Directory, ids: readonly string[]): string {
	const promised = directory.services.filter((s) => !s.component).length;
	return ids.length === 0 || (promised > 1 && ids.length >= promised) ? t('services.all') : ids.map((id) => serviceName(directory, id)).join(', ');
}

function Headline({ overview }: { overview: Overview }) {
	const { directory } = useWorld();
	const { state, municipalities, since, last_outage_end: last } = overview.headline;
	const text = state === 'down' ? t('wall.down', { n: municipalities }) : state === 'degraded' ? t('wall.degraded', { n: municipalities })
		: overview.measuring.stale ? t('wall.measuring_stale') : state === 'unknown' ? t('wall.unknown', { n: municipalities }) : t('wall.well');
	const shown: State = overview.measuring.stale && state !== 'down' && state !== 'degraded' ? 'unknown' : state === 'maint' ? 'ok' : state;
	return <section class={`headline fillbox ${shown}`} aria-label={t('wall.headline')}>
		<p class="saying"><span aria-hidden="true">{GLYPH[shown]} </span>{text}</p>
		{(state === 'down' || state === 'degraded') && since
			? <p>{services(directory, overview.headline.services)} · {t('wall.since')} <At at={since} /> · <Since at={since} /></p>
			: <p>{last ? <>{t('wall.last')} <At at={last} /></> : t('wall.never')}</p>}
	</section>;
}

function Facts({ overview }: { overview: Overview }) {
	const { tickets, availability: cell, waiting } = overview;
	const left = cell?.budget_left_s;
	return <div class="facts">
		<A to="/arenden?over=1" class="fact"><strong>{count(tickets.over)}</strong> {t('wall.over', { n: tickets.over })}</A>
		<A to="/arenden" class="fact"><strong>{count(tickets.soon)}</strong> {t('wall.soon')}</A>
		{cell && <A to="/rapporter" class="fact"><strong class="figure">{percent(cell.value_ppm)}</strong> {monthName(cell.month)}, {t('wall.target', { target: percent(cell.target_ppm, 1) })} <Verdict of={cell.verdict} /></A>}
		{cell && left !== undefined && <A to="/avbrott" class="fact"><strong class="figure">{left < 0 ? `−${duration(left)}` : duration(left)}</strong> {left < 0 ? t('wall.budget_gone') : t('wall.budget')}</A>}
		{waiting > 0 && <A to="/vantar" class="fact"><strong>{count(waiting)}</strong> {t('wall.waiting')}</A>}
	</div>;
}

function Tiles({ overview }: { overview: Overview }) {
	const { directory } = useWorld();
	const states = new Map(overview.municipalities.map((m) => [m.code, m]));
	const members = directory.municipalities.filter((m) => states.has(m.code)).sort((a, b) => a.name.localeCompare(b.name, 'sv'));
	return <section aria-labelledby="tiles">
		<h2 id="tiles">{t('wall.municipalities', { n: members.length })} <span class="counts">{[...STATES].reverse().filter((s) => overview.counts[s] > 0)
			.map((s) => <span key={s}><span aria-hidden="true">{GLYPH[s]}</span> {overview.counts[s]}<span class="unseen"> {t(`state.${s}`)}</span> </span>)}</span></h2>
		<ul class="tiles">{members.map(({ code, name, column, row }) => {
			const { state, since, handled } = states.get(code) as Overview['municipalities'][number];
			return <li key={code} style={column !== null && row !== null ? { gridColumn: column + 1, gridRow: row + 1 } : {}}>
				<A to={`/kommun/${code}`} class={`tile ${state}`}>
					<span class="name">{name}</span> <span class="glyph" aria-hidden="true">{GLYPH[state]}</span>
					<span class="unseen">{t(`state.${state}`)}{since && state !== 'ok' ? `, ${t('wall.since')} ` : ''}{since && state !== 'ok' && <At at={since} />}{handled ? `, ${t('wall.handled', { by: handled })}` : ''}</span>
				</A></li>;
		})}</ul>
	</section>;
}

function Row({ of }: { of: Ongoing }) {
	const { directory } = useWorld();
	const where = municipalityNames(directory, of.municipalities, t('municipalities.all'), (n) => t('names.more', { n }));
	return <li>
		<StateMark state={of.state} />
		<span class="what"><strong>{where}</strong> {services(directory, of.services)}</span>
		<span class="long">{of.state === 'maint' && of.until ? <>{t('wall.until')} <At at={of.until} /></> : of.since ? <Since at={of.since} /> : ''}</span>
		<span class="handled">
			{of.ticket && <A to={`/arenden/${of.ticket}`}>{of.ticket}</A>}{' '}
			{of.outage && <A to={`/avbrott/${of.outage}`}>{of.outage}</A>}{' '}
			{of.disturbance && <A to={`/storningar/${of.disturbance}`}>{of.overdue ? `▲ ${t('wall.update_overdue')}` : t('wall.published')}</A>}
		</span>
	</li>;
}

function OngoingList({ overview }: { overview: Overview }) {
	const { directory } = useWorld();
	const next = overview.next_window;
	return <section class="ongoing" aria-labelledby="ongoing">
		<h2 id="ongoing">{t('wall.ongoing')}</h2>
		{overview.ongoing.length === 0 ? <p class="muted">{t('wall.nothing')}</p>
			: <ul>{overview.ongoing.map((of, i) => <Row key={`${of.state}${of.services.join()}${of.since}${i}`} of={of} />)}</ul>}
		{overview.left_out > 0 && <p><A to="/matris?avvik=1">{t('wall.left_out', { n: overview.left_out })}</A></p>}
		<p>{next ? <>{t('wall.next_window')} <A to="/servicefonster"><At at={next.from} />–<At at={next.to} as="clock" />, {services(directory, next.services)}</A></> : t('wall.no_window')}</p>
	</section>;
}

// One short tone for a new outage, when somebody has asked for it.
function beep(): void {
	const audio = new AudioContext();
	const tone = audio.createOscillator(), level = audio.createGain();
	tone.frequency.value = 660;
	level.gain.value = 0.15;
	tone.connect(level).connect(audio.destination);
	tone.start();
	tone.stop(audio.currentTime + 0.25);
	tone.onended = () => void audio.close();
}

/** Says, and sounds, what has become worse since the answer before. */
function useNews(overview: Overview | null, sound: boolean): void {
	const { directory } = useWorld();
	const before = useRef<Set<string> | null>(null);
	useEffect(() => {
		if (!overview) return;
		const down = new Set(overview.municipalities.filter((m) => m.state === 'down').map((m) => m.code));
		const fresh = before.current ? [...down].filter((code) => !before.current?.has(code)) : [];
		before.current = down;
		if (fresh.length === 0) return;
		announce(t('wall.new_outage', { where: municipalityNames(directory, fresh, '', (n) => t('names.more', { n })) }));
		if (sound) beep();
	}, [overview, sound]);
}

/** On a screen that takes turns: to the next page after so many seconds. */
export function useTurns(next: string): void {
	const seconds = Number(here().query.get('rotera'));
	useEffect(() => {
		if (!(seconds >= 5)) return;
		const timer = setTimeout(() => go(`${next}?${here().query.toString()}`, true), seconds * 1000);
		return () => clearTimeout(timer);
	}, [seconds]);
}

export function Wall() {
	const { me } = useWorld();
	const overview = useGet<Overview>('/overview', 'state', 'ticket', 'disturbance', 'window', 'outage', 'act');
	const [sound, setSound] = useState(false);
	const down = overview.data?.counts.down ?? 0;
	useNews(overview.data, sound);
	useTurns('/matris');
	return <Page title={me.municipality ? t('menu.wall') : t('wall.title')} badge={down} wide
		aside={<button type="button" aria-pressed={sound} onClick={() => setSound(!sound)}>{sound ? t('wall.sound_on') : t('wall.sound_off')}</button>}>
		<Shown of={overview} lines={12}>{(data) => <div class="wall">
			<div class="above"><Headline overview={data} /><Facts overview={data} /></div>
			<Tiles overview={data} />
			<OngoingList overview={data} />
		</div>}</Shown>
	</Page>;
}
