// Figures and their evidence add up, or say that they do not; files out and in.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { equal, kpiText, linesOf, mismatches, perUser, ratio, regionSum, secondsOf, sumOf, type AvailabilityCell, type KpiCell, type Piece } from '../src/pages/finance/figures';
import { monthsOf, shift } from '../src/pages/finance/months';
import { csv, readings, scaled } from '../src/pages/finance/sheet';
import { holdsOf, perUserYear, reasonsOf, standing, sums, type FeeLine, type Statement } from '../src/pages/finance/fee';
import { windowItems } from '../src/pages/finance/waits';

const cell = (kpi: string, unit: KpiCell['unit'], num: number, den: number): KpiCell =>
	({ kpi, unit, num, den, label: '', rule: '', municipality: null, left_out: 0, target_ppm: null, verdict: 'no_target', value_ppm: Math.floor(num * 1e6 / den) });
const parts = (...nums: number[]) => nums.map((num, i) => ({ ticket: `V-${i}`, num, den: 1 }));

test('a figure is the sum of its tickets', () => {
	assert.ok(equal(sumOf(cell('resolution_met', 'share', 2, 3), parts(1, 0, 1)), { num: 2, den: 3 }));
	assert.ok(!equal(sumOf(cell('resolution_met', 'share', 2, 3), parts(1, 1, 1)), { num: 2, den: 3 }));
	assert.deepEqual(sumOf(cell('inflow', 'count', 3, 1), parts(1, 1, 1)), { num: 3, den: 1 });
	assert.deepEqual(sumOf(cell('resolution_p90', 'ms', 0, 0), parts(...Array.from({ length: 10 }, (_, i) => (10 - i) * 10))), { num: 90, den: 10 });
	assert.deepEqual(sumOf(cell('resolution_p50', 'ms', 0, 0), parts(30, 10, 20)), { num: 20, den: 3 });
});

test('tickets for each user', () => {
	const of = cell('tickets_per_user_month_annualised', 'share', 2270 * 366, 30 * 5465);
	assert.deepEqual(perUser(of, '2016-04', 2270), { num: of.num, den: of.den });
	assert.equal(perUser(cell('inflow', 'count', 1, 1), '2016-04', 1), null);
	assert.equal(ratio(5_067_520), '5,06');
	assert.equal(ratio(994_327), '0,99');
	assert.equal(kpiText(of), '5,06');
	assert.equal(perUserYear({ counted: 13, users: 1834 }), 85_059);
	assert.equal(perUserYear({ counted: 1, users: 0 }), null);
});

const at = (hour: number) => `2026-11-02T${String(hour).padStart(2, '0')}:00:00Z`;
const stretch = (from: number, to: number) => ({ from: at(from), to: at(to), seconds: (to - from) * 3600 });
const piece = (from: number, to: number, state: Piece['state'], cause = 'unknown'): Piece =>
	({ ...stretch(from, to), state, cause, record: null, root: '', rewritten: false, flapping: false, provisional: false, pending: false });
const availability = (over: Partial<AvailabilityCell>): AvailabilityCell => ({ service: 's', municipality: '1489', from: at(0), to: at(10), num: 0, den: 0, period_s: 36_000, outside_s: 7_200, excluded_s: 3_600,
	base_s: 25_200, up_s: 14_400, external_s: 3_600, degraded_s: 0, down_s: 3_600, unknown_s: 3_600, provisional_s: 0, emergency_s: 0, budget_month_s: null, coverage_ppm: null, target_ppm: null,
	verdict: 'met', outages: 1, running: false, users: 10, ...over });

test('every second of a month counts as one thing', () => {
	const pieces = [piece(0, 4, 'up'), piece(4, 6, 'down'), piece(6, 7, 'down', 'municipality'), piece(7, 8, 'no_data'), piece(8, 12, 'up')];
	const lines = linesOf(pieces, [stretch(1, 9)], [stretch(4, 5)], Date.parse(at(10)));
	const found = secondsOf(lines);
	assert.deepEqual(found, { up: 14_400, external: 3_600, degraded: 0, down: 3_600, unknown: 3_600, excluded: 3_600, outside: 7_200 });
	assert.deepEqual(mismatches(availability({}), found), []);
	assert.deepEqual(mismatches(availability({ down_s: 3_601 }), found), ['down']);
	// an agreement that leaves external causes out says so in what is left out
	assert.deepEqual(mismatches(availability({ external_s: 0, excluded_s: 7_200 }), found), []);
	assert.equal(lines.reduce((sum, line) => sum + line.seconds, 0), 36_000);
});

test('the region is weighted by users', () => {
	const cells = [availability({ num: 999, den: 1000, users: 100 }), availability({ num: 1, den: 2, users: 1 }), availability({ users: 50 })];
	assert.deepEqual(regionSum(cells), { num: 994_059_405, den: 1_000_000_000 });
	assert.deepEqual(regionSum([]), { num: 0, den: 0 });
});

test('months', () => {
	assert.equal(shift('2026-01', -1), '2025-12');
	assert.equal(shift('2025-12', 1), '2026-01');
	assert.deepEqual(monthsOf(['2016-04', '2026-10'], '2026-11'), ['2026-11', '2026-10', '2026-09', '2026-08', '2026-07', '2026-06', '2016-04']);
});

test('a file is what Excel reads, and holds no formula', () => {
	assert.equal(csv([['a;b', 1.5, null], ['=1+1', 'c"d', -2]]), '\ufeff"a;b";1,5;\r\n\'=1+1;"c""d";-2\r\n');
});

test('numbers as people type them', () => {
	assert.equal(scaled('2,5', 7), 25_000_000);
	assert.equal(scaled('−0.5', 7), -5_000_000);
	assert.equal(scaled('1 234,50', 2), 123_450);
	assert.equal(scaled('1,234', 2), null);
	assert.equal(scaled('tolv', 0), null);
});

test('a file of readings tells of every line that is wrong', () => {
	const known = new Set(['1489', '1480']);
	const { rows, wrong } = readings('\ufeffkommun;dag;användare\r\n1489;2026-11-01;1 234;12\r\n\r\n"1480";2026-11-01;50\r\n1489;2026-11-01;7\r\n9999;2026-11-01;7\r\n1480;2026-02-30;7\r\n1480;2026-12-01;-1\r\n1480;2026-12-01;5;6\r\n1480;5', known);
	assert.deepEqual(rows, [{ line: 2, municipality: '1489', day: '2026-11-01', users: 1234, private_users: 12 }, { line: 4, municipality: '1480', day: '2026-11-01', users: 50, private_users: 0 }]);
	assert.deepEqual(wrong.map((w) => [w.line, w.what]), [[5, 'twice'], [6, 'municipality'], [7, 'day'], [8, 'users'], [9, 'private_users'], [10, 'columns']]);
});

const statement = (over: Partial<Statement>) => ({ municipality: '1489', state: 'draft', holds: [], users: 10, counted: 1, not_counted: 0, gross_ore: 5, support_ore: 5, operation_ore: 5, adjusted_ore: 0,
	total_ore: 10, blank_count: 0, blank_ore: 0, closed: null, ...over }) as unknown as Statement;

test('what a month\'s statements say together', () => {
	const rows = [statement({ state: 'closed', closed: at(1) }), statement({ municipality: '1480', holds: [{ name: 'no_reading', words: '' }] })];
	assert.deepEqual(standing(rows), { state: 'partly', closed: 1, of: 2, at: null });
	assert.deepEqual(standing([rows[0] as Statement]), { state: 'closed', closed: 1, of: 1, at: at(1) });
	assert.equal(sums(rows).total_ore, 20);
	assert.deepEqual(holdsOf(rows), [{ name: 'no_reading', municipalities: ['1480'] }]);
	const line = (kind: string, reason: string) => ({ kind, reason }) as FeeLine;
	assert.deepEqual(reasonsOf([line('counted', 'countable'), line('not_counted', 'test'), line('not_counted', 'reopen'), line('not_counted', 'reopen')]), [['reopen', 2], ['test', 1]]);
});

test('a series of windows waits once, and so does its withdrawal', () => {
	const window = (series: string, n: number, over: object) => ({ id: `${series}.${n}`, series, waits: true, withdrawn: false, author: 'a', withdrawn_by: '', withdrawal_approved_by: '', planned: at(1), ...over }) as never;
	const items = windowItems([window('W-1', 0, {}), window('W-1', 1, {}), window('W-2', 0, { waits: false }), window('W-3', 0, { waits: false, withdrawn: true, withdrawn_by: 'b' })]);
	assert.deepEqual(items.map((item) => [item.id, item.author, item.reject]), [['W-1', 'a', '/windows/W-1/withdraw'], ['W-3', 'b', '']]);
});
