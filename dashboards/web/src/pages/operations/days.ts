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

export function dayStretches(days: Days): Stretch[] {
	return days.map((one, i) => {
		const from = instant(`${one.day}T00:00`) ?? 0;
		const next = days[i + 1];
		const state = stateOf(one);
		const long = { down: one.down_s, degraded: one.degraded_s, unknown: one.unknown_s, maint: one.maint_s, ok: 0 }[state];
		return { from, to: next ? instant(`${next.day}T00:00`) ?? from + DAY_MS : from + DAY_MS, state, id: one.day,
			text: `${day(from)}, ${t(`state.${state}`).toLowerCase()}${long > 0 ? ` ${duration(long)}` : ''}` };
	});
}

export function daysSaying(days: Days): string {
	const hit = days.filter((one) => one.down_s > 0);
	const seconds = hit.reduce((sum, one) => sum + one.down_s, 0);
	const unknown = days.filter((one) => stateOf(one) === 'unknown').length;
	const said = hit.length === 0 ? t('municipality.days_well') : t('municipality.days_down', { n: hit.length, long: duration(seconds) });
	return unknown > 0 ? `${said} ${t('municipality.days_unknown', { n: unknown })}` : said;
}
