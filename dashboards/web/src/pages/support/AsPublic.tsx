// A disturbance as the public reads it: the same words, signs and order as the page at /status.
import { municipalityNames, useWorld } from '../../directory';
import { language, t } from '../../i18n';
import { At, StateMark } from '../../parts/small';
import { now } from '../../time';
import { services } from '../operations/Wall';
import { paragraphs, stateOf, type Content, type Told } from './disturbances';

/** In English the Swedish stands where no English was written. */
export function Say({ of, name }: { of: Told; name: 'title' | 'text' | 'advice' }) {
	const english = language === 'en' ? of[`${name}_en`] : '';
	const text = english || of[name];
	return <div class="prose" {...(english ? {} : { lang: 'sv' })}>{paragraphs(text).map((lines, i) => <p key={i}>{lines.map((line, n) => <>{n > 0 && <br />}{line}</>)}</p>)}</div>;
}

export function Promised({ next, overdue }: { next: string | null; overdue: boolean }) {
	if (!next) return null;
	return overdue ? <span class="flag"><span aria-hidden="true">▲ </span>{t('told.overdue')} <At at={next} /></span> : <span>{t('publish.next')} <At at={next} /></span>;
}

export function AsPublic({ of }: { of: Content & { state: string; overdue: boolean; ended: string | null } }) {
	const { directory } = useWorld();
	return <article class="box public">
		<p>{of.state === 'closed' ? <span class="state ok">✓ {t('told.closed')} <At at={of.ended} /></span> : <StateMark state={stateOf(of)} />}</p>
		<div class="lead"><Say of={of} name="title" /></div>
		<dl>
			<dt>{t('told.concerns')}</dt><dd>{services(directory, of.services)} · {municipalityNames(directory, of.municipalities, t('municipalities.all'), (n) => t('names.more', { n }), 49)}</dd>
			<dt>{Date.parse(of.started) > now() ? t('windows.from') : t('since_head')}</dt><dd><At at={of.started} /></dd>
		</dl>
		<Say of={of} name="text" />
		{of.advice && <><h3>{t('told.advice')}</h3><Say of={of} name="advice" /></>}
		{of.state !== 'closed' && <p><Promised next={of.next_update} overdue={of.overdue} /></p>}
	</article>;
}
