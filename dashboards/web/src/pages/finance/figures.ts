// Figures and what they are made of: how a cell is printed, and whether its evidence adds up to it. Whole numbers only; where a product
// may pass what a double holds exactly, BigInt.
import { t } from '../../i18n';
import { count, percent } from '../../numbers';
import type { Cell } from '../../parts/small';
import { duration } from '../../time';

export interface KpiCell {
	kpi: string;
	label: string;
	unit: 'count' | 'share' | 'mean_ms' | 'ms';
	rule: string;
	municipality: string | null;
	num: number;
	den: number;
	left_out: number;
	value_ppm?: number | null;
	target_ppm: number | null;
	verdict: string;
	rolling_num?: number;
	rolling_den?: number;
}

/** One ticket's part of a figure. */
export interface Part {
	ticket: string;
	num: number;
	den: number;
}

export interface AvailabilityCell {
	service: string;
	channel?: string;
	municipality: string | null;
	from: string;
	to: string;
	num: number;
	den: number;
	period_s: number;
	outside_s: number;
	excluded_s: number;
	base_s: number;
	up_s: number;
	external_s: number;
	degraded_s: number;
	down_s: number;
	unknown_s: number;
	provisional_s: number;
	emergency_s: number;
	budget_month_s: number | null;
	coverage_ppm: number | null;
	target_ppm: number | null;
	verdict: string;
	outages: number;
	running: boolean;
	users: number | null;
}

/** Shares that are no parts of a whole: so many of one for each of another. */
const RATIOS = new Set(['reassignments_mean', 'tickets_per_user_month_annualised', 'tickets_per_user_12_months']);

export function ppm(num: number, den: number): number | null {
	return den === 0 ? null : Number(BigInt(num) * 1_000_000n / BigInt(den));
}

/** As Figure shows it. */
export function asFigure(cell: AvailabilityCell): Cell {
	return { value_ppm: ppm(cell.num, cell.den), target_ppm: cell.target_ppm, verdict: cell.verdict };
}

/** "0,99": cut, never rounded. */
export function ratio(value: number | null | undefined): string {
	return percent(value === null || value === undefined ? value : Math.floor(value / 100), 2).replace(/\u00a0?%$/, '');
}

export function kpiText(cell: KpiCell): string {
	if (cell.den === 0) return '–';
	if (cell.unit === 'count') return count(cell.num);
	if (cell.unit === 'ms') return duration(cell.num / 1000);
	if (cell.unit === 'mean_ms') return duration(cell.num / cell.den / 1000);
	return RATIOS.has(cell.kpi) ? ratio(cell.value_ppm) : percent(cell.value_ppm);
}

/** What a cell is sorted by. */
export function kpiOrder(cell: KpiCell | undefined): number | null {
	return cell === undefined || cell.den === 0 ? null : cell.num / cell.den;
}

/** Why the rule leaves tickets out of a figure. */
export function leftOut(kpi: string): string {
	if (kpi.startsWith('source_')) return 'source';
	if (kpi.endsWith('_met')) return 'target';
	if (kpi === 'reassignments_mean') return 'second';
	return kpi.startsWith('resolution_') ? 'time' : 'line';
}

/** What one ticket put in, in the figure's unit. */
export function partText(cell: KpiCell, part: Part): string {
	if (cell.unit === 'ms' || cell.unit === 'mean_ms') return duration(part.num / 1000);
	return count(part.num);
}

/** Nearest rank: value number ceil(percent * n / 100) of all. */
function ranked(parts: readonly Part[], percentile: number): number {
	const values = parts.map((part) => part.num).sort((a, b) => a - b);
	return values[Math.ceil(percentile * values.length / 100) - 1] ?? 0;
}

export interface Sum {
	num: number;
	den: number;
}

/** What a figure's tickets add up to. */
export function sumOf(cell: KpiCell, parts: readonly Part[]): Sum {
	const percentile = /_p(\d\d)$/.exec(cell.kpi)?.[1];
	if (percentile) return { num: ranked(parts, Number(percentile)), den: parts.length };
	const num = parts.reduce((sum, part) => sum + part.num, 0);
	return { num, den: cell.unit === 'count' ? 1 : parts.reduce((sum, part) => sum + part.den, 0) };
}

const DAY_MS = 86_400_000;
export function daysOf(month: string): { month: number; year: number } {
	const [y, m] = month.split('-').map(Number) as [number, number];
	return { month: new Date(Date.UTC(y, m, 0)).getUTCDate(), year: (Date.UTC(y + 1, 0) - Date.UTC(y, 0)) / DAY_MS };
}

/** Tickets for each user are tickets to second line, scaled; null: the figure is made of tickets alone. */
export function perUser(cell: KpiCell, month: string, tickets: number): Sum | null {
	if (cell.kpi !== 'tickets_per_user_month_annualised') return null;
	const days = daysOf(month);
	return { num: tickets * days.year, den: Math.floor(cell.den / days.month) * days.month };
}

export function equal(a: Sum, b: Sum): boolean {
	return a.num === b.num && a.den === b.den;
}

export interface Stretch {
	from: string;
	to: string;
	seconds: number;
}
export interface Piece extends Stretch {
	state: 'up' | 'no_data' | 'degraded' | 'down';
	cause: string;
	record: string | null;
	root: string;
	rewritten: boolean;
	flapping: boolean;
	provisional: boolean;
	pending: boolean;
}
export type Counted = 'up' | 'external' | 'degraded' | 'down' | 'unknown' | 'excluded' | 'outside';
export interface Line extends Stretch {
	counted: Counted;
	piece: Piece;
}

const EXTERNAL = new Set(['municipality', 'third_party', 'force_majeure']);

function countedAs(piece: Piece, agreed: boolean, excluded: boolean): Counted {
	if (!agreed) return 'outside';
	if (excluded) return 'excluded';
	if (piece.state === 'no_data') return 'unknown';
	if (piece.state !== 'up' && EXTERNAL.has(piece.cause)) return 'external';
	return piece.state;
}

const within = (spans: readonly Stretch[], at: number) => spans.some((span) => Date.parse(span.from) <= at && at < Date.parse(span.to));

/** The timeline's pieces cut at the edges of agreed time and of windows: each stretch up to an instant, and what it counts as. */
export function linesOf(pieces: readonly Piece[], agreed: readonly Stretch[], excluded: readonly Stretch[], until: number): Line[] {
	const edges = [...agreed, ...excluded].flatMap((span) => [Date.parse(span.from), Date.parse(span.to)]).sort((a, b) => a - b);
	const lines: Line[] = [];
	for (const piece of pieces) {
		let from = Date.parse(piece.from);
		const end = Math.min(Date.parse(piece.to), until);
		for (const edge of [...edges.filter((at) => at > from && at < end), end]) {
			if (edge <= from) continue;
			const counted = countedAs(piece, within(agreed, from), within(excluded, from));
			lines.push({ from: new Date(from).toISOString(), to: new Date(edge).toISOString(), seconds: (edge - from) / 1000, counted, piece });
			from = edge;
		}
	}
	return lines;
}

export function secondsOf(lines: readonly Line[]): Record<Counted, number> {
	const sums: Record<Counted, number> = { up: 0, external: 0, degraded: 0, down: 0, unknown: 0, excluded: 0, outside: 0 };
	for (const line of lines) sums[line.counted] += line.seconds;
	return sums;
}

/** The names of those sums that are not what the cell says. An agreement may leave external causes out instead of counting them as up. */
export function mismatches(cell: AvailabilityCell, sums: Record<Counted, number>): Counted[] {
	const left = cell.external_s === 0 ? sums.external : 0;
	const said: Record<Counted, number> = { up: cell.up_s, external: cell.external_s, degraded: cell.degraded_s, down: cell.down_s, unknown: cell.unknown_s,
		excluded: cell.excluded_s, outside: cell.outside_s };
	const found = { ...sums, external: sums.external - left, excluded: sums.excluded + left };
	return (Object.keys(said) as Counted[]).filter((name) => said[name] !== found[name]);
}

/** The region's share from its municipalities': each share in billionths, weighted by users, floored as the daemon does. */
export function regionSum(cells: readonly AvailabilityCell[]): Sum {
	let weighted = 0n, users = 0n;
	for (const cell of cells) {
		if (cell.den === 0 || !cell.users || cell.users <= 0) continue;
		weighted += BigInt(cell.num) * 1_000_000_000n / BigInt(cell.den) * BigInt(cell.users);
		users += BigInt(cell.users);
	}
	return users === 0n ? { num: 0, den: 0 } : { num: Number(weighted / users), den: 1_000_000_000 };
}

/** "2 h 3 min (7 380 s)": what people read, and what adds up. */
export function exact(seconds: number): string {
	return seconds < 60 ? `${count(seconds)} s` : t('figure.exact', { time: duration(seconds), s: count(seconds) });
}
