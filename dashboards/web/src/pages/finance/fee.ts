// What `GET /statements` answers, and what a month's statements say together.
import type { Stamped } from '../../api';

export type Mode = 'per_ticket_capped' | 'flat_per_user' | 'per_ticket_uncapped';
export const MODES: readonly Mode[] = ['per_ticket_capped', 'flat_per_user', 'per_ticket_uncapped'];

export interface Statement {
	number: string | null;
	municipality: string;
	month: string;
	state: 'draft' | 'held' | 'closed';
	held: boolean;
	trial: boolean;
	holds: { name: string; words: string }[];
	mode: Mode;
	users: number;
	ticket_price_ore: number;
	support_price_ore: number;
	operation_price_ore: number;
	counted: number;
	not_counted: number;
	corrected: number;
	gross_ore: number;
	adjusted_ore: number;
	capped_ore: number;
	support_ore: number;
	operation_ore: number;
	vat_ore: number;
	rounding_ore: number;
	total_ore: number;
	blank_count: number;
	blank_ore: number;
	by_links_ore: number;
	as_of_seq: number | null;
	author: string | null;
	approved_by: string | null;
	closed: string | null;
	published: string | null;
	model_sha256: string | null;
	previous_sha256: string | null;
	invoice: string | null;
	invoice_day: string | null;
	/** In a month's list: the support in each pricing mode, and lines that do not count by reason. */
	net_ore?: Record<Mode, number>;
	not_counted_by?: Record<string, number>;
}
export interface Statements extends Stamped {
	month: string;
	statements: Statement[];
}

export interface FeeLine {
	no: number;
	kind: 'counted' | 'not_counted' | 'credit' | 'debit' | 'late';
	ticket: string;
	month: string;
	amount_ore: number;
	reason: string;
	reason_before?: string;
	corrects?: { number: string | null; no: number } | null;
	act?: string;
	refs: { source: string; ref: string }[];
	cause_blank: boolean;
	counts_by_links: boolean;
	bypassed_first_line: boolean;
	disputed: boolean;
}
export interface FeeYear {
	year: number;
	gross_ore: number;
	cap_ore: number;
	billed_ore: number;
	operation_billed_ore: number;
	operation_ore: number;
	net_ore: Record<Mode, number>;
}
export interface WholeStatement extends Statement, Stamped {
	lines: FeeLine[];
	years: FeeYear[];
	next: number | null;
}

export interface Act {
	id: string;
	kind: 'rate' | 'cost' | 'override' | 'opening' | 'close' | 'objection';
	state: 'waiting' | 'approved' | 'rejected';
	author: string;
	reason: string;
	proposed: string;
	decided_by: string | null;
	decided: string | null;
	decided_reason: string | null;
	automatic: boolean;
	index?: string;
	year?: number;
	rate_ppb?: number;
	cost_ore?: number;
	decided_day?: string | null;
	document?: string;
	ticket?: string;
	outcome?: string;
	month?: string;
	municipality?: string;
	municipalities?: string[];
	support_ore?: number;
	operation_ore?: number;
	objection?: string;
	amount_ore?: number;
}
export interface Objection {
	id: string;
	municipality: string;
	month: string;
	ticket: string | null;
	reason: string;
	author: string;
	raised: string;
	state: 'open' | 'accepted' | 'rejected';
	answer: string | null;
	decided_by: string | null;
	decided: string | null;
	act: string | null;
}

/** How far a month has come: the statement of every municipality closed, of some, of none. */
export interface Standing {
	state: 'closed' | 'partly' | 'open';
	closed: number;
	of: number;
	/** When the last one was closed; null: some are open. */
	at: string | null;
}
export function standing(statements: readonly Statement[]): Standing {
	const closed = statements.filter((s) => s.state === 'closed');
	const all = closed.length === statements.length && closed.length > 0;
	return { state: all ? 'closed' : closed.length > 0 ? 'partly' : 'open', closed: closed.length, of: statements.length,
		at: all ? closed.map((s) => s.closed ?? '').sort().at(-1) ?? null : null };
}

const SUMMED = ['users', 'counted', 'not_counted', 'gross_ore', 'support_ore', 'operation_ore', 'adjusted_ore', 'total_ore', 'blank_count', 'blank_ore'] as const;
export type Sums = Record<(typeof SUMMED)[number], number>;
export function sums(statements: readonly Statement[]): Sums {
	const all = Object.fromEntries(SUMMED.map((name) => [name, 0])) as Sums;
	for (const statement of statements) for (const name of SUMMED) all[name] += statement[name];
	return all;
}

/** Whole parts per million of tickets for each user and year: the month's, twelvefold, against the 1,0 that the price assumes. */
export function perUserYear(statement: Pick<Statement, 'counted' | 'users'>): number | null {
	return statement.users > 0 ? Math.floor(statement.counted * 12 * 1_000_000 / statement.users) : null;
}

/** What stops a closing, with whom it concerns; the commonest first. */
export function holdsOf(statements: readonly Statement[]): { name: string; municipalities: string[] }[] {
	const found = new Map<string, string[]>();
	for (const { holds, municipality, state } of statements) {
		if (state === 'closed') continue;
		for (const { name } of holds) found.set(name, [...(found.get(name) ?? []), municipality]);
	}
	return [...found].map(([name, municipalities]) => ({ name, municipalities })).sort((a, b) => b.municipalities.length - a.municipalities.length);
}

/** Why tickets of a statement do not count, and how many each reason takes. */
export function reasonsOf(lines: readonly FeeLine[]): [reason: string, n: number][] {
	const found = new Map<string, number>();
	for (const line of lines) if (line.kind === 'not_counted') found.set(line.reason, (found.get(line.reason) ?? 0) + 1);
	return [...found].sort((a, b) => b[1] - a[1]);
}
