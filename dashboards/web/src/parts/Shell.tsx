// What stands around every page: skip link, menu, whose data as of when, language, who is signed in; the banner when the daemon is not
// heard; and the page's one live region.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { signOut } from '../api';
import { may, municipalityName, useWorld } from '../directory';
import { language, t, type Word } from '../i18n';
import { A, address, go, here, usePlace } from '../router';
import { clock, duration, now } from '../time';
import { useLine, useSecond } from '../use';

interface Item {
	to: string;
	word: Word;
	/** The right that it takes; scope "all" or "own" when only some see it. */
	right?: string;
	scope?: 'all' | 'own';
}
const MENU: readonly Item[] = [
	{ to: '/vagg', word: 'menu.wall' },
	{ to: '/kommun', word: 'menu.municipality', scope: 'own' },
	{ to: '/matris', word: 'menu.matrix' },
	{ to: '/arenden', word: 'menu.tickets' },
	{ to: '/avbrott', word: 'menu.outages' },
	{ to: '/larm', word: 'menu.alarms' },
	{ to: '/servicefonster', word: 'menu.windows' },
	{ to: '/storningar', word: 'menu.disturbances' },
	{ to: '/vantar', word: 'menu.waiting' },
	{ to: '/rapporter', word: 'menu.reports' },
	{ to: '/avgifter', word: 'menu.fees' },
	{ to: '/register', word: 'menu.registers' },
	{ to: '/karantan', word: 'menu.quarantine', right: 'correct' },
	{ to: '/drift', word: 'menu.health', scope: 'all' },
];

function Menu({ path }: { path: string }) {
	const { me } = useWorld();
	const items = MENU.filter((item) => (!item.right || may(me, item.right)) && (!item.scope || (item.scope === 'own') === (me.municipality !== null)));
	const [open, setOpen] = useState(false);
	useEffect(() => setOpen(false), [path]);
	return <nav aria-label={t('menu')}>
		<button type="button" class="fold" aria-expanded={open} aria-controls="menu" onClick={() => setOpen(!open)}>{t('menu')}</button>
		<ul id="menu" class={open ? 'open' : ''}>{items.map((item) => {
		const to = item.to === '/kommun' ? `/kommun/${me.municipality}` : item.to;
		const current = path === to || path.startsWith(`${to}/`);
		return <li key={to}><A to={to} {...(current ? { 'aria-current': 'page' as const } : {})}>{t(item.word)}</A></li>;
	})}</ul>
	</nav>;
}

/** Never silently old: what is shown says what instant it is of. */
function Freshness() {
	const line = useLine();
	useSecond();
	if (line.alive) return <span class="asof">{line.asof > 0 ? t('asof', { at: clock(line.asof, true) }) : t('coming')}</span>;
	return <span class="asof">{t('asof.age', { age: duration((now() - line.asof) / 1000) })}</span>;
}

function Broken() {
	const line = useLine();
	useEffect(() => {
		document.body.classList.toggle('stale', !line.alive);
	}, [line.alive]);
	return line.alive ? null : <div class="banner" role="alert"><span aria-hidden="true">▲ </span>{t('line.broken', { at: line.asof > 0 ? clock(line.asof, true) : '–' })}</div>;
}

// One polite region for the page. What is said within ten seconds of the last is said together.
const QUIET_MS = 10_000;
let waiting: string[] = [];
let speak: (text: string) => void = () => undefined;
let spokeAt = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
export function announce(text: string): void {
	if (!waiting.includes(text)) waiting.push(text);
	timer ??= setTimeout(() => {
		timer = undefined;
		spokeAt = Date.now();
		speak(waiting.join('. '));
		waiting = [];
	}, Math.max(0, spokeAt + QUIET_MS - Date.now()));
}
function Spoken() {
	const [text, set] = useState('');
	speak = set;
	return <div class="unseen" role="status">{text}</div>;
}

/** `badge`: how many outages go on, shown first in the tab's title. `wide`: the page uses the whole width. */
export function Page({ title, badge = 0, wide, children, aside }: { title: string; badge?: number; wide?: boolean; children: ComponentChildren; aside?: ComponentChildren }) {
	const { me, directory } = useWorld();
	const { path } = usePlace();
	const heading = useRef<HTMLHeadingElement>(null);
	const bare = here().query.get('vagg') === '1';
	const other = language === 'sv' ? 'en' : 'sv';

	useEffect(() => {
		document.title = `${badge > 0 ? `(${badge}) ` : ''}${title} – Vinga`;
	}, [title, badge]);
	return <>
		<a class="skip" href="#main">{t('skip')}</a>
		{!bare && <header class="top">
			<A to="/" class="product">Vinga</A>
			<Menu path={path} />
			<div class="who">
				<Freshness />
				<a href={address(path, other) + location.search} lang={other} hrefLang={other}>{other === 'en' ? 'English' : 'Svenska'}</a>
				<span>{me.name}{me.municipality ? `, ${municipalityName(directory, me.municipality)}` : ''}</span>
				{me.by === 'session' && <button type="button" class="plain" onClick={() => void signOut().finally(() => { location.href = address('/logga-in'); })}>{t('sign.out')}</button>}
			</div>
		</header>}
		<Broken />
		<Spoken />
		<main id="main" tabIndex={-1} class={wide ? 'wide' : ''}>
			<div class="title"><h1 ref={heading}>{title}</h1>{bare ? <Freshness /> : aside}</div>
			{children}
		</main>
		{!bare && <footer>{directory.purpose === 'demonstration' && <strong>{t('footer.demonstration')} </strong>}
			{t('footer.zone')} · <a href={address('/tillganglighet')}>{t('footer.accessibility')}</a> · <a href={address('/status')}>{t('footer.status')}</a> · Vinga {directory.version}</footer>}
	</>;
}

export function toStart(municipality: string | null): void {
	go(municipality ? `/kommun/${municipality}` : '/vagg', true);
}
