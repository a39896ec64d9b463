// The time that a ticket has left, between answers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crossed, joined, pieceOf, priorityOf, reasonKey, secondsLeft, standing, used, type Clock, type Segment } from '../src/pages/support/tickets';

const asof = Date.parse('2026-11-22T10:00:00Z');
const clock = (change: Partial<Clock>): Clock => ({
	state: 'running', elapsed_s: 3600, target_s: 7200, due: '2026-11-22T11:00:00Z', remaining_s: 3600, start: '2026-11-22T09:00:00Z', end: null, ...change,
});

test('counts between answers', () => {
	assert.equal(secondsLeft(clock({}), asof, asof + 90_000), 3510);
	assert.equal(secondsLeft(clock({}), asof, asof + 3_601_000), -1);
	assert.equal(secondsLeft(clock({ state: 'overdue', due: '2026-11-22T09:50:00Z', remaining_s: -600 }), asof, asof + 60_000), -660);
});

test('stands still when it is paused, or when closed hours lie before the limit', () => {
	assert.equal(secondsLeft(clock({ state: 'paused', due: null }), asof, asof + 90_000), 3600);
	assert.equal(secondsLeft(clock({ due: '2026-11-23T08:00:00Z' }), asof, asof + 90_000), 3600);
	assert.equal(secondsLeft(clock({ remaining_s: null }), asof, asof), null);
});

test('how it stands', () => {
	assert.equal(standing(clock({}), 1801), 'running');
	assert.equal(standing(clock({}), 1800), 'soon');
	assert.equal(standing(clock({}), 0), 'soon');
	assert.equal(standing(clock({}), -1), 'over');
	assert.equal(standing(clock({ state: 'overdue' }), 10), 'over');
	assert.equal(standing(clock({ state: 'paused' }), 10), 'paused');
	assert.equal(standing(clock({ state: 'none' }), null), 'none');
	assert.equal(standing(clock({ state: 'missed' }), -10), 'done');
});

test('each crossing is told once', () => {
	const at = (...pairs: [string, 'running' | 'soon' | 'over'][]) => new Map(pairs);
	assert.deepEqual(crossed(at(), at(['V-1', 'over'])), []);
	assert.deepEqual(crossed(at(['V-1', 'running'], ['V-2', 'soon']), at(['V-1', 'soon'], ['V-2', 'over'])), [{ id: 'V-1', standing: 'soon' }, { id: 'V-2', standing: 'over' }]);
	assert.deepEqual(crossed(at(['V-1', 'soon']), at(['V-1', 'soon'])), []);
});

test('the share that is used', () => {
	assert.equal(used(clock({}), 3600), 50);
	assert.equal(used(clock({}), -10), 100);
	assert.equal(used(clock({ target_s: null }), null), 0);
});

const segment = (from: string, to: string, why: string, line: number): Segment => ({
	from: `2026-11-22T${from}:00Z`, to: `2026-11-22T${to}:00Z`, why, line, side: 'second_line', priority: 'P1', calendar: '24x7', counted_s: 0, fact_seq: 1,
});

test('pieces of the band', () => {
	assert.equal(pieceOf({ why: 'counts: pending supplier' }), 'work');
	assert.equal(pieceOf({ why: 'paused: requester' }), 'pause');
	assert.equal(pieceOf({ why: 'resolved until reopened' }), 'solved');
	assert.equal(pieceOf({ why: 'closed hours' }), 'rest');
	assert.equal(reasonKey('paused: scheduled by requester'), 'paused_scheduled_by_requester');
	const runs = joined([segment('08:00', '08:10', 'counts', 1), segment('08:10', '08:20', 'counts: pending supplier', 2), segment('08:20', '08:30', 'paused: requester', 2)], pieceOf);
	assert.deepEqual(runs.map(({ kind, from, to }) => [kind, (to - from) / 60_000]), [['work', 20], ['pause', 10]]);
});

test('priority of impact and urgency', () => {
	const matrix = [[0, 0], [0, 1]], names = ['P1', 'P2'];
	assert.equal(priorityOf(matrix, names, 2, 2), 'P2');
	assert.equal(priorityOf(matrix, names, 1, 2), 'P1');
	assert.equal(priorityOf(matrix, names, 5, 1), '');
	assert.equal(priorityOf([], names, 1, 1), '');
});
