// What the API says of tickets, and what the queue makes of it: how much time is left at this instant, and how that stands.
import type { Stamped } from '../../api';

export interface Clock {
	state: 'none' | 'running' | 'paused' | 'overdue' | 'met' | 'missed';
	elapsed_s: number;
	target_s: number | null;
	due: string | null;
	remaining_s: number | null;
	start: string | null;
	end: string | null;
	breached_as?: string;
}

export interface Ticket {
	id: string;
	title?: string | null;
	refs: { source: string; ref: string }[];
	municipality: string | null;
	service: string | null;
	status: string;
	pending_reason: string;
	open: boolean;
	line: number | null;
	priority: string;
	created: string;
	resolved: string | null;
	resolution: Clock;
	/** The call about it that nobody has answered: when it is said, or was when `state` is no longer "pending". */
	escalation?: { level: number; at: string; duty: string; state: string } | null;
	assigned?: boolean;
	paused_since?: string | null;
}

export interface TicketPage extends Stamped {
	tickets: Ticket[];
	next: string | number | null;
	counts?: { open: number; over: number; soon: number };
	cut?: boolean;
}

export interface Notification {
	id: number;
	duty: string;
	channel: string;
	made: string;
	next: string | null;
	delivered: string | null;
	state: string;
	attempts: number;
	repeats: number;
	error: string;
}

export interface Fact {
	seq: number;
	at: string;
	source: string;
	actor: string;
	voided: boolean;
	fields: Record<string, string | number | boolean | null>;
}

export interface TicketWhole extends Ticket, Stamped {
	received_at: string | null;
	acknowledged: string | null;
	clocks: Record<string, Clock>;
	fields: Fact['fields'];
	faults: { name: string; words: string }[];
	agreement?: string;
	agreement_version?: string;
	facts: Fact[];
	notifications: Notification[];
}

export interface Segment {
	from: string;
	to: string;
	line: number | null;
	side: string;
	priority: string;
	calendar: string;
	counted_s: number;
	why: string;
	fact_seq: number;
}

export type Standing = 'over' | 'soon' | 'paused' | 'running' | 'done' | 'none';

const SOON_S = 30 * 60;
const SAME_S = 2;

/** Seconds left at `at` of what was answered at `asof`. Counted on between answers only while no closed hours lie before the limit: else
 * only the daemon knows whether the clock runs just now. */
export function secondsLeft(clock: Clock, asof: number, at: number): number | null {
	if (clock.remaining_s === null || clock.due === null || (clock.state !== 'running' && clock.state !== 'overdue')) return clock.remaining_s;
	const due = Date.parse(clock.due);
	return Math.abs((due - asof) / 1000 - clock.remaining_s) <= SAME_S ? Math.floor((due - at) / 1000) : clock.remaining_s;
}

export function standing(clock: Clock, left: number | null): Standing {
	if (clock.state === 'met' || clock.state === 'missed') return 'done';
	if (clock.state === 'paused') return 'paused';
	if (left === null) return 'none';
	if (clock.state === 'overdue' || left < 0) return 'over';
	return left <= SOON_S ? 'soon' : 'running';
}

/** What became worse since the standings before: the tickets that crossed half an hour, or their limit. */
export function crossed(before: ReadonlyMap<string, Standing>, after: ReadonlyMap<string, Standing>): { id: string; standing: 'over' | 'soon' }[] {
	const found: { id: string; standing: 'over' | 'soon' }[] = [];
	for (const [id, now] of after) {
		const then = before.get(id);
		if (then === 'running' && now === 'soon') found.push({ id, standing: 'soon' });
		if ((then === 'running' || then === 'soon') && now === 'over') found.push({ id, standing: 'over' });
	}
	return found;
}

/** Percent of the target that is used, at most 100. */
export function used(clock: Clock, left: number | null): number {
	if (clock.target_s === null || clock.target_s <= 0 || left === null) return 0;
	return Math.min(100, Math.max(0, Math.floor((clock.target_s - left) * 100 / clock.target_s)));
}

/** The API's reason of a segment as the key of its words: "paused: requester" is "paused_requester". */
export function reasonKey(why: string): string {
	return why.replace(/\W+/g, '_');
}

export type Piece = 'work' | 'pause' | 'solved' | 'rest';

export function pieceOf(segment: Pick<Segment, 'why'>): Piece {
	if (segment.why.startsWith('paused')) return 'pause';
	if (segment.why.startsWith('resolved')) return 'solved';
	return segment.why.startsWith('counts') ? 'work' : 'rest';
}

/** Neighbours of the same kind as one, for drawing. */
export function joined<T extends string | number | null>(segments: readonly Segment[], kind: (segment: Segment) => T): { from: number; to: number; kind: T }[] {
	const runs: { from: number; to: number; kind: T }[] = [];
	for (const segment of segments) {
		const last = runs.at(-1), from = Date.parse(segment.from), to = Date.parse(segment.to);
		if (last && last.kind === kind(segment) && last.to === from) last.to = to;
		else runs.push({ from, to, kind: kind(segment) });
	}
	return runs;
}

/** The priority of an impact and an urgency, each 1 to 4, by the agreement's matrix; "" = one of them is not chosen. */
export function priorityOf(matrix: readonly (readonly number[])[], priorities: readonly string[], impact: number, urgency: number): string {
	const place = matrix[impact - 1]?.[urgency - 1];
	return place === undefined ? '' : priorities[place] ?? '';
}
