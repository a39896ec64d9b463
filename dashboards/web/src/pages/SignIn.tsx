// Signing in with a local account: demonstration, and break-glass. In a real installation the reverse proxy has done it before.
import { useEffect, useState } from 'preact/hooks';
import { Problem, signIn } from '../api';
import { t } from '../i18n';
import { Form, Input } from '../parts/Form';
import { address, here } from '../router';

/** Only addresses of ours: one that starts with two slashes is another server's. */
function target(): string {
	const to = here().query.get('till') ?? '/';
	return /^\/(?![/\\])/.test(to) && !to.startsWith('/logga-in') ? to : '/';
}

export function SignIn({ onSignedIn }: { onSignedIn: (to: string) => void }) {
	// a link of ./run names account and code behind "#", which browsers do not send to servers
	const given = new URLSearchParams(location.hash.slice(1));
	const [trying, setTrying] = useState(given.has('kod'));
	const [wrong, setWrong] = useState('');

	useEffect(() => {
		document.title = `${t('sign.title')} – Vinga`;
		if (!given.has('kod')) return;
		history.replaceState(null, '', location.pathname + location.search);
		signIn(given.get('konto') ?? '', given.get('kod') ?? '')
			.then(() => onSignedIn(target()))
			.catch((error: unknown) => {
				setTrying(false);
				setWrong(error instanceof Problem && error.status === 401 ? t('sign.used') : error instanceof Error ? error.message : String(error));
			});
	}, []);
	return <main id="main" class="sign">
		<h1>Vinga</h1>
		<p>{t('sign.what')}</p>
		{wrong && <p class="wrong" role="alert">{wrong}</p>}
		{trying ? <p role="status">{t('sign.trying')}</p> : <div class="box">
			<h2>{t('sign.title')}</h2>
			<Form submit={t('sign.in')} send={async (values) => {
				try {
					await signIn(String(values.get('name')), String(values.get('password')));
				} catch (error) {
					if (error instanceof Problem && error.status === 401) throw new Problem(401, t('sign.wrong'), t('sign.wrong'));
					throw error;
				}
				onSignedIn(target());
			}}>
				<Input name="name" label={t('sign.name')} autocomplete="username" required />
				<Input name="password" label={t('sign.password')} type="password" autocomplete="current-password" required />
			</Form>
		</div>}
		<p><a href={address('/status')}>{t('footer.status')}</a></p>
	</main>;
}
