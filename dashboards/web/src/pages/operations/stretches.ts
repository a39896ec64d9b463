// What stands on timelines: measured outages and windows as stretches that are spoken, and outages that many municipalities had together
// as one.
import { t } from '../../i18n';
import type { Stretch } from '../../charts/Chart';
import type { State } from '../../state';
import { clock, day, duration, moment } from '../../time';
import type { Measured, OutageRecord, Piece, Window } from './answers';

const SHOWN: Record<string, State> = { up: 'ok', down: 'down', degraded: 'degraded', no_data: 'unknown', maint: 'maint' };

export function shownState(measured: string): State {
	return SHOWN[measured] ?? 'unknown';
}

/** "14 okt 08.12 till 16.15, avbrott, 8 h 3 min". */
export function spoken(from: number, to: number, what: string): string {
	const end = day(from) === day(to) ? clock(to) : `${day(to)} ${clock(to)}`;
	return `${moment(from)} ${t('wall.until')} ${end}, ${what}, ${duration((to - from) / 1000)}`;
}

function stretch(from: number, to: number, state: State, what: string, id: string): Stretch {
	return { from, to, state, id, text: spoken(from, to, what), label: duration((to - from) / 1000) };
}

export function ofPieces(pieces: readonly Piece[]): Stretch[] {
	return pieces.map((piece) => {
		const state = shownState(piece.state);
		const made = stretch(Date.parse(piece.from), Date.parse(piece.to), state, t(`state.${state}`).toLowerCase(), piece.from);
		if (state === 'ok') delete made.label;
		return made;
	});
}

/** What overlaps counts once, so that a strip shows when it was wrong for anybody. */
export function merged(outages: readonly Measured[]): Stretch[] {
	const spans = whole(outages).map((o) => ({ from: Date.parse(o.from), to: Date.parse(o.to) })).sort((a, b) => a.from - b.from);
	const joined: { from: number; to: number }[] = [];
	for (const span of spans) {
		const last = joined[joined.length - 1];
		if (last && span.from <= last.to) last.to = Math.max(last.to, span.to);
		else joined.push({ ...span });
	}
	return joined.map(({ from, to }) => stretch(from, to, 'down', t('state.down').toLowerCase(), `down${from}`));
}

export function ofWindows(windows: readonly Window[], service: string | null, municipality: string | null): Stretch[] {
	return windows.filter((w) => !w.withdrawn && (service === null || w.services.length === 0 || w.services.includes(service))
		&& (municipality === null || w.municipalities.length === 0 || w.municipalities.includes(municipality)))
		.map((w) => stretch(Date.parse(w.from), Date.parse(w.to), 'maint', t('word.window').toLowerCase(), w.id));
}

function overlaps(a: { from: string; to: string | null }, b: { from: string; to: string | null }): boolean {
	return (b.to === null || Date.parse(a.from) < Date.parse(b.to)) && (a.to === null || Date.parse(b.from) < Date.parse(a.to));
}

/** A way in is told of only where the service as a whole was not down. */
export function whole(outages: readonly Measured[]): Measured[] {
	return outages.filter((one) => !one.channel || !outages.some((other) => !other.channel && other.service === one.service && other.municipality === one.municipality && overlaps(one, other)));
}

/** What persons have said of it: by its own word, else what stands over the same time. */
export function recordOf(outage: Together, records: readonly OutageRecord[]): string | null {
	return outage.record ?? records.find((one) => !one.withdrawn && one.service === outage.service && overlaps(outage, one)
		&& (one.municipalities.length === 0 || outage.municipalities.every((code) => one.municipalities.includes(code))))?.id ?? null;
}

/** Outages of one service that began and ended together. */
export interface Together extends Omit<Measured, 'municipality'> {
	municipalities: string[];
}

/** The newest first. Seconds are those of the municipality that had most. */
export function together(outages: readonly Measured[]): Together[] {
	const groups = new Map<string, Together>();
	for (const { municipality, ...outage } of whole(outages)) {
		const key = [outage.service, outage.channel, outage.from, outage.to, outage.cause, outage.record, outage.running].join();
		const group = groups.get(key) ?? { ...outage, municipalities: [] };
		group.municipalities.push(municipality);
		group.counted_s = Math.max(group.counted_s, outage.counted_s);
		groups.set(key, group);
	}
	return [...groups.values()].sort((a, b) => Date.parse(b.from) - Date.parse(a.from));
}
