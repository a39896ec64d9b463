// All that waits for a second person or a decision, from the lists of the API that have any.
import { get, type Stamped } from '../../api';
import type { Act, Objection } from './fee';

interface Outage {
	id: string;
	effect: string;
	service: string;
	municipalities: string[];
	from: string;
	to: string | null;
	cause: string;
	reason: string;
	author: string;
	waits: boolean;
}
interface Window {
	id: string;
	series: string;
	name: string;
	services: string[];
	municipalities: string[];
	from: string;
	to: string;
	planned: string;
	reason: string;
	author: string;
	waits: boolean;
	withdrawn: boolean;
	withdrawn_by: string;
	withdrawn_reason: string;
	withdrawal_approved_by: string;
}
interface Proposal {
	id: string;
	kind: string;
	service: string;
	municipalities: string[];
	alarm_count: number;
	from: string;
	to: string | null;
}

export type Waits = { kind: 'act'; of: Act } | { kind: 'objection'; of: Objection } | { kind: 'outage'; of: Outage } | { kind: 'window'; of: Window; times: number } | { kind: 'proposal'; of: Proposal };

export interface Item {
	id: string;
	/** "" = alarms. */
	author: string;
	since: string | null;
	reason: string;
	approve: string;
	/** "" = it cannot be. */
	reject: string;
	waits: Waits;
}

/** A series is one thing to approve; so is its withdrawal. */
export function windowItems(windows: readonly Window[]): Item[] {
	const series = new Map<string, Window[]>();
	for (const window of windows) {
		const withdrawal = window.withdrawn && window.withdrawal_approved_by === '';
		if (window.waits || withdrawal) series.set(window.series, [...(series.get(window.series) ?? []), window]);
	}
	return [...series].map(([id, of]) => {
		const first = of[0] as Window;
		return { id, author: first.withdrawn ? first.withdrawn_by : first.author, since: first.planned, reason: first.withdrawn ? first.withdrawn_reason : first.reason,
			approve: `/windows/${id}/approve`, reject: first.withdrawn ? '' : `/windows/${id}/withdraw`, waits: { kind: 'window', of: first, times: of.length } };
	});
}

export async function waitingOf(finance: boolean, correct: boolean): Promise<Item[]> {
	const some = <T>(wanted: boolean, path: string): Promise<T | null> => wanted ? get<T>(path) : Promise.resolve(null);
	const [acts, objections, outages, windows, proposals] = await Promise.all([
		some<Stamped & { acts: Act[] }>(finance, '/acts?state=waiting&limit=1000'),
		some<Stamped & { objections: Objection[] }>(finance, '/objections?state=open&limit=1000'),
		some<Stamped & { records: Outage[] }>(correct, '/outages?state=waiting'),
		some<Stamped & { windows: Window[] }>(correct, '/windows'),
		some<Stamped & { proposals: Proposal[] }>(correct, '/proposals?limit=1000'),
	]);
	const items: Item[] = [
		...(proposals?.proposals ?? []).map((of): Item => ({ id: of.id, author: '', since: of.from, reason: '', approve: `/proposals/${of.id}/accept`, reject: `/proposals/${of.id}/refuse`, waits: { kind: 'proposal', of } })),
		...(outages?.records ?? []).filter((of) => of.waits).map((of): Item => ({ id: of.id, author: of.author, since: null, reason: of.reason, approve: `/outages/${of.id}/approve`, reject: `/outages/${of.id}/withdraw`, waits: { kind: 'outage', of } })),
		...windowItems(windows?.windows ?? []),
		...(objections?.objections ?? []).map((of): Item => ({ id: of.id, author: of.author, since: of.raised, reason: of.reason, approve: '', reject: '', waits: { kind: 'objection', of } })),
		...(acts?.acts ?? []).map((of): Item => ({ id: of.id, author: of.author, since: of.proposed, reason: of.reason, approve: `/acts/${of.id}/approve`, reject: `/acts/${of.id}/reject`, waits: { kind: 'act', of } })),
	];
	return items;
}
