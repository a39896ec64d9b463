// The time that a ticket has left, counted down between answers. Shape and words say how it stands; a bar shows how much is used.
import { t } from '../../i18n';
import { At } from '../../parts/small';
import { duration, now } from '../../time';
import { useSecond } from '../../use';
import { secondsLeft, standing, used, type Standing, type Ticket } from './tickets';

const GLYPH: Record<Standing, string> = { over: '✕', soon: '▲', paused: '‖', running: '', done: '', none: '' };

export function Left({ of, asof }: { of: Ticket; asof: string }) {
	useSecond();
	const clock = of.resolution;
	const left = secondsLeft(clock, Date.parse(asof), now());
	const stands = standing(clock, left);
	if (stands === 'done') return <span>{clock.state === 'met' ? `✓ ${t('left.met')}` : `✕ ${t('left.missed')}`}</span>;
	if (left === null) return <span class="muted">{t('left.none')}</span>;
	const over = left < 0 || stands === 'over';
	return <span class={`left ${stands}`}>
		<span aria-hidden="true">{GLYPH[stands]} </span>
		{over ? t('left.over', { time: duration(left) }) : t('left.left', { time: duration(left) })}
		{stands === 'paused' && of.paused_since && <>, {t('left.paused')} <At at={of.paused_since} /></>}
		{stands === 'paused' && !of.paused_since && <>, {t('left.stands')}</>}
		<span class="used" aria-hidden="true"><span style={{ width: `${used(clock, left)}%` }} /></span>
	</span>;
}
