// The application: who is it, which page does the address name, in which language.
import { Component, render, type ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { get, whenSignedOut, whoAmI, type Problem } from './api';
import { WorldContext, type Directory, type World } from './directory';
import { speak, t, type Words } from './i18n';
import { start } from './live';
import { Page, toStart } from './parts/Shell';
import { finance } from './pages/finance';
import { operations } from './pages/operations';
import { SignIn } from './pages/SignIn';
import { support } from './pages/support';
import { A, address, go, here, languageOf, match, usePlace } from './router';
import type { Pages } from './pages';

const PAGES: Pages = [...operations, ...support, ...finance];

function Missing() {
	return <Page title={t('missing.title')}><p>{t('missing.text')} <A to="/">{t('missing.start')}</A></p></Page>;
}

/** A page that fails must not take the menu with it. */
class Guard extends Component<{ path: string; children: ComponentChildren }, { failed: string | null }> {
	override state = { failed: null as string | null };
	override componentDidCatch(error: unknown) {
		this.setState({ failed: error instanceof Error ? error.message : String(error) });
	}
	override componentDidUpdate(before: { path: string }) {
		if (before.path !== this.props.path && this.state.failed !== null) this.setState({ failed: null });
	}
	render() {
		if (this.state.failed === null) return this.props.children;
		return <Page title={t('problem.failed')}><p class="wrong" role="alert">{this.state.failed}</p>
			<button type="button" onClick={() => this.setState({ failed: null })}>{t('problem.again')}</button></Page>;
	}
}

function Routed({ world }: { world: World }) {
	const { path } = usePlace();
	useEffect(() => {
		if (path === '/') toStart(world.me.municipality);
	}, [path]);
	for (const [pattern, View] of PAGES) {
		const params = match(pattern, path);
		if (params) return <Guard path={path}><View key={path} {...params} /></Guard>;
	}
	return path === '/' ? null : <Missing />;
}

function App() {
	const [world, setWorld] = useState<World | null>(null);
	const [problem, setProblem] = useState<Problem | null>(null);
	const { path, query } = usePlace();
	const theme = query.get('tema');

	useEffect(() => {
		const own = matchMedia('(forced-colors: active)').matches; // who has colours of their own keeps them
		if (!own && (theme === 'mork' || theme === 'ljus')) document.documentElement.dataset.theme = theme === 'mork' ? 'dark' : 'light';
		else delete document.documentElement.dataset.theme;
	}, [theme]);
	const bare = query.get('vagg') === '1';
	useEffect(() => {
		document.documentElement.classList.toggle('bare', bare);
	}, [bare]);
	const enter = async () => {
		try {
			const me = await whoAmI();
			if (me === null) {
				if (here().path !== '/logga-in') go(`/logga-in?till=${encodeURIComponent(here().path + location.search)}`, true);
				return;
			}
			setWorld({ me, directory: await get<Directory>('/directory') });
			start(me.name);
		} catch (error) {
			setProblem(error as Problem);
		}
	};
	useEffect(() => {
		whenSignedOut(() => {
			if (here().path !== '/logga-in') location.href = address(`/logga-in?till=${encodeURIComponent(here().path + location.search)}`);
		});
		if (here().path !== '/logga-in') void enter();
	}, []);
	if (path === '/logga-in') return <SignIn onSignedIn={(to) => { location.href = address(to); }} />;
	if (problem) {
		return <main id="main"><h1>Vinga</h1><p class="wrong" role="alert">{t('problem.no_answer')}</p>
			<button type="button" onClick={() => { setProblem(null); void enter(); }}>{t('problem.again')}</button></main>;
	}
	if (!world) return <main id="main" aria-busy="true"><p class="unseen">{t('coming')}</p></main>;
	return <WorldContext.Provider value={world}><Routed world={world} /></WorldContext.Provider>;
}

// where the words lie, with their hashes, stands at the script's own element
const files = document.currentScript?.dataset ?? {};
async function begin(): Promise<void> {
	const root = document.getElementById('app') as HTMLElement;
	const spoken = languageOf(location.pathname);
	document.documentElement.lang = spoken;
	try {
		speak(spoken, await (await fetch(files[spoken] ?? '')).json() as Words);
	} catch {
		root.textContent = spoken === 'sv' ? 'Vinga svarar inte. Ladda om sidan.' : 'Vinga does not answer. Reload the page.';
		return;
	}
	root.replaceChildren();
	render(<App />, root);
}
void begin();
