// What the API says of service windows, and what the calendar makes of it.
import type { Stamped } from '../../api';
import type { Cell } from '../../parts/small';
import { dayOf } from '../../time';

export interface Window {
	id: string;
	series: string;
	name: string;
	services: string[];
	municipalities: string[];
	from: string;
	to: string;
	category: 'planned' | 'emergency';
	announced: string | null;
	agreed_by: string;
	rrule: string;
	reason: string;
	author: string;
	approved_by: string;
	waits: boolean;
	started: string | null;
	ended: string | null;
	withdrawn: boolean;
	withdrawn_by: string;
	withdrawn_reason: string;
	withdrawal_approved_by: string;
}

export interface WindowList extends Stamped {
	windows: Window[];
}

export interface WindowEffect extends Stamped {
	late: boolean;
	days_ahead: number;
	collisions: { id: string; name: string; from: string; to: string }[];
	agreed_s: number;
	excluded_s: number;
	counts: boolean;
	municipalities: number;
	users: number;
	cells: { service: string; municipality: string; before: Cell; after: Cell }[];
}

const DAY_MS = 86_400_000;

/** None stands for all. */
function share(a: readonly string[], b: readonly string[]): boolean {
	return a.length === 0 || b.length === 0 || a.some((id) => b.includes(id));
}

export function collide(a: Window, b: Window): boolean {
	return a.id !== b.id && !a.withdrawn && !b.withdrawn && a.from < b.to && b.from < a.to && share(a.services, b.services) && share(a.municipalities, b.municipalities);
}

/** Those of a list that collide with another of it: the other ones by id. */
export function collisions(windows: readonly Window[]): Map<string, string[]> {
	const found = new Map<string, string[]>();
	for (const a of windows) {
		const others = windows.filter((b) => collide(a, b)).map(({ id }) => id);
		if (others.length > 0) found.set(a.id, others);
	}
	return found;
}

/** The one that runs or comes first. */
export function nextWindow(windows: readonly Window[], at: number): Window | null {
	const coming = windows.filter((window) => !window.withdrawn && window.ended === null && Date.parse(window.to) > at);
	return coming.reduce<Window | null>((first, window) => first === null || window.from < first.from ? window : first, null);
}

/** "2026-12" is one after "2026-11". */
export function monthAfter(month: string, by = 1): string {
	const [year, number] = month.split('-').map(Number) as [number, number];
	const index = year * 12 + number - 1 + by;
	return `${Math.floor(index / 12)}-${String(index % 12 + 1).padStart(2, '0')}`;
}

/** The weeks that a month lies in, from Monday: each seven days as "2026-11-02". */
export function weeks(month: string): string[][] {
	const first = Date.parse(`${month}-01T00:00:00Z`), end = Date.parse(`${monthAfter(month)}-01T00:00:00Z`);
	const rows: string[][] = [];
	for (let at = first - (new Date(first).getUTCDay() + 6) % 7 * DAY_MS; at < end; at += 7 * DAY_MS)
		rows.push(Array.from({ length: 7 }, (_, i) => new Date(at + i * DAY_MS).toISOString().slice(0, 10)));
	return rows;
}

/** Whether a window lies in a local day. */
export function liesIn(window: Window, day: string): boolean {
	return dayOf(Date.parse(window.from)) <= day && day <= dayOf(Date.parse(window.to) - 1);
}

export type Stage = 'withdrawn' | 'waits' | 'ended' | 'runs' | 'approved';

export function stageOf(window: Window, at: number): Stage {
	if (window.withdrawn) return 'withdrawn';
	if (window.waits) return 'waits';
	if (window.ended !== null || Date.parse(window.to) <= at && window.started === null) return 'ended';
	return window.started !== null || Date.parse(window.from) <= at ? 'runs' : 'approved';
}

/** Whole days between its announcement and its start. */
export function daysAhead(window: Window): number | null {
	return window.announced === null ? null : Math.floor((Date.parse(window.from) - Date.parse(window.announced)) / DAY_MS);
}
