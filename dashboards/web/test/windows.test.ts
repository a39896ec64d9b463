// Service windows: which collide, what comes next, and how a month lies in its weeks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collisions, daysAhead, liesIn, monthAfter, nextWindow, stageOf, weeks, type Window } from '../src/pages/support/windows';

const window = (id: string, from: string, to: string, change: Partial<Window> = {}): Window => ({
	id, series: id, name: id, services: [], municipalities: [], from, to, category: 'planned', announced: null, agreed_by: '', rrule: '', reason: '', author: 'a', approved_by: 'b',
	waits: false, started: null, ended: null, withdrawn: false, withdrawn_by: '', withdrawn_reason: '', withdrawal_approved_by: '', ...change,
});

test('they collide when time, service and municipality do; none named is all', () => {
	const a = window('W-1.0', '2026-11-20T20:00:00Z', '2026-11-20T22:00:00Z', { services: ['journal'], municipalities: ['1489'] });
	const b = window('W-2.0', '2026-11-20T21:00:00Z', '2026-11-20T23:00:00Z', { services: ['journal'] });
	const c = window('W-3.0', '2026-11-20T22:00:00Z', '2026-11-20T23:00:00Z', { municipalities: ['1489'] });
	const d = window('W-4.0', '2026-11-20T20:00:00Z', '2026-11-20T23:00:00Z', { services: ['net'] });
	assert.deepEqual([...collisions([a, b])], [['W-1.0', ['W-2.0']], ['W-2.0', ['W-1.0']]]);
	assert.equal(collisions([a, c]).size, 0);
	assert.equal(collisions([a, d]).size, 0);
	assert.equal(collisions([a, { ...b, withdrawn: true }]).size, 0);
});

test('the next one runs already or comes first', () => {
	const now = Date.parse('2026-11-20T21:00:00Z');
	const past = window('W-1.0', '2026-11-19T20:00:00Z', '2026-11-19T22:00:00Z'), runs = window('W-2.0', '2026-11-20T20:00:00Z', '2026-11-20T22:00:00Z');
	const later = window('W-3.0', '2026-11-21T20:00:00Z', '2026-11-21T22:00:00Z');
	assert.equal(nextWindow([later, past, runs], now)?.id, 'W-2.0');
	assert.equal(nextWindow([later, { ...runs, withdrawn: true }], now)?.id, 'W-3.0');
	assert.equal(nextWindow([past], now), null);
	assert.equal(stageOf(runs, now), 'runs');
	assert.equal(stageOf(later, now), 'approved');
	assert.equal(stageOf(past, now), 'ended');
	assert.equal(stageOf({ ...later, waits: true }, now), 'waits');
});

test('months and weeks', () => {
	assert.equal(monthAfter('2026-12'), '2027-01');
	assert.equal(monthAfter('2026-01', -1), '2025-12');
	const rows = weeks('2026-11');
	assert.deepEqual([rows.length, rows[0]?.[0], rows.at(-1)?.[6]], [6, '2026-10-26', '2026-12-06']);
	assert.equal(weeks('2027-02').length, 4);
});

test('a day is the local one', () => {
	const night = window('W-1.0', '2026-11-20T22:30:00Z', '2026-11-21T23:00:00Z', { announced: '2026-11-10T00:00:00Z' });
	assert.ok(!liesIn(night, '2026-11-19') && liesIn(night, '2026-11-20') && liesIn(night, '2026-11-21') && !liesIn(night, '2026-11-22'));
	assert.equal(daysAhead(night), 10);
});
