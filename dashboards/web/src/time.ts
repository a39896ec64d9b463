// Instants as people in Västra Götaland read them: always in the region's zone, whatever the browser's is.
import { language, t } from './i18n';

const ZONE = 'Europe/Stockholm';
const HOUR = 3_600_000;

/** What the server's clock is ahead of this one, from the newest answer. */
let ahead = 0;
export function heard(asof: string): void {
	ahead = Date.parse(asof) - Date.now();
}
export function now(): number {
	return Date.now() + ahead;
}

interface Parts {
	year: string;
	month: string;
	day: string;
	hour: string;
	minute: string;
	second: string;
}
const numeric = new Intl.DateTimeFormat('sv-SE', {
	timeZone: ZONE, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
});
const named = {
	sv: { month: new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE, month: 'short' }), weekday: new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE, weekday: 'short' }),
		long: new Intl.DateTimeFormat('sv-SE', { timeZone: 'UTC', month: 'long', year: 'numeric' }) },
	en: { month: new Intl.DateTimeFormat('en-GB', { timeZone: ZONE, month: 'short' }), weekday: new Intl.DateTimeFormat('en-GB', { timeZone: ZONE, weekday: 'short' }),
		long: new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', month: 'long', year: 'numeric' }) },
};

export function local(at: number): Parts {
	const parts = {} as Parts;
	for (const { type, value } of numeric.formatToParts(at)) if (type !== 'literal') parts[type as keyof Parts] = value;
	return parts;
}

/** "2026-11-22", the day there. */
export function dayOf(at: number): string {
	const { year, month, day } = local(at);
	return `${year}-${month}-${day}`;
}
export function monthOf(at: number): string {
	return dayOf(at).slice(0, 7);
}

function wall(at: number): string {
	const { year, month, day, hour, minute, second } = local(at);
	return `${year}-${month}-${day}T${hour}:${minute}:${second}`;
}

/** In the hour that comes twice in autumn: which of the two. */
function fold(at: number): string {
	if (wall(at) === wall(at + HOUR)) return ` (${t('time.summer')})`;
	if (wall(at) === wall(at - HOUR)) return ` (${t('time.standard')})`;
	return '';
}

/** "10.14", in English "10:14". */
export function clock(at: number, seconds = false): string {
	const { hour, minute, second } = local(at);
	return [hour, minute, ...(seconds ? [second] : [])].join(language === 'sv' ? '.' : ':') + fold(at);
}

/** "22 nov", with the year when it is another one than now's. */
export function day(at: number): string {
	const { year, day: number } = local(at);
	const month = named[language].month.format(at).replace('.', '');
	return `${Number(number)} ${month}${year === local(now()).year ? '' : ` ${year}`}`;
}

/** "sön 22 nov 10.14"; today only "10.14". */
export function moment(at: number): string {
	if (dayOf(at) === dayOf(now())) return clock(at);
	return `${named[language].weekday.format(at)} ${day(at)} ${clock(at)}`;
}

/** "november 2026" of "2026-11". */
export function monthName(month: string): string {
	return named[language].long.format(Date.parse(`${month}-01T00:00:00Z`));
}

/** "1 h 12 min", "18 min", "40 s"; never rounded up. Negative values lose their sign. */
export function duration(seconds: number): string {
	const s = Math.floor(Math.abs(seconds));
	const d = Math.floor(s / 86_400), h = Math.floor(s / 3_600) % 24, m = Math.floor(s / 60) % 60;
	if (d > 0) return `${d} ${t('unit.d')}${h > 0 ? ` ${h} h` : ''}`;
	if (h > 0) return `${h} h${m > 0 ? ` ${m} min` : ''}`;
	return m > 0 ? `${m} min` : `${s} s`;
}

/** What a field of type datetime-local says, as an instant: the first of two, and after a gap. Null: it is none. */
export function instant(text: string): number | null {
	const naive = Date.parse(`${text}Z`);
	if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) || Number.isNaN(naive)) return null;
	const offset = (at: number) => Date.parse(`${wall(at)}Z`) - Math.floor(at / 1000) * 1000;
	const early = naive - offset(naive - 24 * HOUR), late = naive - offset(naive + 24 * HOUR);
	for (const at of [Math.min(early, late), Math.max(early, late)]) if (at + offset(at) === naive) return at;
	return early;
}

/** For a field of type datetime-local. */
export function field(at: number): string {
	return wall(at).slice(0, 16);
}
