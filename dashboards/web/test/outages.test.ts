// Outages as they are listed and drawn: told together, never twice, and known by what was said of them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Measured, MunicipalityView, OutageRecord } from '../src/pages/operations/answers';
import { dayStretches, daysSaying } from '../src/pages/operations/days';
import { merged, recordOf, together } from '../src/pages/operations/stretches';

const outage = (municipality: string, from: string, to: string, more: Partial<Measured> = {}): Measured =>
	({ service: 'journal', municipality, from: `2026-11-${from}:00Z`, to: `2026-11-${to}:00Z`, length_s: 60, counted_s: 60, running: false, provisional: false, cause: 'vgr', record: null, ...more });

test('municipalities that were down together are one row', () => {
	const rows = together([outage('1489', '01T08:00', '01T09:00'), outage('1480', '01T08:00', '01T09:00', { counted_s: 90 }), outage('1489', '02T08:00', '02T09:00')]);
	assert.deepEqual(rows.map((row) => row.municipalities), [['1489'], ['1489', '1480']]);
	assert.equal(rows[1]?.counted_s, 90);
});

test('a way in is told of only where the service as a whole was not down', () => {
	const outages = [outage('1489', '01T08:00', '01T09:00'), outage('1489', '01T08:00', '01T09:00', { channel: 'app' }), outage('1480', '01T08:00', '01T09:00', { channel: 'app' })];
	assert.deepEqual(together(outages).map((row) => [row.channel, row.municipalities]), [[undefined, ['1489']], ['app', ['1480']]]);
});

test('what overlaps is one bar', () => {
	const bars = merged([outage('1489', '01T08:00', '01T09:00'), outage('1480', '01T08:30', '01T10:00'), outage('1480', '01T12:00', '01T12:05')]);
	assert.deepEqual(bars.map((bar) => bar.label), ['2 h', '5 min']);
	assert.equal(bars[0]?.text, '1 nov 09.00 till 11.00, avbrott, 2 h'.replace('1 nov', 'sön 1 nov'));
});

test('a record over the same time is what was said of it', () => {
	const [row] = together([outage('1489', '01T08:00', '01T09:00')]);
	const record = (more: Partial<OutageRecord>) => ({ id: 'O-1', service: 'journal', municipalities: ['1489'], from: '2026-11-01T08:30:00Z', to: null, withdrawn: false, ...more }) as OutageRecord;
	assert.ok(row);
	assert.equal(recordOf(row, [record({})]), 'O-1');
	assert.equal(recordOf(row, [record({ municipalities: [] })]), 'O-1');
	assert.equal(recordOf(row, [record({ withdrawn: true }), record({ municipalities: ['1480'] }), record({ from: '2026-11-01T09:00:00Z' })]), null);
	assert.equal(recordOf({ ...row, record: 'O-7' }, []), 'O-7');
});

test('days without data are one gap', () => {
	const one = (n: number, more: Partial<MunicipalityView['days'][number]>) => ({ day: `2026-11-0${n}`, down_s: 0, degraded_s: 0, unknown_s: 0, maint_s: 0, agreed_s: 86_400, ...more });
	const days = [one(1, { unknown_s: 86_400 }), one(2, { unknown_s: 80_000 }), one(3, {}), one(4, { down_s: 2_280, unknown_s: 80_000 }), one(5, { maint_s: 60 })];
	assert.deepEqual(dayStretches(days).map((stretch) => stretch.state), ['unknown', 'ok', 'down', 'maint']);
	assert.equal(dayStretches(days)[0]?.text, '1 nov–2 nov, ingen data');
	assert.equal(daysSaying(days), 'Avbrott under 1 dag, tillsammans 38 min. Data saknas för 2 dagar.');
});
