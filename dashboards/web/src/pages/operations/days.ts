// The last thirty days of a municipality: each with the worst that was in it, and all of them as a sentence.
import type { Stretch } from '../../charts/Chart';
import { t } from '../../i18n';
import type { State } from '../../state';
import { day, duration, instant } from '../../time';
import type { MunicipalityView } from './answers';

type Days = MunicipalityView['days'];
const DAY_MS = 86_400_000;

/** Half a day without data is a day of which little is known. */
function stateOf(one: Days[number]): State {
	if (one.down_s > 0) return 'down';
	if (one.degraded_s > 0) return 'degraded';
	if (one.unknown_s > one.agreed_s / 2) return 'unknown';
	return one.maint_s > 0 ? 'maint' : 'ok';
}

function secondsOf(one: Days[number], state: State): number {
	return { down: one.down_s, degraded: one.degraded_s, unknown: one.unknown_s, maint: one.maint_s, ok: 0 }[state];
}

/** A day each; days without data that follow each other are one gap. */
export function dayStretches(days: Days): Stretch[] {
	const stretches: Stretch[] = [];
	for (const [i, one] of days.entries()) {
		const from = instant(`${one.day}T00:00`) ?? 0, next = days[i + 1], to = next ? instant(`${next.day}T00:00`) ?? from + DAY_MS : from + DAY_MS;
		const state = stateOf(one), seconds = secondsOf(one, state), before = stretches[stretches.length - 1];
		if (state === 'unknown' && before?.state === 'unknown') {
			before.to = to;
			before.text = `${day(before.from)}–${day(from)}, ${t('state.unknown').toLowerCase()}`;
			continue;
		}
		stretches.push({ from, to, state, id: one.day, text: `${day(from)}, ${t(`state.${state}`).toLowerCase()}${seconds > 0 ? ` ${duration(seconds)}` : ''}` });
	}
	return stretches;
}

export function daysSaying(days: Days): string {
	const hit = days.filter((one) => one.down_s > 0);
	const seconds = hit.reduce((sum, one) => sum + one.down_s, 0);
	const unknown = days.filter((one) => stateOf(one) === 'unknown').length;
	const said = hit.length === 0 ? t('municipality.days_well') : t('municipality.days_down', { n: hit.length, long: duration(seconds) });
	return unknown > 0 ? `${said} ${t('municipality.days_unknown', { n: unknown })}` : said;
}
